import { withoutUndefined } from '../../base/without-undefined.ts';
import type { EmbeddingBody, ParsedEmbeddings } from './family.ts';

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
