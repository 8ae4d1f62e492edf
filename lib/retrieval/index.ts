/** Texts in pieces (`splitText`) and as vectors (`embed`), and those nearest to a question (`openVectorStore`). */

export type { PostgresOptions } from '../postgres/open-postgres.ts';
export type { DatabaseDriver } from '../sqlite/database.ts';
export type { OpenOptions } from '../sqlite/open-database.ts';
export { copyVectors } from './copy-vectors.ts';
export {
  type EmbedAllResult,
  type EmbedFailure,
  type EmbedOptions,
  type EmbedResult,
  embed,
  embedAll,
} from './embed.ts';
export type { EmbeddingPurpose } from './embedding-families.ts';
export { type SplitOptions, splitText, type TextPiece } from './split-text.ts';
export type { Metadata, StoredItem, VectorItem } from './vector-items.ts';
export {
  type FoundItem,
  type ListOptions,
  openVectorStore,
  type SearchOptions,
  type VectorStore,
  type VectorStoreOptions,
} from './vector-store.ts';
export type { MetadataComparison, MetadataValue, Where } from './where.ts';
