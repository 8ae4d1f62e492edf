import { catalogueDate, type Model } from '../../models/catalogue.ts';
import { isRetired } from '../../models/find.ts';
import type { Ending } from '../families/family.ts';
import { hasPromptCache } from '../prompt-cache.ts';

/**
 * `usage`, keys sorted, as recorded: three numbers in the time of the models that are retired now. Since late 2025
 * every model reports its server's tools, and models with a prompt cache count it under two names, one of which the
 * API does not document. SDKs drop what is not documented.
 */
export function usageOf(model: Model, inputTokens: number, outputTokens: number): Record<string, unknown> {
  const totalTokens = inputTokens + outputTokens;
  if (isRetired(model, catalogueDate)) return { inputTokens, outputTokens, totalTokens };
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
