import type { EmbeddingModel } from 'bedrock-models';

/** What an embedding model answers: the family's own body, and what it read. */
interface EmbeddingAnswer {
  readonly body: unknown;
  readonly inputTokens: number;
}

export type Embed = (text: string, modelId: string, dimensions: number) => Float32Array;

/** How one family of embedding models reads a body and writes its answer. */
export interface Embedding {
  /**
   * Checks a parsed body and answers it, or throws a `Refusal` in the family's own words. `requestHash` (hex) is the
   * same for the same request; ids are made from it. `embed` makes a text a vector of so many dimensions.
   */
  answer(body: unknown, model: EmbeddingModel, requestHash: string, embed?: Embed): EmbeddingAnswer;
}

/** Refuses a number of dimensions that the model does not give. The words are not from a recording. */
export function dimensionViolation(path: string, asked: number, model: EmbeddingModel): string[] {
  return model.dimensions.includes(asked) ? [] : [`${path}: ${asked} is not a valid enum value`];
}
