import type { EmbeddingModel } from 'bedrock-models';
import { hashOf, millisecondsSince, parseBody } from '../operations/invocation.ts';
import type { OperationRequest } from '../operations/operation.ts';
import { jsonReply, type Reply } from '../reply.ts';
import { embeddings } from './table.ts';

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
