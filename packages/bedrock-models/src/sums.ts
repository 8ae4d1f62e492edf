import type { CacheWrite, TokenUsage } from './cost.ts';

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
