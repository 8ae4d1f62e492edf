import type { Feature } from '../model.ts';
import type { LongPrice, Price, TokenPrice } from '../price.ts';

/** The note of a price that nobody pays any more. */
export const historical = 'last price before the model was retired';

/** What a model that reads nothing but text refuses. */
export const textOnly = ['images'] as const satisfies readonly Feature[];

/** What a model refuses that samples in its own way only. */
export const noSampling = ['temperature', 'top-p'] as const satisfies readonly Feature[];

/** How the newest models of other makers are called: in no region by the bare id. */
export const byProfileOnly = { profiles: ['us', 'global'], onDemand: false } as const;

/**
 * The prices of a model that is called through profiles only, from those of its `global` one: the geographic ones cost a tenth
 * more, in all public tables of October 2026. Pure.
 *
 * @param long the price of a prompt that is longer than usual, if there is one
 */
export function profilePrice(global: TokenPrice, long?: LongPrice): Price {
  return {
    ...aTenthMore(global),
    ...(long && { long: { ...aTenthMore(long), aboveTokens: long.aboveTokens } }),
    asOf: '2026-10-09',
    source: 'public-tables',
    note: 'geographic profiles',
    global: { ...global, ...(long && { long }) },
  };
}

/** To a millionth, as prices are written. */
function aTenthMore(price: TokenPrice): TokenPrice {
  const dearer = Object.entries(price).map(([name, usd]) => [name, Math.round(usd * 1.1e6) / 1e6]);
  return Object.fromEntries(dearer) as TokenPrice;
}
