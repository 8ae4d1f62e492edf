import { findListedModel, splitModelId } from './find.ts';
import type { PriceTier } from './price.ts';

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  /** Tokens of the prompt that came from the cache, or were written to it. `inputTokens` does not count them. */
  readonly cacheReadInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
}

/**
 * The price of one call, in US dollars, at the catalogue's on-demand price; `undefined` when the price is unknown.
 * An unknown price is never zero: also when only the price of cached tokens is unknown and there are some. Cached
 * tokens are counted once, at their own price.
 *
 * @param tier how the call is served. Absent: the Standard tier. A tier without a price of its own in the catalogue is
 *   unknown, and not taken for a share of the standard price
 */
export function costOf(usage: BilledUsage, modelId: string, tier?: PriceTier): number | undefined {
  const price = findListedModel(modelId)?.price;
  const route = splitModelId(modelId).profile === 'global' ? (price?.global ?? price) : price;
  const rates = tier === undefined ? route : route?.tiers?.[tier];
  if (rates === undefined) return undefined;
  const { inputPerMillion, outputPerMillion, cacheReadPerMillion, cacheWritePerMillion } = rates;
  const { inputTokens, outputTokens, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = usage;
  if (cacheReadInputTokens > 0 && cacheReadPerMillion === undefined) return undefined;
  if (cacheWriteInputTokens > 0 && cacheWritePerMillion === undefined) return undefined;
  const cost =
    (inputTokens * inputPerMillion +
      outputTokens * outputPerMillion +
      cacheReadInputTokens * (cacheReadPerMillion ?? 0) +
      cacheWriteInputTokens * (cacheWritePerMillion ?? 0)) /
    1_000_000;
  // Counts that are none, such as those of an answer that broke off, give no price.
  return Number.isFinite(cost) ? cost : undefined;
}

/** The counts of a call's usage that cost money. */
export type BilledUsage = Omit<TokenUsage, 'totalTokens'>;

/** Dollars for a person: small sums keep two significant digits, an unknown one says so. */
export function formatDollars(dollars: number | undefined): string {
  if (dollars === undefined || !Number.isFinite(dollars)) return 'unknown';
  if (dollars === 0) return '$0';
  if (dollars >= 0.01) return `$${dollars.toFixed(2)}`;
  return `$${dollars.toFixed(Math.min(9, 1 - Math.floor(Math.log10(dollars))))}`;
}
