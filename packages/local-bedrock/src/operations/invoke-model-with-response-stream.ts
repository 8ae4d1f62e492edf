import type { Model } from 'bedrock-models';
import type { AnswerEvent } from '../answer.ts';
import { eventFrame } from '../event-stream/frame.ts';
import { paddingFrom } from '../event-stream/padding.ts';
import { begin, framesOf, streamReply } from '../event-stream/stream-reply.ts';
import { guardBody, guardInvocation } from '../guardrails/guard-invocation.ts';
import { hasPromptCache } from '../prompt-cache.ts';
import { invalid } from '../refusal.ts';
import { millisecondsSince, readInvocation } from './invocation.ts';
import type { Operation } from './operation.ts';

const exceptions: ReadonlySet<string> = new Set([
  'internalServerException',
  'modelStreamErrorException',
  'modelTimeoutException',
  'serviceUnavailableException',
  'throttlingException',
  'validationException',
]);

/**
 * `POST /model/{id}/invoke-with-response-stream`: the answer as it is made, as `chunk` events that hold the family's
 * own JSON. The last chunk also tells tokens and times, as `amazon-bedrock-invocationMetrics`.
 */
export const invokeModelWithResponseStream: Operation = {
  name: 'InvokeModelWithResponseStream',
  method: 'POST',
  path: /\/model\/(.+)\/invoke-with-response-stream$/,
  async run(operationRequest, service) {
    const { model, family, request, requestHash, native, echoed } = readInvocation(operationRequest, service);
    const { signal, startedAt } = operationRequest;
    if (family.streamWriter === undefined || model.refuses?.includes('streaming')) {
      throw invalid('The model is unsupported for streaming');
    }
    const guard = guardInvocation(operationRequest, request, service);
    const words = guard?.guarded(service.words) ?? service.words;
    const inputTokens = await service.words.countTokens(request, model);
    const events = await begin(words.answer(request, model, family.lead, signal));
    const firstByteLatency = millisecondsSince(startedAt);
    const chunksOf = family.streamWriter({ model, requestHash, inputTokens, body: native });
    const padding = paddingFrom(requestHash);
    const write = (event: AnswerEvent) =>
      chunksOf(event).map((chunk, index, chunks) => {
        const isLast = event.type === 'end' && index === chunks.length - 1;
        const json = isLast
          ? {
              ...chunk,
              ...guardBody(guard, operationRequest),
              ...metrics(event, model, startedAt, firstByteLatency),
            }
          : chunk;
        const bytes = Buffer.from(JSON.stringify(json)).toString('base64');
        return eventFrame('chunk', `{"bytes":"${bytes}","p":"${padding()}"}`);
      });
    return streamReply(framesOf(events, write, exceptions), {
      'X-Amzn-Bedrock-Content-Type': 'application/json',
      ...echoed,
    });
  },
};

function metrics(
  { inputTokens, outputTokens }: Extract<AnswerEvent, { type: 'end' }>,
  model: Model,
  startedAt: number,
  firstByteLatency: number,
) {
  return {
    'amazon-bedrock-invocationMetrics': {
      inputTokenCount: inputTokens,
      outputTokenCount: outputTokens,
      invocationLatency: millisecondsSince(startedAt),
      firstByteLatency,
      ...(hasPromptCache(model) ? { cacheReadInputTokenCount: 0, cacheWriteInputTokenCount: 0 } : {}),
    },
  };
}
