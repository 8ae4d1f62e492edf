import {
  type BedrockRuntimeClient,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import type { Message } from '../base/message.ts';
import { type Answer, toAnswer } from './answer.ts';
import type { Delta } from './delta.ts';
import { buildConverseRequest, type ConverseOptions } from './request.ts';

/**
 * One answer to a transcript, through ConverseStream: `onDelta` is given each piece as it comes. For a loop over the
 * pieces see `Conversation.stream`.
 *
 * @returns the whole answer, as `converse` gives it
 * @throws LibError as `converse` does; and `stream-cut`, `timeout`, `aborted` or Bedrock's own error in the middle of
 *   the answer, with what had arrived in `partialText`
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export async function converseStream(
  client: BedrockRuntimeClient,
  modelId: string,
  messages: readonly Message[],
  onDelta: (delta: Delta) => void,
  options: ConverseOptions = {},
): Promise<Answer> {
  // Loaded with the first stream: whoever imports `lib` for something else need not wait for it.
  const [{ openStream }, { createAssembler }] = await Promise.all([
    import('../call/open-stream.ts'),
    import('./assemble.ts'),
  ]);
  const { input, repairs } = buildConverseRequest(modelId, messages, options);
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
  const assembler = createAssembler();
  for await (const event of events) {
    const delta = assembler.add(event);
    if (delta !== undefined) onDelta(delta);
  }
  const { message, stopReason, metadata, additionalModelResponseFields, invalidToolInputs } =
    assembler.finish();
  return toAnswer({
    message,
    stopReason,
    usage: metadata?.usage,
    modelId,
    latencyMs: Math.round(performance.now() - started),
    attempts,
    requestId,
    repairs,
    invalidToolInputs,
    additionalModelResponseFields,
    trace: metadata?.trace,
    asked: options,
    served: metadata,
  });
}
