import { guardrailsOf } from '../guardrails/find-guardrail.ts';
import { readDefinition } from '../guardrails/read-definition.ts';
import { jsonReply } from '../reply.ts';
import type { Operation } from './operation.ts';

/** `PUT /guardrails/{id or ARN}`: another draft. What the request leaves out is gone. */
export const updateGuardrail: Operation = {
  name: 'UpdateGuardrail',
  method: 'PUT',
  path: /\/guardrails\/(.+)$/,
  run({ label, body }, service) {
    const { id, arn, version, updatedAt } = guardrailsOf(service).update(label, readDefinition(body));
    return { ...jsonReply({ guardrailId: id, guardrailArn: arn, version, updatedAt }), status: 202 };
  },
};
