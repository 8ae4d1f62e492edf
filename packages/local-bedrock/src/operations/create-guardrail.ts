import { guardrailsOf } from '../guardrails/find-guardrail.ts';
import { readDefinition } from '../guardrails/read-definition.ts';
import { jsonReply } from '../reply.ts';
import type { Operation } from './operation.ts';

/** `POST /guardrails`: a new guardrail, as a draft that is ready at once. */
export const createGuardrail: Operation = {
  name: 'CreateGuardrail',
  method: 'POST',
  path: /\/guardrails\/?$/,
  run({ body }, service) {
    const made = guardrailsOf(service).create(readDefinition(body), service.region);
    const { id, arn, version, createdAt } = made;
    return { ...jsonReply({ guardrailId: id, guardrailArn: arn, version, createdAt }), status: 202 };
  },
};
