import type { EmbeddingModel } from '../../models/catalogue.ts';

/** What an embedding model answers: the family's own body, and what it read. */
export interface EmbeddingAnswer {
  readonly body: unknown;
  readonly inputTokens: number;
}

/** How one family of embedding models reads a body and writes its answer. */
export interface Embedding {
  /**
   * Checks a parsed body and answers it, or throws a `Refusal` in the family's own words. `requestHash` (hex) is the
   * same for the same request; ids are made from it.
   */
  answer(body: unknown, model: EmbeddingModel, requestHash: string): EmbeddingAnswer;
}

/** The validator's words for a text or a list that is too short or too long. */
export function lengthViolation(
  path: string,
  length: number,
  { kind, minimum = 0, maximum = Number.POSITIVE_INFINITY }: LengthLimit,
): string[] {
  const isText = kind === 'text';
  if (length < minimum) {
    return [
      isText
        ? `${path}: expected minLength: ${minimum}, actual: ${length}`
        : `${path}: expected minimum item count: ${minimum}, found: ${length}`,
    ];
  }
  if (length > maximum) {
    return [
      isText
        ? `${path}: expected maxLength: ${maximum}, actual: ${length}`
        : `${path}: expected maximum item count: ${maximum}, found: ${length}`,
    ];
  }
  return [];
}

interface LengthLimit {
  readonly kind: 'text' | 'list';
  readonly minimum?: number;
  readonly maximum?: number | undefined;
}

/** Refuses a number of dimensions that the model does not give. The words are not from a recording. */
export function dimensionViolation(path: string, asked: number, model: EmbeddingModel): string[] {
  return model.dimensions.includes(asked) ? [] : [`${path}: ${asked} is not a valid enum value`];
}
