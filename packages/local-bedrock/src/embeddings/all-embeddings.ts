import type { EmbeddingFamily, EmbeddingModel } from 'bedrock-models';
import { jsonReply, type Reply } from '../http/reply.ts';
import type { OperationRequest } from '../operations/operation.ts';
import { hashOf, millisecondsSince, parseBody } from '../operations/operation.ts';
import { cohereEmbed } from './cohere-embed.ts';
import type { Embedding } from './embedding.ts';
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
 * InvokeModel for a model that gives vectors. They are computed from the text by a fixed rule (see `vector.ts`), not by a
 * language model. Throws a `Refusal` for a body that the model does not take.
 */
export function answerEmbedding(model: EmbeddingModel, { label, body, startedAt }: OperationRequest): Reply {
  const answer = embeddings[model.family].answer(parseBody(body), model, hashOf(label, body));
  return jsonReply(answer.body, {
    'X-Amzn-Bedrock-Invocation-Latency': String(millisecondsSince(startedAt)),
    'X-Amzn-Bedrock-Input-Token-Count': String(answer.inputTokens),
  });
}
