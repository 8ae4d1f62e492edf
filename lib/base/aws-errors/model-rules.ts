import { defaultRegion, describeModelSuccessor, findModel, nearestModelId, profileFor } from 'bedrock-models';
import type { ErrorFacts } from './facts.ts';
import { type ErrorContext, type ErrorRule, either, text } from './rule.ts';

/** Which model was called: its end, its profile, its spelling and its provider's form. */
export const modelRules: readonly ErrorRule[] = [
  {
    kind: 'model-retired',
    matches: text(/reached the end of its life/i),
    hint: ({ modelId, region }) => `AWS has retired this model. ${describeModelSuccessor(modelId, region)}`,
  },
  {
    kind: 'model-legacy',
    matches: text(/marked by provider as legacy/i),
    hint: legacyHint,
  },
  {
    kind: 'inference-profile-needed',
    matches: text(/on-demand throughput isn.t supported/i),
    hint: profileHint,
  },
  {
    kind: 'model-unknown',
    matches: either(
      text(/provided model identifier is invalid/i),
      text(/'modelId' failed to satisfy constraint/),
    ),
    hint: unknownModelHint,
  },
  {
    kind: 'model-unknown',
    matches: text(/HTTP label: modelId/),
    hint: () => 'Name a model: its id was left out. resolveModel() finds one that answers here.',
  },
  {
    kind: 'use-case-form',
    matches: text(/use case details have not been submitted/i),
    hint: () =>
      "Submit Anthropic's use-case form once per account (Bedrock console, Model catalog, any Claude model), wait 15 minutes, and call again. Amazon Nova needs no form.",
  },
];

function legacyHint({ modelId, region }: ErrorContext): string {
  const model = modelId === undefined ? undefined : findModel(modelId);
  const day = model?.endOfLife === undefined ? '' : ` (by the catalogue: ${model.endOfLife})`;
  return `AWS has announced this model's end${day}, and closed it early to accounts that have not used it lately. ${describeModelSuccessor(modelId, region)}`;
}

/** The catalogue says elsewhere that some of these ids answer bare; here AWS has just said that this one does not. */
function profileHint({ modelId, region = defaultRegion }: ErrorContext, { message }: ErrorFacts): string {
  const refused = modelId ?? /model ID (\S+) with/.exec(message)?.[1];
  const model = refused === undefined ? undefined : findModel(refused);
  const prefix = model && profileFor(model, region);
  if (prefix === undefined)
    return `It is called through an inference profile; those of ${region}: aws bedrock list-inference-profiles --region ${region}.`;
  return `From ${region} it is called through the profile ${prefix}.${model?.id}; resolveModel() finds the id.`;
}

function unknownModelHint({ modelId, region }: ErrorContext): string {
  const place = region ?? 'this region';
  const nearest = modelId === undefined ? undefined : nearestModelId(modelId, region);
  if (nearest)
    return `Did you mean ${nearest}? Otherwise see what ${place} offers: aws bedrock list-foundation-models.`;
  return `Check the id's spelling, and whether ${place} offers the model: aws bedrock list-foundation-models.`;
}
