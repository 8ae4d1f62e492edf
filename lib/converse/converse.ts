import {
  type BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { findModel } from 'bedrock-models';
import type { Message } from '../base/message.ts';
import { answerAttributes, callSpan, watched } from '../base/telemetry.ts';
import { callBedrock } from '../call/call-bedrock.ts';
import { metered } from '../call/cost-meter.ts';
import { estimateRequest } from '../call/estimate-tokens.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';
import { type AnswerParts, toAnswer } from './answer.ts';
import { type ConverseOptions, checkConverse, inferenceOf } from './options.ts';
import type { ConverseRequest } from './request.ts';
import type { Answer, Delta, OwnId } from './types.ts';

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
  return answerTo({ modelId, messages, options, isStreamed: false }, async (input) => {
    const command = new ConverseCommand(input);
    const { value, attempts } = await callBedrock(
      client,
      command,
      ({ signal }) => client.send(command, { abortSignal: signal }),
      { modelId, ...options },
    );
    const { stopReason, usage, trace, additionalModelResponseFields } = value;
    const message = value.output?.message;
    return {
      message: message && { role: 'assistant', content: message.content ?? [] },
      stopReason,
      usage,
      attempts,
      requestId: value.$metadata?.requestId,
      additionalModelResponseFields,
      trace,
      served: value,
      ...(ownId && { ownId }),
    };
  });
}

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
  checkConverse('converseStream', { client, messages, onDelta }, options);
  const modelId = modelIdOf('converseStream', model);
  streamModules ??= Promise.all([import('../call/open-stream.ts'), import('./assemble.ts')]);
  const [{ openStream }, { createAssembler }] = await streamModules;
  return answerTo({ modelId, messages, options, isStreamed: true }, async (input) => {
    const command = new ConverseStreamCommand(input as ConverseStreamCommand['input']);
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
    return {
      message,
      stopReason,
      usage: metadata?.usage,
      attempts,
      requestId,
      additionalModelResponseFields,
      trace: metadata?.trace,
      served: metadata,
    };
  });
}

// Loaded with the first call, and the first stream: whoever imports `lib` for something else need not wait for them.
let requestModule: Promise<typeof import('./request.ts')> | undefined;
let streamModules:
  | Promise<[typeof import('../call/open-stream.ts'), typeof import('./assemble.ts')]>
  | undefined;

interface Asked {
  readonly modelId: string;
  readonly messages: readonly Message[];
  readonly options: ConverseOptions;
  readonly isStreamed: boolean;
}

/** What only who made the call knows of its answer. */
type Received = Omit<AnswerParts, 'modelId' | 'latencyMs' | 'repairs' | 'asked'>;

/** One call, whole or streamed: in a span of its own, with a request that is fitted to the model, and metered. */
async function answerTo(
  { modelId, messages, options, isStreamed }: Asked,
  call: (input: ConverseRequest['input']) => Promise<Received>,
): Promise<Answer> {
  requestModule ??= import('./request.ts');
  const { buildConverseRequest } = await requestModule;
  const { system, meter } = options;
  const inference = inferenceOf(options);
  const start = () =>
    callSpan({
      operation: 'chat',
      modelId,
      messages,
      system,
      ...(isStreamed && { isStreamed }),
      ...(inference && { inference }),
    });
  return watched(start, async (span) => {
    const { input, repairs } = buildConverseRequest(modelId, messages, options);
    const estimate = () => estimateRequest(input, modelId);
    const answer = await metered(meter, estimate, async () => {
      const started = performance.now();
      const received = await call(input);
      const latencyMs = Math.round(performance.now() - started);
      return toAnswer({ ...received, modelId, latencyMs, repairs, asked: options });
    });
    span.tell(() => answerAttributes(answer));
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
