import { invalid } from '../refusal.ts';
import { checkConstraints } from '../shapes/constraints.ts';
import { deserializeBody } from '../shapes/deserialize.ts';
import { definitionShape } from './definition-shape.ts';
import { piiPatterns } from './pii.ts';
import type { GuardrailPolicies } from './policies.ts';
import type { GuardrailDefinition } from './store.ts';

const policyNames = [
  'topicPolicyConfig',
  'contentPolicyConfig',
  'wordPolicyConfig',
  'sensitiveInformationPolicyConfig',
  'contextualGroundingPolicyConfig',
] as const;

/**
 * Reads the body of CreateGuardrail or UpdateGuardrail. Throws a `Refusal` for what the API refuses, and in words of its
 * own for what this endpoint cannot carry out: a guardrail that silently lets something pass would be worse than none.
 */
export function readDefinition(body: Buffer): GuardrailDefinition {
  const fields = deserializeBody(body, definitionShape);
  checkConstraints(fields, definitionShape);
  for (const name of ['automatedReasoningPolicyConfig', 'crossRegionConfig']) {
    if (fields[name] !== undefined) throw notHere(name);
  }
  const policies: Record<string, unknown> = {};
  for (const name of policyNames) {
    const policy = fields[name];
    if (policy === undefined) continue;
    if (JSON.stringify(policy).includes('"tierName":"STANDARD"')) throw notHere('the STANDARD tier');
    policies[name] = policy;
  }
  if (Object.keys(policies).length === 0) {
    // Text not seen.
    throw invalid('At least one policy must be provided to create or update a guardrail.');
  }
  checkSensitive(policies as GuardrailPolicies);
  return {
    name: String(fields.name),
    ...(fields.description === undefined ? {} : { description: String(fields.description) }),
    blockedInputMessaging: String(fields.blockedInputMessaging),
    blockedOutputsMessaging: String(fields.blockedOutputsMessaging),
    policies: policies as GuardrailPolicies,
  };
}

function checkSensitive({ sensitiveInformationPolicyConfig }: GuardrailPolicies): void {
  const { piiEntitiesConfig = [], regexesConfig = [] } = sensitiveInformationPolicyConfig ?? {};
  for (const { type } of piiEntitiesConfig) {
    if (!Object.hasOwn(piiPatterns, type)) {
      throw invalid(
        `Local Bedrock cannot find ${type}. It finds ${Object.keys(piiPatterns).join(', ')}; for others, test against AWS.`,
      );
    }
  }
  for (const { name, pattern } of regexesConfig) {
    try {
      new RegExp(pattern, 'g');
    } catch {
      // Text not seen.
      throw invalid(`The pattern of the regex ${name} is not a valid regular expression.`);
    }
  }
}

function notHere(what: string): Error {
  return invalid(`Local Bedrock does not carry out ${what}. Leave it out here, and test it against AWS.`);
}
