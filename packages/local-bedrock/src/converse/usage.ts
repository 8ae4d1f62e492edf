import { catalogueDate, isRetired, type Model } from 'bedrock-models';
import type { Ending } from '../families/family.ts';
import { hasPromptCache } from '../prompt-cache.ts';

/** From here on `usage` is longer. Recordings of August 2025 are short, later ones long; the day itself is a guess. */
const longerSince = '2025-11-01';

/**
 * `usage`, keys sorted, as recorded: three numbers until late 2025, and for models that are retired now. Since then
 * every model reports its server's tools, and models with a prompt cache count it under two names, one of which the
 * API does not document. SDKs drop what is not documented.
 */
export function usageOf(
  model: Model,
  today: string,
  inputTokens: number,
  outputTokens: number,
): Record<string, unknown> {
  const totalTokens = inputTokens + outputTokens;
  if (today < longerSince || isRetired(model, catalogueDate))
    return { inputTokens, outputTokens, totalTokens };
  if (!hasPromptCache(model)) return { inputTokens, outputTokens, serverToolUsage: {}, totalTokens };
  return {
    cacheReadInputTokenCount: 0,
    cacheReadInputTokens: 0,
    cacheWriteInputTokenCount: 0,
    cacheWriteInputTokens: 0,
    inputTokens,
    outputTokens,
    serverToolUsage: {},
    totalTokens,
  };
}

/** Why the answer ended, in Converse's words. */
export function stopReasonOf(ending: Ending): string {
  return stopReasons[ending.reason];
}

const stopReasons = {
  end: 'end_turn',
  maxTokens: 'max_tokens',
  stopSequence: 'stop_sequence',
  toolUse: 'tool_use',
} as const;
