import { withoutUndefined } from '../../base/without-undefined.ts';
import type { EmbeddingBody } from './family.ts';

interface NovaEmbedBody {
  embeddings?: { embedding?: number[] }[];
}

/**
 * Nova Multimodal Embeddings: one text a call. A text that is too long is refused, not cut.
 * @see https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html
 */
export const novaEmbed: EmbeddingBody = {
  textsPerCall: 1,
  buildBody: ([value], { purpose, dimensions }) => ({
    schemaVersion: 'nova-multimodal-embed-v1',
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: withoutUndefined({
      embeddingPurpose: purpose === 'query' ? 'TEXT_RETRIEVAL' : 'GENERIC_INDEX',
      embeddingDimension: dimensions,
      text: { truncationMode: 'NONE', value },
    }),
  }),
  parseBody: (body) => {
    const { embeddings = [] } = (body ?? {}) as NovaEmbedBody;
    const vectors = Array.isArray(embeddings) ? embeddings : [];
    return { vectors: vectors.flatMap(({ embedding }) => (embedding ? [embedding] : [])) };
  },
};
