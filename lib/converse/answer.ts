import type {
  ContentBlock,
  ConverseTrace,
  TokenUsage as SdkUsage,
  ToolResultContentBlock,
  ToolUseBlock,
} from '@aws-sdk/client-bedrock-runtime';
import { costOf, type ServedAs, type TokenUsage, tierOf } from 'bedrock-models';
import { LibError } from '../base/errors.ts';
import { cannotHold, numberOf, parseJson } from '../base/exact-json.ts';
import { type Message, textOf } from '../base/message.ts';
import { rememberSpeaker } from './legal-blocks.ts';
import type { Answer, InvalidToolInput, OwnId, Repair } from './types.ts';

/** What an answer is made of, as far as Bedrock has sent it. */
export interface AnswerParts {
  readonly message: Message | undefined;
  readonly stopReason: string | undefined;
  readonly usage: Partial<SdkUsage> | undefined;
  readonly modelId: string;
  readonly latencyMs: number;
  readonly attempts: number;
  readonly requestId: string | undefined;
  readonly repairs: readonly Repair[];
  readonly additionalModelResponseFields?: unknown;
  readonly trace?: ConverseTrace | undefined;
  /** How the request asked to be served, and how Bedrock says that it was, which may be less: that is what is billed. */
  readonly asked: ServedAs & { readonly guardrailConfig?: unknown };
  readonly served: ServedAs | undefined;
  /** Gives each tool call its id; absent: they have those that they are to have. */
  readonly ownId?: OwnId;
}

/**
 * Checks that an answer is one, and completes it with its text and its price, in one form whether it was
 * streamed or not. Pure.
 *
 * @throws LibError of kind `response` when there is no message or no stop reason: an empty 200, or not Bedrock's
 */
export function toAnswer(parts: AnswerParts): Answer {
  const { message, stopReason, modelId, latencyMs, attempts, requestId, repairs } = parts;
  if (message === undefined || !stopReason) {
    throw new LibError(
      `${modelId} answered without ${message === undefined ? 'a message' : 'a stop reason'}`,
      {
        kind: 'response',
        hint: 'The answer was not a whole one of Bedrock: check whether a proxy stands in between, and AWS_ENDPOINT_URL_BEDROCK_RUNTIME.',
        modelId,
        attempts,
        ...(requestId !== undefined && { requestId }),
      },
    );
  }
  const invalidToolInputs: InvalidToolInput[] = [];
  const content = normaliseContent(message.content, (input) => invalidToolInputs.push(input), parts.ownId);
  const normal: Message = { role: 'assistant', content };
  rememberSpeaker(normal, modelId);
  const { asked, served, trace } = parts;
  // One of the account's own is not asked for, and tells of itself in the trace.
  const isGuarded = asked.guardrailConfig !== undefined || trace?.guardrail !== undefined;
  const usage = usageOf(parts.usage, content, isGuarded);
  const tier = tierOf({
    serviceTier: served?.serviceTier ?? asked.serviceTier,
    performanceConfig: served?.performanceConfig ?? asked.performanceConfig,
  });
  return {
    text: textOf(normal),
    message: normal,
    stopReason,
    usage,
    ...(tier !== undefined && { tier }),
    costUsd: usage && costOf(usage, modelId, tier),
    latencyMs,
    modelId,
    attempts,
    requestId,
    repairs,
    invalidToolInputs,
    ...(parts.additionalModelResponseFields !== undefined && {
      additionalModelResponseFields: plainNumbers(parts.additionalModelResponseFields),
    }),
    ...(trace !== undefined && { trace }),
  };
}

/** The token counts that `lib` works with; `undefined` unless both sides were counted. */
function usageOf(
  usage: Partial<SdkUsage> = {},
  content: readonly ContentBlock[],
  isGuarded: boolean,
): TokenUsage | undefined {
  const { inputTokens, outputTokens, totalTokens, cacheReadInputTokens, cacheWriteInputTokens } = usage;
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const details = usage.cacheDetails?.map(({ ttl, inputTokens: tokens }) => ({
    ttl: String(ttl),
    inputTokens: tokens ?? 0,
  }));
  const unpriced = [...unpricedOf(usage, content), ...(isGuarded ? ['guardrail'] : [])];
  return {
    inputTokens,
    outputTokens,
    totalTokens: totalTokens ?? inputTokens + outputTokens,
    ...(cacheReadInputTokens !== undefined && { cacheReadInputTokens }),
    ...(cacheWriteInputTokens !== undefined && { cacheWriteInputTokens }),
    ...(details?.length && { cacheDetails: details }),
    ...(unpriced.length > 0 && { unpriced }),
  };
}

/** What was made that is no text, and what tools of the service were used: both are billed by themselves. */
function unpricedOf(usage: Partial<SdkUsage>, content: readonly ContentBlock[]): readonly string[] {
  const kinds = ['image', 'video', 'audio'].filter((kind) => content.some((block) => kind in block));
  const { serverToolUsage = {} } = usage as { serverToolUsage?: Readonly<Record<string, unknown>> };
  const tools = Object.keys(serverToolUsage).filter((name) => Number(serverToolUsage[name]) > 0);
  return [...kinds, ...tools];
}

