import type { EmbeddingModel } from 'bedrock-models';

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
