import type { EmbeddingFamily } from 'bedrock-models';
import { cohereEmbed } from './cohere-embed.ts';
import type { Embedding } from './embedding.ts';
import { novaEmbed } from './nova-embed.ts';
import { titanEmbedFirst, titanEmbedSecond } from './titan-embed.ts';

/** How each family of embedding models in the catalogue is answered. */
export const embeddings: Readonly<Record<EmbeddingFamily, Embedding>> = {
  'titan-embed-v1': titanEmbedFirst,
  'titan-embed-v2': titanEmbedSecond,
  'cohere-embed': cohereEmbed,
  'nova-embed': novaEmbed,
};