/**
 * The content of an answer in one form, whichever way it came: streamed, a tool's input is a JSON text; whole, the SDK
 * has made an object of it, with numbers in two types of its own. Blocks that say nothing are left out, and reasoning
 * that came without words gets the empty text without which Bedrock does not take it back. Pure.
 *
 * @param onInvalid is told of each tool input that cannot be used; it is `{}` in the message then
 */
function normaliseContent(
  content: readonly ContentBlock[],
  onInvalid: (input: InvalidToolInput) => void,
  ownId: OwnId | undefined,
): ContentBlock[] {
  return content.flatMap((block): ContentBlock[] => {
    if (block.text === '') return [];
    if (block.toolUse !== undefined) {
      return [{ toolUse: normaliseToolUse(withOwnId(block.toolUse, ownId), onInvalid) }];
    }
    const { reasoningText } = block.reasoningContent ?? {};
    if (reasoningText !== undefined && typeof reasoningText.text !== 'string')
      return [{ reasoningContent: { reasoningText: { ...reasoningText, text: '' } } }];
    if (block.toolResult?.content !== undefined) {
      const results = block.toolResult.content.map((result) =>
        result.json === undefined ? result : ({ json: plainNumbers(result.json) } as ToolResultContentBlock),
      );
      return [{ toolResult: { ...block.toolResult, content: results } }];
    }
    return [block];
  });
}

/** The call under an id of the program's own; what runs at the service keeps the one that it came with. */
export function withOwnId<Call extends Pick<ToolUseBlock, 'toolUseId' | 'type'>>(
  call: Call,
  ownId: OwnId | undefined,
): Call {
  if (ownId === undefined || call.type === 'server_tool_use') return call;
  return { ...call, toolUseId: ownId(call.toolUseId ?? '') };
}

function normaliseToolUse(
  { toolUseId, name, ...rest }: ToolUseBlock,
  onInvalid: (input: InvalidToolInput) => void,
): ToolUseBlock {
  const { value, problem } = readInput(rest.input);
  if (problem !== undefined) {
    const json =
      typeof rest.input === 'string' ? rest.input : problem === tooDeep ? '' : writeJson(rest.input);
    onInvalid({ toolUseId: toolUseId ?? '', name: name ?? '', json, problem });
  }
  // Only what runs at the service itself is to be told apart.
  const { type, ...call } = rest;
  const marked = type === 'server_tool_use' ? rest : call;
  return { toolUseId, name, ...marked, input: (value ?? {}) as ToolUseBlock['input'] };
}

const notAnObject =
  'The input is not a whole JSON object. Call the tool again, with shorter input if it was long.';

/** Deeper than any tool's input; ten times as deep, copying and storing it would end in an overflow of the stack. */
const deepest = 100;
const tooDeep = `The input is nested more than ${deepest} levels deep. Call the tool again, with flatter input.`;

/** Whether anything in it lies deeper; level by level, as a call within a call would overflow. Pure. */
function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true;
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null && !ArrayBuffer.isView(one) ? Object.values(one) : [],
    );
  }
  return false;
}

/** A tool's input as an object; without arguments some models give nothing, others `null` or an empty text. */
function readInput(input: unknown): { readonly value?: object; readonly problem?: string } {
  const tooLarge: string[] = [];
  const read = (source: string): unknown => {
    const number = numberOf(source);
    if (number === undefined) tooLarge.push(source);
    return number;
  };
  let value: unknown;
  try {
    if (isTooDeep(input)) return { problem: tooDeep };
    value = typeof input === 'string' ? inputIn(input, read) : withNumbers(input, read);
    // Some models write the object as a text in JSON.
    if (typeof value === 'string') value = inputIn(value, read);
    if (isTooDeep(value)) return { problem: tooDeep };
  } catch {
    return { problem: notAnObject };
  }
  if (tooLarge.length > 0) {
    const problem = `The input has ${cannotHold(tooLarge)}. Nothing was done. Call the tool again with a smaller number, or with the digits as a text if its schema takes one.`;
    return { problem };
  }
  if (value === undefined || value === null) return { value: {} };
  return typeof value === 'object' && !Array.isArray(value) ? { value } : { problem: notAnObject };
}

/** @throws SyntaxError when it is not JSON */
function inputIn(text: string, read: (source: string) => unknown): unknown {
  return text.trim() === '' ? undefined : parseJson(text, read);
}

/** The SDK gives a number that a double does not hold as a BigInt, or as an object with its text. */
function withNumbers(value: unknown, read: (source: string) => unknown): unknown {
  if (typeof value === 'bigint') return read(String(value));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const source = numericSource(value);
  if (source !== undefined) return read(source);
  if (Array.isArray(value)) return value.map((member) => withNumbers(member, read));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withNumbers(member, read)]));
}

/** The text of the SDK's `NumericValue`. */
function numericSource(value: object): string | undefined {
  // An object that the model has written may look the same.
  if (Object.getPrototypeOf(value) === Object.prototype) return undefined;
  const { string, type } = value as { readonly string?: unknown; readonly type?: unknown };
  return type === 'bigDecimal' && typeof string === 'string' ? string : undefined;
}

/** A document of Bedrock's as plain JSON; a number that a double does not hold becomes its text. Pure. */
function plainNumbers(document: unknown): unknown {
  return withNumbers(document, (source) => numberOf(source) ?? source);
}

/** JSON, with the SDK's numbers as they came. */
function writeJson(value: unknown): string {
  return JSON.stringify(withNumbers(value, (source) => source)) ?? '';
}
