/** Where the catalogue has its prices and dates from. Each price and each model's dates name theirs. */
export const sources = {
  'price-list': 'the AWS Price List API, service codes AmazonBedrock and AmazonBedrockFoundationModels',
  'pricing-page':
    'https://aws.amazon.com/bedrock/pricing/, as awslabs/startups keeps it (pricing-cache.md), for us-east-1 or us-east-2',
  'models.dev': 'https://github.com/anomalyco/models.dev, providers/amazon-bedrock',
  'public-tables': 'tables of prices in public repositories that agree with each other',
  'lifecycle-page':
    'https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html, and model-lifecycle-legacy.html',
  'live-lists': 'ListFoundationModels or GetFoundationModel, asked with credentials',
  observed: 'public reports of calls that were still answered, or refused already',
} as const;

export type Source = keyof typeof sources;

/** USD per million tokens. */
export interface TokenPrice {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
  /** Tokens read from the prompt cache, and written to it for five minutes. Absent: unknown, or not cached. */
  readonly cacheReadPerMillion?: number;
  readonly cacheWritePerMillion?: number;
  /** Tokens written to the prompt cache for an hour. Absent: unknown. */
  readonly cacheWriteHourPerMillion?: number;
}

/** What a prompt costs, all of it and its answer, that is longer than a model usually takes. */
export interface LongPrice extends TokenPrice {
  /** Prompts with more tokens than this, cached ones included, are billed so. */
  readonly aboveTokens: number;
}

/**
 * How a call is served when not in the standard way: a service tier of the request, a batch job
 * (CreateModelInvocationJob), or `performanceConfig: { latency: 'optimized' }`.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html
 */
export type PriceTier = 'flex' | 'priority' | 'reserved' | 'batch' | 'latency-optimized';

/** One route's prices: those of the Standard tier, and those of the others as far as they are known. */
export interface RoutePrice extends TokenPrice {
  readonly long?: LongPrice;
  readonly tiers?: { readonly [tier in PriceTier]?: TokenPrice };
}

/** On demand, in us-east-1 unless `note` says otherwise. */
export interface Price extends RoutePrice {
  /** The same through a `global.` inference profile, where AWS asks less. */
  readonly global?: RoutePrice;
  /** The day the price was read, as YYYY-MM-DD. */
  readonly asOf: string;
  readonly source: Source;
  readonly note?: string;
}

/**
 * A price with that of a cache write for an hour, for which AWS asks twice the price of a token that goes in (for five
 * minutes: 1.25 times). Pure.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function withHourWrites<Route extends RoutePrice>(price: Route): Route {
  return price.cacheWritePerMillion === undefined
    ? price
    : { ...price, cacheWriteHourPerMillion: price.inputPerMillion * 2 };
}
