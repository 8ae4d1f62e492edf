import type { EmbeddingFamily } from 'bedrock-models';
import { cohereEmbed } from './cohere-embed.ts';
import type { EmbeddingBody } from './family.ts';
import { novaEmbed } from './nova-embed.ts';
import { titanEmbedFirst, titanEmbedSecond } from './titan-embed.ts';

/** Every family of embedding models. A further one is one more file and one more line. */
export const embeddingBodies: Readonly<Record<EmbeddingFamily, EmbeddingBody>> = {
  'titan-embed-v1': titanEmbedFirst,
  'titan-embed-v2': titanEmbedSecond,
  'cohere-embed': cohereEmbed,
  'nova-embed': novaEmbed,
};
