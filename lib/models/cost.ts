import { findModel, splitModelId } from './find.ts';

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  /** Tokens of the prompt that came from the cache, or were written to it. `inputTokens` does not count them. */
  readonly cacheReadInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
}

/**
 * The price of one call, in US dollars, at the catalogue's on-demand price; `undefined` when the price is
 * unknown. An unknown price is never zero.
 */
export function costOf(
  usage: Pick<TokenUsage, 'inputTokens' | 'outputTokens'>,
  modelId: string,
): number | undefined {
  const price = findModel(modelId)?.price;
  if (!price) return undefined;
  const global = splitModelId(modelId).profile === 'global' ? price.global : undefined;
  const { inputPerMillion, outputPerMillion } = global ?? price;
  return (usage.inputTokens * inputPerMillion + usage.outputTokens * outputPerMillion) / 1_000_000;
}

/** Dollars for a person: small sums keep two significant digits, an unknown one says so. */
export function formatDollars(dollars: number | undefined): string {
  if (dollars === undefined) return 'unknown';
  if (dollars === 0) return '$0';
  if (dollars >= 0.01) return `$${dollars.toFixed(2)}`;
  return `$${dollars.toFixed(Math.min(9, 1 - Math.floor(Math.log10(dollars))))}`;
}
