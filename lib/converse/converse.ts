import { type BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import type { Message } from '../base/message.ts';
import { watched } from '../base/telemetry.ts';
import { callBedrock } from '../call/call-bedrock.ts';
import { answerAttributes, callSpan } from '../call/call-span.ts';
import { metered } from '../call/cost-meter.ts';
import { estimateRequest } from '../call/estimate-tokens.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';
import { toAnswer } from './answer.ts';
import { checkConverse } from './check-arguments.ts';
import { buildConverseRequest, type ConverseOptions } from './request.ts';
import type { Answer, OwnId } from './types.ts';

/**
 * One answer to a transcript, through Converse. The transcript is made legal first: see `legalise`.
 *
 * @param model a model id, an inference profile id, or an ARN of either; `{ id, pricedAs }` where the id does not tell
 * @param ownId gives each tool call its id. Default: the id that came
 * @throws LibError with the next step in `hint`; of kind `response` when what came back is not an answer; of kind
 *   `limit`, before anything is sent, when it could pass the limit of `meter`
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export async function converse(
  client: BedrockRuntimeClient,
  model: ModelRef,
  messages: readonly Message[],
  options: ConverseOptions = {},
  ownId?: OwnId,
): Promise<Answer> {
  checkConverse('converse', { client, messages }, options);
  const modelId = modelIdOf('converse', model);
  const { system, inference } = options;
  const start = () =>
    callSpan({ operation: 'chat', modelId, messages, system, ...(inference && { inference }) });
  return watched(start, async (span) => {
    const { input, repairs } = buildConverseRequest(modelId, messages, options);
    const answer = await metered(
      options.meter,
      () => estimateRequest(input, modelId),
      async () => {
        const command = new ConverseCommand(input);
        const started = performance.now();
        const { value, attempts } = await callBedrock(
          client,
          command,
          ({ signal }) => client.send(command, { abortSignal: signal }),
          { modelId, ...options },
        );
        const message = value.output?.message;
        return toAnswer({
          message: message && { role: 'assistant', content: message.content ?? [] },
          stopReason: value.stopReason,
          usage: value.usage,
          modelId,
          latencyMs: Math.round(performance.now() - started),
          attempts,
          requestId: value.$metadata?.requestId,
          repairs,
          additionalModelResponseFields: value.additionalModelResponseFields,
          trace: value.trace,
          asked: options,
          served: value,
          ...(ownId && { ownId }),
        });
      },
    );
    span.tell(answerAttributes(answer));
    return answer;
  });
}
