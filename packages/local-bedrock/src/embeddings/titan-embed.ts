import type { EmbeddingModel } from 'bedrock-models';
import { invalid, malformed } from '../http/refusal.ts';
import { type Schema, violations } from '../shapes/body-schema.ts';
import { charactersOf, lengthViolation } from '../shapes/constraints.ts';
import { countTokens } from '../words/tokens.ts';
import { dimensionViolation, type Embedding } from './embedding.ts';
import { embedText, toBits, toNumbers } from './vector.ts';

const firstSchema: Schema = {
  type: 'object',
  required: ['inputText'],
  properties: { inputText: { type: 'string' } },
};

const secondSchema: Schema = {
  type: 'object',
  required: ['inputText'],
  properties: {
    inputText: { type: 'string' },
    dimensions: { type: 'integer' },
    normalize: { type: 'boolean' },
    embeddingTypes: { type: 'array', items: { type: 'string', enum: ['float', 'binary'] } },
  },
};

interface Body {
  inputText: string;
  dimensions?: number;
  normalize?: boolean;
  embeddingTypes?: ('float' | 'binary')[];
}

/** Titan Embeddings G1 - Text: one text, one vector of 1,536 numbers (user guide, "Amazon Titan Embeddings G1 - Text"). */
export const titanEmbedFirst: Embedding = {
  answer(body, model, _hash, embed = embedText) {
    const { inputText } = read(body, model, firstSchema);
    const inputTokens = countTokens(inputText);
    const embedding = toNumbers(embed(inputText, model.id, model.dimensions[0]));
    return { body: { embedding, inputTextTokenCount: inputTokens }, inputTokens };
  },
};

/**
 * Titan Text Embeddings V2. `embeddingsByType` is always there; `embedding` repeats its `float`, and is left out when
 * only `binary` was asked for. A vector that is not to be normalised has the length that this stand-in gives it: the
 * square root of the text's tokens.
 */
export const titanEmbedSecond: Embedding = {
  answer(body, model, _hash, embed = embedText) {
    const request = read(body, model, secondSchema);
    const { inputText, dimensions = model.dimensions[0], normalize = true, embeddingTypes = [] } = request;
    const types = embeddingTypes.length === 0 ? ['float'] : embeddingTypes;
    const inputTokens = countTokens(inputText);
    const unit = embed(inputText, model.id, dimensions);
    const vector = normalize ? unit : unit.map((value) => value * Math.sqrt(inputTokens));
    const float = toNumbers(vector);
    return {
      body: {
        ...(types.includes('float') ? { embedding: float } : {}),
        embeddingsByType: {
          ...(types.includes('binary') ? { binary: toBits(vector) } : {}),
          ...(types.includes('float') ? { float } : {}),
        },
        inputTextTokenCount: inputTokens,
      },
      inputTokens,
    };
  },
};

/** The limit on characters is named without a path, the limit on tokens in the model's own words. */
function read(body: unknown, model: EmbeddingModel, schema: Schema): Body {
  const found = violations(body, schema);
  if (found.length > 0) throw malformed(found);
  const request = body as Body;
  const length = lengthViolation('', charactersOf(request.inputText), {
    kind: 'text',
    minimum: 1,
    maximum: model.maxInputCharacters,
  }).map((words) => words.slice(': '.length));
  if (length.length > 0) throw malformed(length);
  const asked = request.dimensions;
  if (asked !== undefined) {
    const wrong = dimensionViolation('#/dimensions', asked, model);
    if (wrong.length > 0) throw malformed(wrong);
  }
  const inputTokens = countTokens(request.inputText);
  if (model.maxInputTokens !== undefined && inputTokens > model.maxInputTokens) {
    throw invalid(
      `400 Bad Request: Too many input tokens. Max input tokens: ${model.maxInputTokens}, request input token count: ${inputTokens} `,
    );
  }
  return request;
}
