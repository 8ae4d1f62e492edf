import { createHash } from 'node:crypto';
import { collectAnswer } from '../answer.ts';
import { families } from '../families/table.ts';
import { malformed } from '../refusal.ts';
import { jsonReply } from '../reply.ts';
import { resolveModel } from '../resolve-model.ts';
import type { Operation } from './operation.ts';

/** `POST /model/{id}/invoke`: one answer, in the body shape of the model's family. */
export const invokeModel: Operation = {
  name: 'InvokeModel',
  method: 'POST',
  path: /\/model\/(.+)\/invoke$/,
  async run({ label, body, signal, startedAt }, service) {
    const model = resolveModel(label, service);
    const family = families[model.family];
    const request = family.read(parseBody(body), model);
    const requestHash = createHash('sha256').update(label).update('\n').update(body).digest('hex');
    const answer = await collectAnswer(service.words.answer(request, model, family.lead, signal));
    return jsonReply(family.write(answer, model, requestHash), {
      'X-Amzn-Bedrock-Invocation-Latency': String(Math.max(1, Math.round(performance.now() - startedAt))),
      ...family.headers,
      'X-Amzn-Bedrock-Output-Token-Count': String(answer.outputTokens),
      'X-Amzn-Bedrock-Input-Token-Count': String(answer.inputTokens),
    });
  },
};

/** The body as JSON; like the service, whatever `Content-Type` says. Empty or unreadable bodies are refused. */
function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw malformed();
  }
}
