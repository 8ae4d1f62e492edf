import {
  findEmbeddingModel,
  findFamily,
  findModel,
  type ModelFamily,
  nearestModelId,
  type TokenUsage,
} from 'bedrock-models';
import { checkInput, checkOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import type { CallEstimate } from '../call/cost-meter.ts';
import { mostTokens } from '../call/estimate-tokens.ts';
import { type ModelRef, modelIdOf } from '../models/model-ref.ts';
import { bodyRules, families } from './families.ts';
import { defaultMaxTokens } from './family.ts';

/**
 * The family that a model's body is written by.
 *
 * @throws LibError of kind `model-unknown` when neither the caller nor the id says
 */
export function familyOf(modelId: string, given: ModelFamily | undefined): ModelFamily {
  const name = given ?? findFamily(modelId);
  if (name !== undefined && name in families) return name;
  const known = Object.keys(families).join(', ');
  if (findEmbeddingModel(modelId) !== undefined) {
    throw new LibError(`${modelId} answers with vectors, not with text`, {
      kind: 'model-unknown',
      hint: 'Call it with embed(), or use a text model.',
    });
  }
  const nearest = nearestModelId(modelId);
  throw new LibError(`lib does not know which body ${modelId} expects`, {
    kind: 'model-unknown',
    hint: `${nearest ? `Did you mean ${nearest}?` : "Check the id's spelling."} For another model say its family: { family }, one of ${known}.`,
  });
}

/** The options of every call by InvokeModel. */
export const invokeRules = { ...bodyRules, family: 'text?', signal: 'signal?', meter: 'object?' } as const;

/**
 * The model's id, for arguments that are right.
 *
 * @throws LibError of kind `request` that names the argument
 */
export function checkCall(
  caller: string,
  client: unknown,
  model: ModelRef,
  prompt: unknown,
  options: unknown,
): string {
  checkInput(caller, { client, prompt }, { client: 'client', prompt: 'text' });
  checkOptions(caller, options, { ...invokeRules, idleTimeoutMs: 'amount?' });
  return modelIdOf(caller, model);
}

/** @throws LibError of kind `request` for a prompt without a word */
export function refuseEmptyPrompt(prompt: string): void {
  if (prompt.trim() !== '') return;
  throw new LibError('The prompt is empty', { kind: 'request', hint: 'Pass a prompt with words in it.' });
}

/** A call's tokens, when both numbers are known. Cached tokens are named only where there are some. Pure. */
export function completeUsage(usage: Partial<TokenUsage>): TokenUsage | undefined {
  const { inputTokens, outputTokens, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = usage;
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens + cacheReadInputTokens + cacheWriteInputTokens,
    ...(cacheReadInputTokens > 0 ? { cacheReadInputTokens } : {}),
    ...(cacheWriteInputTokens > 0 ? { cacheWriteInputTokens } : {}),
    ...(usage.cacheDetails === undefined ? {} : { cacheDetails: usage.cacheDetails }),
  };
}

/** What a call may come to: its body as it is sent, and the longest answer. Pure. */
export function estimateBody(body: object, modelId: string, maxTokens = defaultMaxTokens): CallEstimate {
  const inputTokens = mostTokens(JSON.stringify(body));
  const longest = findModel(modelId)?.contextTokens ?? Number.POSITIVE_INFINITY;
  return { modelId, inputTokens: Math.min(inputTokens, longest), outputTokens: maxTokens };
}
