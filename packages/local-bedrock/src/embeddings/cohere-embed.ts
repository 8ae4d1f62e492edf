import type { EmbeddingModel } from 'bedrock-models';
import { malformed } from '../http/refusal.ts';
import { uuidFrom } from '../invoke/ids.ts';
import { isObject, type Schema, violations } from '../shapes/body-schema.ts';
import { charactersOf, lengthViolation } from '../shapes/constraints.ts';
import { countTokens, cutToTokens, tokensOf } from '../words/tokens.ts';
import { dimensionViolation, type Embedding } from './embedding.ts';
import {
  embedBytes,
  embedText,
  toInt8,
  toNumbers,
  toSignedBytes,
  toUint8,
  toUnsignedBytes,
} from './vector.ts';

const numberTypes = {
  float: toNumbers,
  int8: toInt8,
  uint8: toUint8,
  binary: toSignedBytes,
  ubinary: toUnsignedBytes,
} as const;

type NumberType = keyof typeof numberTypes;

const texts: Schema = { type: 'array', items: { type: 'string' } };
const types: Schema = { type: 'array', items: { type: 'string', enum: Object.keys(numberTypes) } };

/** Texts and pictures that belong together. */
const input: Schema = {
  type: 'object',
  required: ['content'],
  properties: {
    content: {
      type: 'array',
      items: {
        type: 'object',
        required: ['type'],
        properties: {
          type: { type: 'string', enum: ['text', 'image_url'] },
          text: { type: 'string' },
          image_url: { type: 'any' },
        },
      },
    },
  },
};

const thirdSchema: Schema = {
  type: 'object',
  required: ['input_type'],
  properties: {
    texts,
    images: texts,
    input_type: {
      type: 'string',
      enum: ['search_document', 'search_query', 'classification', 'clustering', 'image'],
    },
    truncate: { type: 'string', enum: ['NONE', 'START', 'END', 'LEFT', 'RIGHT'] },
    embedding_types: types,
  },
};

const fourthSchema: Schema = {
  ...thirdSchema,
  properties: {
    ...thirdSchema.properties,
    inputs: { type: 'array', items: input },
    output_dimension: { type: 'integer' },
    max_tokens: { type: 'integer', minimum: 1 },
  },
};

interface Body {
  texts?: string[];
  images?: string[];
  inputs?: { content: { type?: string; text?: string; image_url?: string | { url?: string } }[] }[];
  truncate?: 'NONE' | 'START' | 'END' | 'LEFT' | 'RIGHT';
  embedding_types?: NumberType[];
  output_dimension?: number;
  max_tokens?: number;
}

/** Something to embed: a text, or a picture's data. */
interface Item {
  readonly text: string;
  readonly isPicture: boolean;
}

/**
 * Cohere Embed 3 and 4 (user guide, "Cohere Embed models"): up to 96 texts a call. With `embedding_types` the vectors are
 * a list for each type. Without it Embed 3 gives one list, and Embed 4 that of `float` (recorded 2025, pydantic-ai).
 */
export const cohereEmbed: Embedding = {
  answer(body, model, requestHash, embed = embedText) {
    const request = read(body, model);
    const dimensions = request.output_dimension ?? model.dimensions[0];
    const limit = Math.min(request.max_tokens ?? Number.POSITIVE_INFINITY, model.maxInputTokens ?? Infinity);
    const items = itemsOf(request).map((item) => (item.isPicture ? item : shorten(item, limit, request)));
    const vectors = items.map(({ text, isPicture }) =>
      isPicture ? embedBytes(text, model.id, dimensions) : embed(text, model.id, dimensions),
    );
    const inputTokens = items.reduce(
      (sum, { text, isPicture }) => sum + (isPicture ? 0 : countTokens(text)),
      0,
    );
    const asked = request.embedding_types ?? (isFourth(model) ? (['float'] as const) : []);
    return {
      body: {
        id: uuidFrom(requestHash),
        ...(request.texts !== undefined && { texts: request.texts }),
        embeddings:
          asked.length === 0
            ? vectors.map(toNumbers)
            : Object.fromEntries(asked.map((type) => [type, vectors.map(numberTypes[type])])),
        response_type: asked.length === 0 ? 'embeddings_floats' : 'embeddings_by_type',
      },
      inputTokens,
    };
  },
};

/** Embed 4 takes more than Embed 3, and answers in another form. */
function isFourth({ dimensions }: EmbeddingModel): boolean {
  return dimensions.length > 1;
}

/** What Embed 3 misses in a body with neither: seen in March and July 2025 (vercel/ai#5055, langchain-ai/langchainjs#8450). */
const eitherOfThird = ['images', 'texts', 'texts', 'texts', 'texts'];

function read(body: unknown, model: EmbeddingModel): Body {
  const takesMore = isFourth(model);
  // `texts` is required unless pictures, or texts with pictures, are there in their place.
  const isThere = ['texts', 'images', ...(takesMore ? ['inputs'] : [])].some(
    (key) => isObject(body) && Object.hasOwn(body, key),
  );
  const base = takesMore ? fourthSchema : thirdSchema;
  const missing = isThere ? [] : takesMore ? ['texts'] : eitherOfThird;
  const schema = { ...base, required: [...missing, 'input_type'] };
  const found = violations(body, schema);
  if (found.length > 0) throw malformed(found);
  const request = body as Body;
  const most = { kind: 'list', maximum: model.textsPerCall } as const;
  const wrong = [
    ...(['texts', 'images', 'inputs'] as const).flatMap((key) =>
      lengthViolation(`#/${key}`, request[key]?.length ?? 0, most),
    ),
    ...(request.texts ?? []).flatMap((text, index) =>
      lengthViolation(`#/texts/${index}`, charactersOf(text), {
        kind: 'text',
        maximum: model.maxInputCharacters,
      }),
    ),
    ...(request.output_dimension === undefined
      ? []
      : dimensionViolation('#/output_dimension', request.output_dimension, model)),
  ];
  if (wrong.length > 0) throw malformed(wrong);
  return request;
}

function itemsOf({ texts: plain = [], images = [], inputs = [] }: Body): Item[] {
  return [
    ...plain.map((text) => ({ text, isPicture: false })),
    ...images.map((text) => ({ text, isPicture: true })),
    ...inputs.map(({ content }) => {
      const words = content.map(({ text = '' }) => text).join('\n');
      return words.trim() === ''
        ? { text: JSON.stringify(content), isPicture: true }
        : { text: words, isPicture: false };
    }),
  ];
}

/** Cuts a text that is too long on the side the request names; its default is to refuse. */
function shorten(item: Item, limit: number, { truncate = 'NONE' }: Body): Item {
  const tokens = countTokens(item.text);
  if (tokens <= limit) return item;
  if (truncate === 'START' || truncate === 'LEFT') {
    return { ...item, text: [...tokensOf(item.text)].slice(-limit).join('') };
  }
  if (truncate === 'END' || truncate === 'RIGHT')
    return { ...item, text: cutToTokens(item.text, limit).text };
  // Cohere's own text for this was not recorded.
  throw malformed([`too long text: ${tokens} tokens > ${limit} maximum`]);
}
