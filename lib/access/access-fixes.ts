import { findListedModel, isOffered, splitModelId } from 'bedrock-models';

/** Regions to suggest, the workshop's own first. */
const suggestions = [
  'us-east-1',
  'us-west-2',
  'us-east-2',
  'eu-central-1',
  'ap-northeast-1',
  'ap-southeast-2',
];

/**
 * The statement that lets a caller use a model in a region: on the profile and on the model in each region that the
 * profile sends requests to. It names no account. Pure.
 *
 * @param modelArns of the regions that the profile sends requests to, as ListInferenceProfiles names them
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
 */
export function iamStatement(id: string, region: string, modelArns: readonly string[] = []): string {
  const { baseId, profile } = splitModelId(id);
  const models = modelArns.length > 0 ? modelArns : [`arn:aws:bedrock:*::foundation-model/${baseId}`];
  const resources =
    profile === undefined
      ? [`arn:aws:bedrock:${region}::foundation-model/${baseId}`]
      : [`arn:aws:bedrock:${region}:*:inference-profile/${profile}.${baseId}`, ...models];
  const statement = {
    Effect: 'Allow',
    Action: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
    Resource: resources,
  };
  return `Add this statement to the policy of your user or role:\n${JSON.stringify(statement, null, 2)}`;
}

/** What to do where there is no agreement with the model's provider. Pure. */
export function agreementFix(): string {
  const statement = {
    Effect: 'Allow',
    Action: ['aws-marketplace:Subscribe', 'aws-marketplace:Unsubscribe', 'aws-marketplace:ViewSubscriptions'],
    Resource: '*',
  };
  return `The first call subscribes the account to the model, if the caller may do that; the account needs a valid payment method. Add this statement, call the model once, and wait up to 15 minutes:\n${JSON.stringify(statement, null, 2)}`;
}

/** What to do where the account is not entitled to a model. Pure. */
export function entitlementFix(id: string): string {
  if (findListedModel(id)?.needsUseCaseForm)
    return "Submit Anthropic's use-case form once per account (Bedrock console, Model catalog, any Claude model), and wait 15 minutes.";
  return 'Open the model in the Bedrock console (Model catalog), which says what the account lacks; or ask AWS Support.';
}

/** Where else a model can be called, by the catalogue. Pure. */
export function regionFix(id: string, region: string): string {
  const model = findListedModel(id);
  const elsewhere = suggestions.filter((other) => other !== region && model && isOffered(model, other));
  if (elsewhere.length === 0)
    return `Check the id's spelling, and what ${region} offers: aws bedrock list-foundation-models --region ${region}.`;
  return `Call it from another region (AWS_REGION), such as ${elsewhere.slice(0, 3).join(', ')}; or ask resolveModel for a role, such as "small".`;
}
