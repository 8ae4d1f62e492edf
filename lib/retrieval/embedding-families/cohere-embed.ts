import { withoutUndefined } from '../../base/without-undefined.ts';
import type { EmbeddingBody } from './family.ts';

interface CohereEmbedBody {
  embeddings?: number[][] | { float?: number[][] };
}

/**
 * Cohere Embed 3 and 4: up to 96 texts a call. A text that is too long is refused, not cut. The answer is a list of
 * vectors, or a list for each number type, whichever the service chooses; both are read.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
 */
export const cohereEmbed: EmbeddingBody = {
  textsPerCall: 96,
  buildBody: (texts, { purpose, dimensions, model }) =>
    withoutUndefined({
      texts,
      input_type: purpose === 'query' ? 'search_query' : 'search_document',
      truncate: 'NONE',
      embedding_types: ['float'],
      // Embed 3 has one length of vector, and refuses to be asked for it.
      output_dimension: model?.dimensions.length === 1 ? undefined : dimensions,
    }),
  parseBody: (body) => {
    const { embeddings = [] } = (body ?? {}) as CohereEmbedBody;
    return { vectors: Array.isArray(embeddings) ? embeddings : (embeddings?.float ?? []) };
  },
};
