import { document, filledText, listOf, oneOf, type Shape, structure, text, truth } from '../shapes/shape.ts';

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
  return { type: 'string', minLength, maxLength, ...(pattern === undefined ? {} : { pattern }) };
}

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

export const definitionShape = structure(
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
    kmsKeyId: text,
    clientRequestToken: text,
    tags: document,
  },
  ['name', 'blockedInputMessaging', 'blockedOutputsMessaging'],
);
