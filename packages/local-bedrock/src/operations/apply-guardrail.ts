import { assess, type GuardedText } from '../guardrails/assess.ts';
import { guardrailsOf } from '../guardrails/find-guardrail.ts';
import { actionReasonOf } from '../guardrails/guard.ts';
import type { Source } from '../guardrails/policies.ts';
import { invalid } from '../refusal.ts';
import { jsonReply } from '../reply.ts';
import { checkConstraints, checkUnions } from '../shapes/constraints.ts';
import { deserializeBody } from '../shapes/deserialize.ts';
import { document, listOf, oneOf, structure, text, union } from '../shapes/shape.ts';
import type { Operation } from './operation.ts';

const shape = structure(
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
 * recorded, `outputs` comes under the name `output` too. `FULL` adds nothing here: only findings are told.
 */
export const applyGuardrail: Operation = {
  name: 'ApplyGuardrail',
  method: 'POST',
  path: /\/guardrail\/(.+\/version\/[^/]+)\/apply$/,
  run({ label, body }, service) {
    const at = label.lastIndexOf('/version/');
    const fields = deserializeBody(body, shape);
    checkConstraints(fields, shape);
    checkUnions(fields, shape);
    const guardrail = guardrailsOf(service).get(label.slice(0, at), label.slice(at + '/version/'.length));
    const content = fields.content as readonly { readonly text?: GuardedText; readonly image?: unknown }[];
    if (content.some(({ image }) => image !== undefined)) {
      throw invalid('Local Bedrock cannot look at images. Leave them out here, and test them against AWS.');
    }
    const texts = content.flatMap(({ text: one }) => one ?? []);
    const { outcome, outputs, assessment, usage, coverage } = assess(
      guardrail,
      fields.source as Source,
      texts,
    );
    const changed = outcome === 'none' ? [] : outputs.map((one) => ({ text: one }));
    return jsonReply({
      action: outcome === 'none' ? 'NONE' : 'GUARDRAIL_INTERVENED',
      actionReason: actionReasonOf([outcome]),
      assessments: [assessment],
      guardrailCoverage: coverage,
      output: changed,
      outputs: changed,
      usage,
    });
  },
};
