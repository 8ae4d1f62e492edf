import {
  type BedrockRuntimeClient,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { findModel } from 'bedrock-models';
import { checkInput } from '../base/check-input.ts';
import type { Message } from '../base/message.ts';
import { watched } from '../base/telemetry.ts';
import { answerAttributes, callSpan } from '../call/call-span.ts';
import { metered } from '../call/cost-meter.ts';
import { estimateRequest } from '../call/estimate-tokens.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';
import { toAnswer } from './answer.ts';
import { checkConverse } from './check-arguments.ts';
import { converse } from './converse.ts';
import { buildConverseRequest, type ConverseOptions } from './request.ts';
import type { Answer, Delta, OwnId } from './types.ts';

/**
 * One answer to a transcript, through ConverseStream: `onDelta` is given each piece as it comes. For a loop over the
 * pieces see `Conversation.stream`.
 *
 * @param ownId gives each tool call its id, before anybody hears of it. Default: the id that came
 * @returns the whole answer, as `converse` gives it
 * @throws LibError as `converse` does; and `stream-cut`, `timeout`, `aborted` or Bedrock's own error in the middle of
 *   the answer, with what had arrived in `partialText`
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export async function converseStream(
  client: BedrockRuntimeClient,
  model: ModelRef,
  messages: readonly Message[],
  onDelta: (delta: Delta) => void,
  options: ConverseOptions = {},
  ownId?: OwnId,
): Promise<Answer> {
  checkConverse('converseStream', { client, messages }, options);
  const modelId = modelIdOf('converseStream', model);
  checkInput('converseStream', { onDelta }, { onDelta: 'function' });
  // Loaded with the first stream: whoever imports `lib` for something else need not wait for it.
  const [{ openStream }, { createAssembler }] = await Promise.all([
    import('../call/open-stream.ts'),
    import('./assemble.ts'),
  ]);
  const { system, inference } = options;
  const start = () =>
    callSpan({
      operation: 'chat',
      modelId,
      messages,
      system,
      isStreamed: true,
      ...(inference && { inference }),
    });
  return watched(start, async (span) => {
    const { input, repairs } = buildConverseRequest(modelId, messages, options);
    const answer = await metered(
      options.meter,
      () => estimateRequest(input, modelId),
      async () => {
        const command = new ConverseStreamCommand(input as ConverseStreamCommand['input']);
        const started = performance.now();
        const { events, attempts, requestId } = await openStream<ConverseStreamOutput>(client, command, {
          ...options,
          modelId,
          isContent: ({ contentBlockDelta, contentBlockStart }) =>
            contentBlockDelta !== undefined || contentBlockStart !== undefined,
          isEnd: ({ messageStop }) => messageStop !== undefined,
          textOf: ({ contentBlockDelta }) => contentBlockDelta?.delta?.text ?? '',
          send: async (abortSignal) => {
            const { stream, $metadata } = await client.send(command, { abortSignal });
            return { events: stream, requestId: $metadata.requestId };
          },
        });
        const assembler = createAssembler(ownId);
        for await (const event of events) {
          const delta = assembler.add(event);
          if (delta !== undefined) onDelta(delta);
        }
        const { message, stopReason, metadata, additionalModelResponseFields } = assembler.finish();
        return toAnswer({
          message,
          stopReason,
          usage: metadata?.usage,
          modelId,
          latencyMs: Math.round(performance.now() - started),
          attempts,
          requestId,
          repairs,
          additionalModelResponseFields,
          trace: metadata?.trace,
          asked: options,
          served: metadata,
        });
      },
    );
    span.tell(answerAttributes(answer));
    return answer;
  });
}

/**
 * An answer through ConverseStream; for a model that does not stream, or no tools, the whole answer through Converse,
 * given to `onDelta` in as many pieces as it has blocks.
 *
 * @throws LibError as `converse` and `converseStream` do
 */
export async function answerInPieces(
  client: BedrockRuntimeClient,
  modelId: string,
  messages: readonly Message[],
  options: ConverseOptions,
  onDelta: (delta: Delta) => void,
  ownId?: OwnId,
): Promise<Answer> {
  if (canStream(modelId, messages, options)) {
    return converseStream(client, modelId, messages, onDelta, options, ownId);
  }
  const answer = await converse(client, modelId, messages, options, ownId);
  for (const block of answer.message.content) {
    if (block.text) onDelta({ type: 'text', text: block.text });
    const reasoning = block.reasoningContent?.reasoningText?.text;
    if (reasoning) onDelta({ type: 'reasoning', text: reasoning });
    if (block.toolUse === undefined) continue;
    const { toolUseId = '', name = '', input } = block.toolUse;
    onDelta({ type: 'toolUse', toolUseId, name });
    onDelta({ type: 'toolInput', toolUseId, json: JSON.stringify(input) });
  }
  return answer;
}

function canStream(modelId: string, messages: readonly Message[], options: ConverseOptions): boolean {
  const refuses = findModel(modelId)?.refuses ?? [];
  if (refuses.includes('streaming')) return false;
  if (!refuses.includes('tools-in-stream')) return true;
  // Earlier tool calls are enough: tools are offered along with them.
  const hasTools = messages.some(({ content }) =>
    content.some(({ toolUse, toolResult }) => toolUse !== undefined || toolResult !== undefined),
  );
  return options.toolConfig === undefined && !hasTools;
}
