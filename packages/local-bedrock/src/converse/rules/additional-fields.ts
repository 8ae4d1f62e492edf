import { thinkingViolation } from '../../families/claude-messages/thinking.ts';
import { families } from '../../families/table.ts';
import { invalid } from '../../refusal.ts';
import { isObject, violations } from '../../schema.ts';
import type { Rule } from './rule.ts';

/** Further fields go to the model as they are, so they are checked as its own body is. */
export const additionalFields: Rule = ({ additionalModelRequestFields: fields, inferenceConfig }, model) => {
  if (fields === undefined) return;
  if (!isObject(fields)) {
    throw invalid(
      'The format of the value at additionalModelRequestFields is invalid. Provide a json object for the field and try again.',
    );
  }
  const schema = families[model.family].schema;
  if (schema === undefined) return;
  const found = violations(fields, { ...schema, required: [] });
  if (found.length > 0) {
    throw invalid(
      `The model returned the following errors: Malformed input request: ${found.join('')}, please reformat your input and try again.`,
    );
  }
  if (model.family !== 'claude-messages') return;
  const thinking = thinkingViolation(fields, inferenceConfig?.maxTokens ?? model.maxOutputTokens);
  if (thinking !== undefined) throw invalid(`The model returned the following errors: ${thinking}`);
};
