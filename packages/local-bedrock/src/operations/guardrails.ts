import { assess, type GuardedText } from '../guardrails/assess.ts';
import { actionReasons } from '../guardrails/guard.ts';
import type { Source } from '../guardrails/policies.ts';
import { clientRequestToken, readDefinition } from '../guardrails/read-definition.ts';
import { describeGuardrail, guardrailsOf, summarizeGuardrail } from '../guardrails/store.ts';
import { invalid } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import { checkConstraints, checkUnions } from '../shapes/constraints.ts';
import { deserializeBody } from '../shapes/deserialize.ts';
import { document, listOf, oneOf, type StringShape, structure, text, union } from '../shapes/shape.ts';
import type { Operation } from './operation.ts';
import { page } from './paging.ts';

/** How a guardrail and its versions are named (API reference). ApplyGuardrail takes the empty text, too. */
const arn = /arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail\/[a-z0-9]+/.source;
const identifierOf = (pattern: string): StringShape => ({
  type: 'string',
  maxLength: 2048,
  pattern: new RegExp(pattern),
});
const guardrailIdentifier = identifierOf(`^(([a-z0-9]+)|(${arn}))$`);
const guardrailVersion: StringShape = { type: 'string', pattern: /^(([1-9][0-9]{0,7})|(DRAFT))$/ };
const named = structure({ guardrailIdentifier, guardrailVersion });
const namedToDelete = structure({
  guardrailIdentifier,
  guardrailVersion: { type: 'string', pattern: /^[1-9][0-9]{0,7}$/ },
});
const namedToApply = structure({
  guardrailIdentifier: identifierOf(`^(|([a-z0-9]+)|(${arn}))$`),
  guardrailVersion: { type: 'string', pattern: /^(|([1-9][0-9]{0,7})|(DRAFT))$/ },
});

/** `POST /guardrails`: a new guardrail, as a draft that is ready at once. */
export const createGuardrail: Operation = {
  name: 'CreateGuardrail',
  method: 'POST',
  path: /\/guardrails\/?$/,
  run({ body }, service) {
    const { token, ...definition } = readDefinition(body);
    const made = guardrailsOf(service).create(definition, service.region, token);
    const { id, arn, version, createdAt } = made;
    return { ...jsonReply({ guardrailId: id, guardrailArn: arn, version, createdAt }), status: 202 };
  },
};

const versionShape = structure({
  description: { type: 'string', minLength: 1, maxLength: 200 },
  clientRequestToken,
});

/** `POST /guardrails/{id or ARN}`: the draft as a version of its own, numbered from 1. */
export const createGuardrailVersion: Operation = {
  name: 'CreateGuardrailVersion',
  method: 'POST',
  path: /\/guardrails\/(.+)$/,
  run({ label, body }, service) {
    checkConstraints({ guardrailIdentifier: label }, named);
    const fields = deserializeBody(body, versionShape);
    checkConstraints(fields, versionShape);
    const description = fields.description === undefined ? undefined : String(fields.description);
    const token = fields.clientRequestToken === undefined ? undefined : String(fields.clientRequestToken);
    const { id, version } = guardrailsOf(service).createVersion(label, description, token);
    return { ...jsonReply({ guardrailId: id, version }), status: 202 };
  },
};

/** `GET /guardrails/{id or ARN}`: what a guardrail does, in the asked version or its draft. */
export const getGuardrail: Operation = {
  name: 'GetGuardrail',
  method: 'GET',
  path: /\/guardrails\/(.+)$/,
  run({ label, query }, service) {
    const version = query.get('guardrailVersion') ?? undefined;
    checkConstraints({ guardrailIdentifier: label, guardrailVersion: version }, named);
    return jsonReply(describeGuardrail(guardrailsOf(service).get(label, version)));
  },
};

