/** Texts as vectors (`embed`), and the texts that are nearest to a question (`openVectorStore`). */
export { type EmbedOptions, type EmbedResult, embed } from './embed.ts';
export type { EmbeddingPurpose } from './embedding-families/family.ts';
export type { Metadata, StoredItem, VectorItem } from './vector-items.ts';
export {
  type FoundItem,
  openVectorStore,
  type SearchOptions,
  type VectorStore,
  type VectorStoreOptions,
} from './vector-store.ts';
