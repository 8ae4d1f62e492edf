import type { ConverseTrace, TokenUsage as SdkUsage } from '@aws-sdk/client-bedrock-runtime';
import { costOf, type PriceTier, type ServedAs, type TokenUsage, tierOf } from 'bedrock-models';
import { LibError } from '../base/errors.ts';
import { type Message, textOf } from '../base/message.ts';
import type { StopReason } from '../invoke/family.ts';
import type { InvalidToolInput } from './block-builder.ts';
import type { Repair } from './repair.ts';

/** What a model answered to a transcript. */
export interface Answer {
  /** All text of the answer, without the blocks of other kinds. */
  readonly text: string;
  /** The answer as it goes into the transcript. */
  readonly message: Message;
  /** `max_tokens`: the answer was cut at `inference.maxTokens`. */
  readonly stopReason: StopReason;
  /** Tokens; `undefined` when Bedrock did not say. */
  readonly usage: TokenUsage | undefined;
  /** How the call was served. Absent: in the Standard tier. */
  readonly tier?: PriceTier;
  /** US dollars at the catalogue's price; `undefined` when the price or the usage is unknown. */
  readonly costUsd: number | undefined;
  /** Milliseconds from sending the request to the end of the answer, retries included. */
  readonly latencyMs: number;
  readonly modelId: string;
  /** How many times the call was made. */
  readonly attempts: number;
  readonly requestId: string | undefined;
  /** What had to be changed in the transcript before it could be sent. */
  readonly repairs: readonly Repair[];
  /**
   * Tool calls whose input came as something else than an object in JSON: cut at the token limit, or malformed. In
   * `message` their input is `{}`. Do not run them; answer with an error result.
   */
  readonly invalidToolInputs: readonly InvalidToolInput[];
  /** What `additionalModelResponseFieldPaths` asked for. */
  readonly additionalModelResponseFields?: unknown;
  /** What a guardrail or a prompt router says of the answer. */
  readonly trace?: ConverseTrace;
}

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
  readonly invalidToolInputs?: readonly InvalidToolInput[];
  readonly additionalModelResponseFields?: unknown;
  readonly trace?: ConverseTrace | undefined;
  /** How the request asked to be served, and how Bedrock says that it was, which may be less: that is what is billed. */
  readonly asked: ServedAs;
  readonly served: ServedAs | undefined;
}

/**
 * Checks that an answer is one, and completes it with its text and its price. Pure.
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
        ...(requestId === undefined ? {} : { requestId }),
      },
    );
  }
  const usage = usageOf(parts.usage);
  const { asked, served } = parts;
  const tier = tierOf({
    serviceTier: served?.serviceTier ?? asked.serviceTier,
    performanceConfig: served?.performanceConfig ?? asked.performanceConfig,
  });
  return {
    text: textOf(message),
    message,
    stopReason,
    usage,
    ...(tier === undefined ? {} : { tier }),
    costUsd: usage && costOf(usage, modelId, tier),
    latencyMs,
    modelId,
    attempts,
    requestId,
    repairs,
    invalidToolInputs: parts.invalidToolInputs ?? [],
    ...(parts.additionalModelResponseFields === undefined
      ? {}
      : { additionalModelResponseFields: parts.additionalModelResponseFields }),
    ...(parts.trace === undefined ? {} : { trace: parts.trace }),
  };
}

/** The token counts that `lib` works with; `undefined` unless both sides were counted. */
function usageOf(usage: Partial<SdkUsage> = {}): TokenUsage | undefined {
  const { inputTokens, outputTokens, totalTokens, cacheReadInputTokens, cacheWriteInputTokens } = usage;
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return {
    inputTokens,
    outputTokens,
    totalTokens: totalTokens ?? inputTokens + outputTokens,
    ...(cacheReadInputTokens === undefined ? {} : { cacheReadInputTokens }),
    ...(cacheWriteInputTokens === undefined ? {} : { cacheWriteInputTokens }),
  };
}
