/** Texts as vectors, and the texts that are nearest to a question. */
export { type EmbedOptions, type EmbedResult, embed } from './embed.ts';
export { type FoundItem, openVectorStore, type VectorStore } from './vector-store.ts';
