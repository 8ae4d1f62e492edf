import { invalid } from '../http/refusal.ts';
import { checkConstraints } from '../shapes/constraints.ts';
import { deserializeBody } from '../shapes/deserialize.ts';
import { document, filledText, listOf, oneOf, type Shape, structure, truth } from '../shapes/shape.ts';
import type { GuardrailPolicies } from './policies.ts';
import { piiPatterns } from './sensitive-information.ts';
import type { GuardrailDefinition } from './store.ts';

/** The shape of CreateGuardrail's and UpdateGuardrail's bodies (API reference), as far as the endpoint carries it out. */

const blockSwitches = {
  inputAction: oneOf('BLOCK', 'NONE'),
  outputAction: oneOf('BLOCK', 'NONE'),
  inputEnabled: truth,
  outputEnabled: truth,
};

const sensitiveAction = oneOf('BLOCK', 'ANONYMIZE', 'NONE');

const sensitiveSwitches = {
  action: sensitiveAction,
  inputAction: sensitiveAction,
  outputAction: sensitiveAction,
  inputEnabled: truth,
  outputEnabled: truth,
};

const strength = oneOf('NONE', 'LOW', 'MEDIUM', 'HIGH');

const tier = structure({ tierName: oneOf('CLASSIC', 'STANDARD') }, ['tierName']);

function limited(minLength: number, maxLength: number, pattern?: RegExp): Shape {
  return { type: 'string', minLength, maxLength, ...(pattern !== undefined && { pattern }) };
}

/** One for one request: with it, a request that is sent again does nothing more (API reference). */
export const clientRequestToken: Shape = limited(1, 256, /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/);

const topicPolicy = structure(
  {
    topicsConfig: listOf(
      structure(
        {
          name: limited(1, 100, /^[0-9a-zA-Z\-_ !?.]+$/),
          definition: limited(1, 200),
          examples: listOf(limited(1, 100), { maxLength: 5 }),
          type: oneOf('DENY'),
          ...blockSwitches,
        },
        ['name', 'definition', 'type'],
      ),
      { minLength: 1, maxLength: 30 },
    ),
    tierConfig: tier,
  },
  ['topicsConfig'],
);

const contentPolicy = structure(
  {
    filtersConfig: listOf(
      structure(
        {
          type: oneOf('SEXUAL', 'VIOLENCE', 'HATE', 'INSULTS', 'MISCONDUCT', 'PROMPT_ATTACK'),
          inputStrength: strength,
          outputStrength: strength,
          ...blockSwitches,
        },
        ['type', 'inputStrength', 'outputStrength'],
      ),
      { minLength: 1, maxLength: 6 },
    ),
    tierConfig: tier,
  },
  ['filtersConfig'],
);

const wordPolicy = structure({
  wordsConfig: listOf(structure({ text: limited(1, 100), ...blockSwitches }, ['text']), {
    minLength: 1,
    maxLength: 10_000,
  }),
  managedWordListsConfig: listOf(structure({ type: oneOf('PROFANITY'), ...blockSwitches }, ['type'])),
});

const sensitiveInformationPolicy = structure({
  piiEntitiesConfig: listOf(structure({ type: filledText, ...sensitiveSwitches }, ['type', 'action']), {
    minLength: 1,
  }),
  regexesConfig: listOf(
    structure(
      {
        name: limited(1, 100),
        description: limited(1, 1_000),
        pattern: limited(1, 500),
        ...sensitiveSwitches,
      },
      ['name', 'pattern', 'action'],
    ),
    { minLength: 1, maxLength: 10 },
  ),
});

const contextualGroundingPolicy = structure(
  {
    filtersConfig: listOf(
      structure(
        {
          type: oneOf('GROUNDING', 'RELEVANCE'),
          threshold: { type: 'float', minimum: 0 },
          action: oneOf('BLOCK', 'NONE'),
          enabled: truth,
        },
        ['type', 'threshold'],
      ),
      { minLength: 1 },
    ),
  },
  ['filtersConfig'],
);

const definitionShape = structure(
  {
    name: limited(1, 50, /^[0-9a-zA-Z\-_]+$/),
    description: limited(1, 200),
    blockedInputMessaging: limited(1, 500),
    blockedOutputsMessaging: limited(1, 500),
    topicPolicyConfig: topicPolicy,
    contentPolicyConfig: contentPolicy,
    wordPolicyConfig: wordPolicy,
    sensitiveInformationPolicyConfig: sensitiveInformationPolicy,
    contextualGroundingPolicyConfig: contextualGroundingPolicy,
    automatedReasoningPolicyConfig: document,
    crossRegionConfig: document,
    kmsKeyId: limited(
      1,
      2_048,
      /^((arn:aws(-[^:]+)?:kms:[a-zA-Z0-9-]*:[0-9]{12}:((key\/[a-zA-Z0-9-]{36})|(alias\/[a-zA-Z0-9-_/]+)))|([a-zA-Z0-9-]{36})|(alias\/[a-zA-Z0-9-_/]+))$/,
    ),
    clientRequestToken,
    tags: document,
  },
  ['name', 'blockedInputMessaging', 'blockedOutputsMessaging'],
);

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
export function readDefinition(body: Buffer): GuardrailDefinition & { readonly token?: string } {
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
  checkFilters(policies as GuardrailPolicies);
  checkSensitive(policies as GuardrailPolicies);
  return {
    name: String(fields.name),
    ...(fields.description !== undefined && { description: String(fields.description) }),
    blockedInputMessaging: String(fields.blockedInputMessaging),
    blockedOutputsMessaging: String(fields.blockedOutputsMessaging),
    policies: policies as GuardrailPolicies,
    ...(fields.clientRequestToken !== undefined && { token: String(fields.clientRequestToken) }),
  };
}

function checkFilters({ contentPolicyConfig, contextualGroundingPolicyConfig }: GuardrailPolicies): void {
  for (const { type, outputStrength } of contentPolicyConfig?.filtersConfig ?? []) {
    if (type === 'PROMPT_ATTACK' && outputStrength !== 'NONE') {
      // hashicorp/terraform-provider-awscc 1905, 2024.
      throw invalid('PROMPT ATTACK content filter strength for response must be NONE');
    }
  }
  for (const { type, threshold } of contextualGroundingPolicyConfig?.filtersConfig ?? []) {
    // User guide, "Contextual grounding check": 0 to 0.99, since 1 would block everything. Text not seen.
    if (threshold >= 1) throw invalid(`The threshold of ${type} must be less than 1.`);
  }
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
    // User guide, "Sensitive information filters". Text not seen.
    if (/\(\?<?[=!]/.test(withoutLiterals(pattern))) {
      throw invalid(`The pattern of the regex ${name} looks ahead or behind, which is not supported.`);
    }
    try {
      new RegExp(pattern, 'g');
    } catch {
      // Text not seen.
      throw invalid(`The pattern of the regex ${name} is not a valid regular expression.`);
    }
  }
}

/** A pattern without escaped characters and classes, in which brackets are only letters. */
function withoutLiterals(pattern: string): string {
  return pattern.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/gs, '');
}

function notHere(what: string): Error {
  return invalid(`Local Bedrock does not carry out ${what}. Leave it out here, and test it against AWS.`);
}
