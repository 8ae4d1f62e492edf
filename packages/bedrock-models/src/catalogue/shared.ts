import type { Feature, Model } from '../model.ts';
import type { LongPrice, Price, TokenPrice } from '../price.ts';

/** The note of a price that nobody pays any more. */
export const historical = 'last price before the model was retired';

/** What a model that reads nothing but text refuses. */
export const textOnly = ['images'] as const satisfies readonly Feature[];

/** What a model refuses that samples in its own way only. */
export const noSampling = ['temperature', 'top-p'] as const satisfies readonly Feature[];

/** What a model refuses that reads text and pictures, of which no prompt cache was recorded. */
export const imagesWithoutCache = ['cache-points', 'count-tokens'] as const satisfies readonly Feature[];

/** The same of one that reads text alone. */
export const textWithoutCache = [...textOnly, ...imagesWithoutCache] as const satisfies readonly Feature[];

/** What the models of other makers have in common that take OpenAI's form: the bare id, and days as models.dev has them. */
export const byBareId = {
  family: 'qwen',
  profiles: [],
  onDemand: true,
  datesFrom: ['models.dev'],
} as const satisfies Partial<Model>;

/** And the newest ones: in no region by the bare id. */
export const byProfileOnly = {
  family: 'qwen',
  profiles: ['us', 'global'],
  onDemand: false,
} as const satisfies Partial<Model>;

/** Several public tables agree on these. */
const seen = { asOf: '2026-10-09', source: 'public-tables' } as const;

/** The price of the Standard tier: models.dev had that of Flex for many of them in April 2026. */
export function standardPrice(inputPerMillion: number, outputPerMillion: number): Price {
  return { inputPerMillion, outputPerMillion, ...seen };
}

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
    ...seen,
    note: 'geographic profiles',
    global: { ...global, ...(long && { long }) },
  };
}

function aTenthMore(price: TokenPrice): TokenPrice {
  const dearer = Object.entries(price).map(([name, usd]) => [name, times(usd, 1.1)]);
  return Object.fromEntries(dearer) as TokenPrice;
}

/** A price and a half, and the like: to a millionth, as prices are written. */
export function times(usd: number, factor: number): number {
  return Math.round(usd * factor * 1e6) / 1e6;
}
