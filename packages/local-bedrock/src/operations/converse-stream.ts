import { readExchange } from '../converse/exchange.ts';
import { streamWriter } from '../converse/write-stream.ts';
import { begin, framesOf, streamReply } from '../event-stream/stream-reply.ts';
import { families } from '../families/table.ts';
import { guardConverse, guardMembers } from '../guardrails/guard-converse.ts';
import { millisecondsSince } from './invocation.ts';
import type { Operation } from './operation.ts';

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
    const { lead, converseLead = lead } = families[model.family];
    const events = await begin(words.answer(request, model, converseLead, signal));
    const write = streamWriter(
      exchange,
      () => millisecondsSince(startedAt),
      () => guardMembers(guard, converse),
    );
    return streamReply(framesOf(events, write, exceptions));
  },
};
