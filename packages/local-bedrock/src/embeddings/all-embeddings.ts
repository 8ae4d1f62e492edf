import type { EmbeddingFamily, EmbeddingModel } from 'bedrock-models';
import { jsonReply, type Reply } from '../http/reply.ts';
import type { OperationRequest } from '../operations/operation.ts';
import { hashOf, millisecondsSince, parseBody } from '../operations/operation.ts';
import type { WordSource } from '../words/answer.ts';
import { cohereEmbed } from './cohere-embed.ts';
import type { Embed, Embedding } from './embedding.ts';
import { novaEmbed } from './nova-embed.ts';
import { titanEmbedFirst, titanEmbedSecond } from './titan-embed.ts';

/** How each family of embedding models in the catalogue is answered. */
export const embeddings: Readonly<Record<EmbeddingFamily, Embedding>> = {
  'titan-embed-v1': titanEmbedFirst,
  'titan-embed-v2': titanEmbedSecond,
  'cohere-embed': cohereEmbed,
  'nova-embed': novaEmbed,
};

/**
 * InvokeModel for a model that gives vectors. They are made by the language model behind the endpoint where that has one
 * for them, else computed from the text by a fixed rule (see `vector.ts`). Throws a `Refusal` for a body that the model
 * does not take, and what the language model throws.
 */
export async function answerEmbedding(
  model: EmbeddingModel,
  { label, body, startedAt }: OperationRequest,
  { embed }: Pick<WordSource, 'embed'>,
): Promise<Reply> {
  const answerWith = (make?: Embed) =>
    embeddings[model.family].answer(parseBody(body), model, hashOf(label, body), make);
  const answer = embed === undefined ? answerWith() : await answeredBy(embed, answerWith);
  return jsonReply(answer.body, {
    'X-Amzn-Bedrock-Invocation-Latency': String(millisecondsSince(startedAt)),
    'X-Amzn-Bedrock-Input-Token-Count': String(answer.inputTokens),
  });
}

/** Answers twice: the first time to see which texts the body comes to, and then with their vectors. */
async function answeredBy<T>(
  embed: NonNullable<WordSource['embed']>,
  answerWith: (make: Embed) => T,
): Promise<T> {
  const texts = new Set<string>();
  answerWith((text, _, dimensions) => {
    texts.add(text);
    return new Float32Array(dimensions);
  });
  if (texts.size === 0) return answerWith(() => new Float32Array());
  const vectors = await embed([...texts]);
  const found = new Map([...texts].map((text, index) => [text, vectors[index] ?? []]));
  return answerWith((text, _, dimensions) => fitted(found.get(text) ?? [], dimensions));
}

/**
 * A vector of length 1 in so many dimensions: those that the model does not have are 0, which leaves the distances as
 * they are; of those that are too many the first are taken.
 */
function fitted(vector: readonly number[], dimensions: number): Float32Array {
  const some = vector.slice(0, dimensions);
  const length = Math.hypot(...some) || 1;
  return Float32Array.from({ length: dimensions }, (_, index) => (some[index] ?? 0) / length);
}
