import { readExchange } from '../converse/exchange.ts';
import { writeResponse } from '../converse/write-response.ts';
import { streamWriter } from '../converse/write-stream.ts';
import { begin, framesOf, streamReply } from '../event-stream/stream-reply.ts';
import { guardConverse, guardMembers } from '../guardrails/guard-requests.ts';
import { jsonReply } from '../http/reply.ts';
import { converseLeadOf, families } from '../invoke/all-families.ts';
import { answerWhole } from '../words/answer.ts';
import type { Operation } from './operation.ts';
import { millisecondsSince, useCache } from './operation.ts';

/** `POST /model/{id}/converse`: one turn of a conversation, in the form that is the same for every family. */
export const converse: Operation = {
  name: 'Converse',
  method: 'POST',
  path: /\/model\/(.+)\/converse$/,
  async run(operationRequest, service) {
    const exchange = readExchange(operationRequest, service, 'Converse');
    const { model, request, converse: asked } = exchange;
    const guard = guardConverse(asked, service, (said) =>
      families[model.family].write(said, model, exchange.requestHash()),
    );
    const words = guard?.guarded(service.words) ?? service.words;
    const { signal, startedAt } = operationRequest;
    const answer = await answerWhole(words, request, model, converseLeadOf(model), signal);
    const cached = useCache(service, model, request, answer.inputTokens);
    return jsonReply(
      writeResponse(
        { ...exchange, cached },
        answer,
        millisecondsSince(startedAt),
        guardMembers(guard, asked),
      ),
    );
  },
};

const exceptions: ReadonlySet<string> = new Set([
  'internalServerException',
  'modelStreamErrorException',
  'serviceUnavailableException',
  'throttlingException',
  'validationException',
]);

/** `POST /model/{id}/converse-stream`: the same turn as Converse, as events while the answer is made. */
export const converseStream: Operation = {
  name: 'ConverseStream',
  method: 'POST',
  path: /\/model\/(.+)\/converse-stream$/,
  async run(operationRequest, service) {
    const exchange = readExchange(operationRequest, service, 'ConverseStream');
    const { model, request, converse } = exchange;
    const guard = guardConverse(converse, service);
    const words = guard?.guarded(service.words) ?? service.words;
    const { signal, startedAt } = operationRequest;
    const events = await begin(words.answer(request, model, converseLeadOf(model), signal));
    const cached = useCache(service, model, request, await service.words.countTokens(request, model));
    const write = streamWriter(
      { ...exchange, cached },
      () => millisecondsSince(startedAt),
      () => guardMembers(guard, converse),
    );
    return streamReply(framesOf(events, write, exceptions));
  },
};
