import type { EmbeddingFamily, EmbeddingModel } from 'bedrock-models';
import { withoutUndefined } from '../base/without-undefined.ts';

/** What the vectors are for: texts that will be searched, or what they are searched with. */
export type EmbeddingPurpose = 'document' | 'query';

export interface BodyOptions {
  readonly purpose: EmbeddingPurpose;
  /** The length of each vector. Absent: the model's own. */
  readonly dimensions?: number;
  /** The model's entry in the catalogue, if it has one. */
  readonly model?: EmbeddingModel;
}

export interface ParsedEmbeddings {
  /** One vector for each text, in their order; empty when the body is none of the family's. */
  readonly vectors: readonly (readonly number[])[];
  /** Tokens that stand in the body; several families leave them to the response headers. */
  readonly inputTokens?: number;
}

/** How one family of embedding models writes its request body and its answer. Both functions are pure. */
export interface EmbeddingBody {
  /** The most texts that `buildBody` takes. */
  readonly textsPerCall: number;
  readonly buildBody: (texts: readonly string[], options: BodyOptions) => object;
  /** Reads the decoded JSON body. Lenient: what is missing is missing, unknown members are ignored. */
  readonly parseBody: (body: unknown) => ParsedEmbeddings;
}

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

interface TitanEmbedBody {
  embedding?: number[];
  embeddingsByType?: { float?: number[] };
  inputTextTokenCount?: number;
}

/**
 * Titan Embeddings G1 - Text: one text a call, and no options.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
 */
export const titanEmbedFirst: EmbeddingBody = {
  textsPerCall: 1,
  buildBody: ([inputText]) => ({ inputText }),
  parseBody,
};

/** Titan Text Embeddings V2: one text a call. Its vectors are the same whatever they are for. */
export const titanEmbedSecond: EmbeddingBody = {
  textsPerCall: 1,
  buildBody: ([inputText], { dimensions }) => withoutUndefined({ inputText, dimensions, normalize: true }),
  parseBody,
};

function parseBody(body: unknown): ParsedEmbeddings {
  const { embedding, embeddingsByType, inputTextTokenCount } = (body ?? {}) as TitanEmbedBody;
  const vector = embedding ?? embeddingsByType?.float;
  return withoutUndefined({ vectors: vector ? [vector] : [], inputTokens: inputTextTokenCount });
}

/** Every family of embedding models. A further one is one more entry. */
export const embeddingBodies: Readonly<Record<EmbeddingFamily, EmbeddingBody>> = {
  'titan-embed-v1': titanEmbedFirst,
  'titan-embed-v2': titanEmbedSecond,
  'cohere-embed': cohereEmbed,
  'nova-embed': novaEmbed,
};
