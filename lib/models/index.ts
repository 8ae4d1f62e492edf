/** Which model to call here and now, and what is known of each: dates, prices, limits. */
export {
  type BilledUsage,
  type CacheWrite,
  catalogue,
  catalogueDate,
  costOf,
  type EmbeddingFamily,
  type EmbeddingModel,
  embeddingCatalogue,
  type Feature,
  findEmbeddingModel,
  findFamily,
  findModel,
  formatDollars,
  isRetired,
  type ListedModel,
  type LongPrice,
  type Model,
  type ModelFamily,
  type ModelIdParts,
  type Price,
  type PriceTier,
  type RoutePrice,
  type Source as PriceSource,
  splitModelId,
  type TokenPrice,
  type TokenUsage,
} from 'bedrock-models';
export { type ModelRef, modelIdOf } from './model-ref.ts';
export { type Capabilities, type ResolvedModel, type ResolveOptions, resolveModel } from './resolve.ts';
export { type ModelRole, roles } from './roles.ts';
