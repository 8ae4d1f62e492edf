import type { EmbeddingModel } from 'bedrock-models';
import { invalid, malformed } from '../http/refusal.ts';
import { type Schema, violations } from '../shapes/body-schema.ts';
import { countTokens, cutToTokens, tokensOf } from '../words/tokens.ts';
import { dimensionViolation, type Embed, type Embedding } from './embedding.ts';
import { embedBytes, embedText, toNumbers } from './vector.ts';

const schema: Schema = {
  type: 'object',
  required: ['taskType', 'singleEmbeddingParams'],
  properties: {
    schemaVersion: { type: 'string', enum: ['nova-multimodal-embed-v1'] },
    taskType: { type: 'string', enum: ['SINGLE_EMBEDDING'] },
    singleEmbeddingParams: {
      type: 'object',
      required: ['embeddingPurpose'],
      properties: {
        embeddingPurpose: {
          type: 'string',
          enum: [
            'GENERIC_INDEX',
            'GENERIC_RETRIEVAL',
            'TEXT_RETRIEVAL',
            'IMAGE_RETRIEVAL',
            'VIDEO_RETRIEVAL',
            'DOCUMENT_RETRIEVAL',
            'AUDIO_RETRIEVAL',
            'CLASSIFICATION',
            'CLUSTERING',
          ],
        },
        embeddingDimension: { type: 'integer' },
        text: {
          type: 'object',
          required: ['truncationMode'],
          properties: {
            truncationMode: { type: 'string', enum: ['START', 'END', 'NONE'] },
            value: { type: 'string' },
            source: { type: 'any' },
          },
        },
        image: { type: 'any' },
        video: { type: 'any' },
        audio: { type: 'any' },
      },
    },
  },
};

interface Params {
  embeddingDimension?: number;
  text?: { truncationMode: 'START' | 'END' | 'NONE'; value?: string };
  image?: unknown;
  video?: unknown;
  audio?: unknown;
}

/**
 * Nova Multimodal Embeddings (Nova user guide, "Complete embeddings request and response schema"). Text that is too long
 * is cut where the request says, and `truncatedCharLength` tells how much of it was read.
 */
export const novaEmbed: Embedding = {
  answer(body, model, _hash, embed = embedText) {
    const found = violations(body, schema);
    if (found.length > 0) throw malformed(found);
    const params = (body as { singleEmbeddingParams: Params }).singleEmbeddingParams;
    const dimensions = params.embeddingDimension ?? model.dimensions[0];
    const wrong = dimensionViolation('#/singleEmbeddingParams/embeddingDimension', dimensions, model);
    if (wrong.length > 0) throw malformed(wrong);
    const given = (['text', 'image', 'video', 'audio'] as const).filter((key) => params[key] !== undefined);
    if (given.length !== 1) {
      // Not from a recording.
      throw invalid('singleEmbeddingParams must contain exactly one of text, image, video and audio.');
    }
    if (params.text !== undefined) return answerText(params.text, model, dimensions, embed);
    const kind = given[0] ?? 'image';
    const media = params[kind];
    const embedding = toNumbers(embedBytes(JSON.stringify(media), model.id, dimensions));
    return { body: { embeddings: [{ embeddingType: kind.toUpperCase(), embedding }] }, inputTokens: 0 };
  },
};

function answerText(
  text: NonNullable<Params['text']>,
  model: EmbeddingModel,
  dimensions: number,
  embed: Embed,
) {
  const { value, truncationMode } = text;
  if (value === undefined || value === '') {
    // A text in S3 cannot be read here; an empty one has nothing to embed. Not from a recording.
    throw invalid('The text to embed is empty. Local Bedrock reads singleEmbeddingParams.text.value only.');
  }
  const limit = model.maxInputTokens ?? Number.POSITIVE_INFINITY;
  const tokens = countTokens(value);
  if (tokens > limit && truncationMode === 'NONE') {
    throw invalid(`Input is too long: ${tokens} tokens, and the model reads ${limit}.`);
  }
  const read =
    tokens <= limit
      ? value
      : truncationMode === 'START'
        ? [...tokensOf(value)].slice(-limit).join('')
        : cutToTokens(value, limit).text;
  const embedding = toNumbers(embed(read, model.id, dimensions));
  const truncated = read.length < value.length ? { truncatedCharLength: read.length } : {};
  return {
    body: { embeddings: [{ embeddingType: 'TEXT', embedding, ...truncated }] },
    inputTokens: countTokens(read),
  };
}
