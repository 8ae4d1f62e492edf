import { answerWhole } from '../answer.ts';
import { readExchange } from '../converse/exchange.ts';
import { writeResponse } from '../converse/write-response.ts';
import { families } from '../families/table.ts';
import { guardConverse, guardMembers } from '../guardrails/guard-converse.ts';
import { jsonReply } from '../reply.ts';
import { millisecondsSince } from './invocation.ts';
import type { Operation } from './operation.ts';

/** `POST /model/{id}/converse`: one turn of a conversation, in the form that is the same for every family. */
export const converse: Operation = {
  name: 'Converse',
  method: 'POST',
  path: /\/model\/(.+)\/converse$/,
  async run(operationRequest, service) {
    const exchange = readExchange(operationRequest, service, 'Converse');
    const { model, request, converse: asked } = exchange;
    const guard = guardConverse(asked, service);
    const words = guard?.guarded(service.words) ?? service.words;
    const { signal, startedAt } = operationRequest;
    const { lead, converseLead = lead } = families[model.family];
    const answer = await answerWhole(words, request, model, converseLead, signal);
    return jsonReply(
      writeResponse(exchange, answer, millisecondsSince(startedAt), guardMembers(guard, asked)),
    );
  },
};
