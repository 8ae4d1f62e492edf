import { findListedModel, splitModelId } from './find.ts';
import type { PriceTier, RoutePrice, TokenPrice } from './price.ts';

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  /** Tokens of the prompt that came from the cache, or were written to it. `inputTokens` does not count them. */
  readonly cacheReadInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
  /** Of those that were written, how many live how long. Absent: all for five minutes. */
  readonly cacheDetails?: readonly CacheWrite[];
  /** What else was used that is billed by itself, and has no price in the catalogue, such as pictures, searches or a guardrail. */
  readonly unpriced?: readonly string[];
}

/** Tokens that were written to the prompt cache for one time to live. */
export interface CacheWrite {
  /** `5m` or `1h`. */
  readonly ttl: string;
  readonly inputTokens: number;
}

/**
 * The price of one call, in US dollars, at the catalogue's on-demand price of the model; `undefined` when the price is
 * unknown. An unknown price is never zero and never a smaller one: it is unknown also when only the price of one kind
 * of tokens is, such as those written to the cache for an hour, and there are some. Cached tokens are counted once, at
 * their own price.
 *
 * @param usage of one call, where the model asks more for a long prompt
 * @param tier how the call is served. Absent: the Standard tier. A tier without a price of its own in the catalogue is
 *   unknown, and not taken for a share of the standard price
 */
export function costOf(usage: BilledUsage, modelId: string, tier?: PriceTier): number | undefined {
  const price = findListedModel(modelId)?.price;
  const route = splitModelId(modelId).profile === 'global' ? (price?.global ?? price) : price;
  const tokens = tier === undefined ? route : route?.tiers?.[tier];
  if (tokens === undefined || usage.unpriced?.length) return undefined;
  const { inputTokens, outputTokens, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = usage;
  const prompt = inputTokens + cacheReadInputTokens + cacheWriteInputTokens;
  const { long } = tokens as RoutePrice;
  const rates: TokenPrice = long !== undefined && prompt > long.aboveTokens ? long : tokens;
  const writes = writesOf(usage);
  const parts: readonly (readonly [number, number | undefined])[] = [
    [inputTokens, rates.inputPerMillion],
    [outputTokens, rates.outputPerMillion],
    [cacheReadInputTokens, rates.cacheReadPerMillion],
    [writes.short, rates.cacheWritePerMillion],
    [writes.hour, rates.cacheWriteHourPerMillion],
    [writes.other, undefined],
  ];
  if (parts.some(([count, price]) => count > 0 && price === undefined)) return undefined;
  const cost = parts.reduce((sum, [count, price = 0]) => sum + count * price, 0) / 1_000_000;
  // Counts that are none, such as those of an answer that broke off, give no price.
  return Number.isFinite(cost) ? cost : undefined;
}

/** How many tokens were written to the cache for how long. What the details leave out was written for five minutes. */
function writesOf({ cacheWriteInputTokens = 0, cacheDetails = [] }: BilledUsage) {
  const sum = (fits: (ttl: string) => boolean) =>
    cacheDetails.reduce((total, { ttl, inputTokens }) => total + (fits(ttl) ? inputTokens : 0), 0);
  const hour = sum((ttl) => ttl === '1h');
  const other = sum((ttl) => ttl !== '1h' && ttl !== '5m');
  const detailed = sum((ttl) => ttl === '5m');
  return { hour, other, short: Math.max(detailed, cacheWriteInputTokens - hour - other) };
}

/** Whether a price is known by which a model's tokens can be counted. Pure. */
export function hasPrice(modelId: string): boolean {
  return costOf({ inputTokens: 1, outputTokens: 1 }, modelId) !== undefined;
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

/** The tokens of several calls together, cached ones included; `undefined` when those of one are unknown. Pure. */
export function sumUsage(usages: readonly (TokenUsage | undefined)[]): TokenUsage | undefined {
  const known = usages.filter((usage) => usage !== undefined);
  if (known.length < usages.length) return undefined;
  const total = (count: Exclude<keyof TokenUsage, 'cacheDetails' | 'unpriced'>) =>
    known.reduce((sum, usage) => sum + (usage[count] ?? 0), 0);
  // Most models cache nothing and do not speak of it; then the sum does not either.
  const cached = (count: 'cacheReadInputTokens' | 'cacheWriteInputTokens') =>
    known.some((usage) => usage[count] !== undefined) ? { [count]: total(count) } : {};
  return {
    inputTokens: total('inputTokens'),
    outputTokens: total('outputTokens'),
    totalTokens: total('totalTokens'),
    ...cached('cacheReadInputTokens'),
    ...cached('cacheWriteInputTokens'),
    ...detailsOf(known.flatMap(({ cacheDetails = [] }) => cacheDetails)),
    ...unpricedOf(known.flatMap(({ unpriced = [] }) => unpriced)),
  };
}

function detailsOf(details: readonly CacheWrite[]) {
  const sums = new Map<string, number>();
  for (const { ttl, inputTokens } of details) sums.set(ttl, (sums.get(ttl) ?? 0) + inputTokens);
  return sums.size === 0
    ? {}
    : { cacheDetails: [...sums].map(([ttl, inputTokens]) => ({ ttl, inputTokens })) };
}

function unpricedOf(names: readonly string[]) {
  return names.length === 0 ? {} : { unpriced: [...new Set(names)] };
}

/** A sum in which one unknown makes the whole unknown. Pure. */
export function sumKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length < values.length ? undefined : known.reduce((sum, value) => sum + value, 0);
}

/** How a request asks to be served, in Converse's own members. */
export interface ServedAs {
  readonly serviceTier?: { readonly type: string | undefined } | undefined;
  readonly performanceConfig?: { readonly latency?: string | undefined } | undefined;
}

/**
 * The tier that a request is billed at; `undefined` for the Standard tier. A tier that the catalogue does not know is
 * given back as it is: its price is unknown. Pure.
 */
export function tierOf({ serviceTier, performanceConfig }: ServedAs): PriceTier | undefined {
  const type = serviceTier?.type ?? 'default';
  if (type !== 'default') return type as PriceTier;
  return performanceConfig?.latency === 'optimized' ? 'latency-optimized' : undefined;
}
