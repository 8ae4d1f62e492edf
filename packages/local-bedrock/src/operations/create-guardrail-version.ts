import { guardrailsOf } from '../guardrails/find-guardrail.ts';
import { jsonReply } from '../reply.ts';
import { checkConstraints } from '../shapes/constraints.ts';
import { deserializeBody } from '../shapes/deserialize.ts';
import { structure, text } from '../shapes/shape.ts';
import type { Operation } from './operation.ts';

const shape = structure({
  description: { type: 'string', minLength: 1, maxLength: 200 },
  clientRequestToken: text,
});

/** `POST /guardrails/{id or ARN}`: the draft as a version of its own, numbered from 1. */
export const createGuardrailVersion: Operation = {
  name: 'CreateGuardrailVersion',
  method: 'POST',
  path: /\/guardrails\/(.+)$/,
  run({ label, body }, service) {
    const fields = deserializeBody(body, shape);
    checkConstraints(fields, shape);
    const description = fields.description === undefined ? undefined : String(fields.description);
    const { id, version } = guardrailsOf(service).createVersion(label, description);
    return { ...jsonReply({ guardrailId: id, version }), status: 202 };
  },
};
