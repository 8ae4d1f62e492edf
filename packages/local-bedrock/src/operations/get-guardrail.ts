import { describeGuardrail } from '../guardrails/describe.ts';
import { guardrailsOf } from '../guardrails/find-guardrail.ts';
import { jsonReply } from '../reply.ts';
import type { Operation } from './operation.ts';

/** `GET /guardrails/{id or ARN}`: what a guardrail does, in the asked version or its draft. */
export const getGuardrail: Operation = {
  name: 'GetGuardrail',
  method: 'GET',
  path: /\/guardrails\/(.+)$/,
  run({ label, query }, service) {
    const version = query.get('guardrailVersion') ?? undefined;
    return jsonReply(describeGuardrail(guardrailsOf(service).get(label, version)));
  },
};
