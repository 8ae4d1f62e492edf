import { guardrailsOf } from '../guardrails/find-guardrail.ts';
import { jsonReply } from '../reply.ts';
import type { Operation } from './operation.ts';

/** `DELETE /guardrails/{id or ARN}`: a guardrail with all its versions, or with `guardrailVersion` that version. */
export const deleteGuardrail: Operation = {
  name: 'DeleteGuardrail',
  method: 'DELETE',
  path: /\/guardrails\/(.+)$/,
  run({ label, query }, service) {
    guardrailsOf(service).remove(label, query.get('guardrailVersion') ?? undefined);
    return { ...jsonReply({}), status: 202 };
  },
};
