import { answerWhole } from '../answer.ts';
import { guardBody, guardInvocation } from '../guardrails/guard-invocation.ts';
import { hasPromptCache } from '../prompt-cache.ts';
import { jsonReply } from '../reply.ts';
import { resolveEmbeddingModel } from '../resolve-model.ts';
import { millisecondsSince, readInvocation } from './invocation.ts';
import type { Operation } from './operation.ts';

const noCachedTokens = {
  'X-Amzn-Bedrock-Cache-Write-Input-Token-Count': '0',
  'X-Amzn-Bedrock-Cache-Read-Input-Token-Count': '0',
};

/** `POST /model/{id}/invoke`: one answer, in the body shape of the model's family. */
export const invokeModel: Operation = {
  name: 'InvokeModel',
  method: 'POST',
  path: /\/model\/(.+)\/invoke$/,
  async run(operationRequest, service) {
    const embeddingModel = resolveEmbeddingModel(operationRequest.label, service);
    if (embeddingModel !== undefined) {
      const { answerEmbedding } = await import('../embeddings/answer-embedding.ts');
      return answerEmbedding(embeddingModel, operationRequest);
    }
    const { model, family, request, requestHash, native, echoed } = readInvocation(operationRequest, service);
    const { signal, startedAt } = operationRequest;
    const guard = guardInvocation(operationRequest, request, service);
    const words = guard?.guarded(service.words) ?? service.words;
    const answer = await answerWhole(words, request, model, family.lead, signal);
    const written = family.write(answer, model, requestHash, native) as object;
    return jsonReply(
      { ...written, ...guardBody(guard, operationRequest) },
      {
        ...echoed,
        'X-Amzn-Bedrock-Invocation-Latency': String(millisecondsSince(startedAt)),
        ...(hasPromptCache(model) ? noCachedTokens : {}),
        'X-Amzn-Bedrock-Output-Token-Count': String(answer.outputTokens),
        'X-Amzn-Bedrock-Input-Token-Count': String(answer.inputTokens),
      },
    );
  },
};