/** `GET /guardrails`: all drafts, or with `guardrailIdentifier` all versions of one, page by page. */
export const listGuardrails: Operation = {
  name: 'ListGuardrails',
  method: 'GET',
  path: /\/guardrails\/?$/,
  run({ query }, service) {
    checkConstraints(Object.fromEntries(query), named);
    const all = guardrailsOf(service).list(query.get('guardrailIdentifier') ?? undefined);
    const { items, nextToken } = page(all, query);
    return jsonReply({
      guardrails: items.map(summarizeGuardrail),
      ...(nextToken !== undefined && { nextToken }),
    });
  },
};

/** `PUT /guardrails/{id or ARN}`: another draft. What the request leaves out is gone. */
export const updateGuardrail: Operation = {
  name: 'UpdateGuardrail',
  method: 'PUT',
  path: /\/guardrails\/(.+)$/,
  run({ label, body }, service) {
    checkConstraints({ guardrailIdentifier: label }, named);
    const { token: _, ...definition } = readDefinition(body);
    const { id, arn, version, updatedAt } = guardrailsOf(service).update(label, definition);
    return { ...jsonReply({ guardrailId: id, guardrailArn: arn, version, updatedAt }), status: 202 };
  },
};

/** `DELETE /guardrails/{id or ARN}`: a guardrail with all its versions, or with `guardrailVersion` that version. */
export const deleteGuardrail: Operation = {
  name: 'DeleteGuardrail',
  method: 'DELETE',
  path: /\/guardrails\/(.+)$/,
  run({ label, query }, service) {
    const version = query.get('guardrailVersion') ?? undefined;
    checkConstraints({ guardrailIdentifier: label, guardrailVersion: version }, namedToDelete);
    guardrailsOf(service).remove(label, version);
    return { ...jsonReply({}), status: 202 };
  },
};

const appliedShape = structure(
  {
    source: oneOf('INPUT', 'OUTPUT'),
    content: listOf(
      union('GuardrailContentBlock', {
        text: structure({ text, qualifiers: listOf(oneOf('grounding_source', 'query', 'guard_content')) }, [
          'text',
        ]),
        image: document,
      }),
    ),
    outputScope: oneOf('INTERVENTIONS', 'FULL'),
  },
  ['source', 'content'],
);

/**
 * `POST /guardrail/{id or ARN}/version/{version}/apply`: what a guardrail says to some texts, without a model. As
 * recorded, `outputs` comes under the name `output` too. `FULL` tells of topics and filters that found nothing, too.
 */
export const applyGuardrail: Operation = {
  name: 'ApplyGuardrail',
  method: 'POST',
  path: /\/guardrail\/(.+\/version\/[^/]+)\/apply$/,
  run({ label, body }, service) {
    const at = label.lastIndexOf('/version/');
    const [identifier, version] = [label.slice(0, at), label.slice(at + '/version/'.length)];
    checkConstraints({ guardrailIdentifier: identifier, guardrailVersion: version }, namedToApply);
    const fields = deserializeBody(body, appliedShape);
    checkConstraints(fields, appliedShape);
    checkUnions(fields, appliedShape);
    const guardrail = guardrailsOf(service).get(identifier, version);
    const content = fields.content as readonly { readonly text?: GuardedText; readonly image?: unknown }[];
    if (content.some(({ image }) => image !== undefined)) {
      throw invalid('Local Bedrock cannot look at images. Leave them out here, and test them against AWS.');
    }
    const texts = content.flatMap(({ text: one }) => one ?? []);
    const { outcome, outputs, assessment, usage, coverage } = assess(
      guardrail,
      fields.source as Source,
      texts,
      fields.outputScope === 'FULL',
    );
    const changed = outcome === 'none' ? [] : outputs.map((one) => ({ text: one }));
    return jsonReply({
      action: outcome === 'none' ? 'NONE' : 'GUARDRAIL_INTERVENED',
      actionReason: actionReasons[outcome],
      assessments: [assessment],
      guardrailCoverage: coverage,
      output: changed,
      outputs: changed,
      usage,
    });
  },
};
