import type { Model } from 'bedrock-models';

/**
 * Whether the model keeps prompts in a cache, and so reports how many tokens came from it and went to it. This
 * endpoint keeps none: it takes cache points where the model does, and always reports none.
 */
export function hasPromptCache(model: Model): boolean {
  return !model.refuses?.includes('cache-points');
}
