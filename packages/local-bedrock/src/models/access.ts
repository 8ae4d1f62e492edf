import type { ListedModel } from 'bedrock-models';
import { Refusal } from '../http/refusal.ts';
import type { Service } from '../operations/operation.ts';

/** What an account can lack for a model, and how AWS says so. */
export const accessStates = ['use-case-form', 'marketplace', 'iam', 'no-access'] as const;

/**
 * `use-case-form`: Anthropic's form was not submitted; `marketplace`: the caller may not subscribe to the model;
 * `iam`: no policy allows the call; `no-access`: the model was never enabled.
 */
export type AccessState = (typeof accessStates)[number];

/** The account in the endpoint's ARNs. */
export const accountId = '123456789012';

/** Refuses an inference call when the account lacks what the model needs. Texts as users of Bedrock quote them. */
export function checkAccess(model: ListedModel, modelId: string, service: Service): void {
  const state = service.access?.get(model.id);
  if (state !== undefined) throw refusals[state](modelId, service);
}

const refusals: Readonly<Record<AccessState, (modelId: string, service: Service) => Refusal>> = {
  'use-case-form': () =>
    new Refusal(
      'ResourceNotFoundException',
      'Model use case details have not been submitted for this account. Fill out the Anthropic use case details form before using the model. If you have already filled out the form, try again in 15 minutes.',
    ),
  // The middle of the text is left out in the one place where it was quoted; the gap is left out here too.
  marketplace: () =>
    denied(
      'Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe) to enable access to this model. If you recently fixed this issue, try again after 5 minutes.',
    ),
  iam: (modelId, service) =>
    denied(
      `User: arn:aws:iam::${accountId}:user/local is not authorized to perform: bedrock:InvokeModel on resource: ${resourceArn(modelId, service)} because no identity-based policy allows the bedrock:InvokeModel action`,
    ),
  'no-access': () => denied("You don't have access to the model with the specified model ID."),
};

function denied(message: string): Refusal {
  return new Refusal('AccessDeniedException', message);
}

function resourceArn(modelId: string, { region }: Service): string {
  if (modelId.startsWith('arn:')) return modelId;
  return /^(us-gov|us|eu|apac|jp|au|ca|global)\.[a-z0-9-]+\./.test(modelId)
    ? `arn:aws:bedrock:${region}:${accountId}:inference-profile/${modelId}`
    : `arn:aws:bedrock:${region}::foundation-model/${modelId}`;
}

/**
 * What GetFoundationModelAvailability says of a model in each state. Which member shows which state is an inference
 * from the members' names; no answer of AWS for them was seen.
 */
export function availability(state: AccessState | undefined) {
  return {
    agreementAvailability: {
      status: state === 'marketplace' || state === 'no-access' ? 'NOT_AVAILABLE' : 'AVAILABLE',
    },
    authorizationStatus: state === 'iam' ? 'NOT_AUTHORIZED' : 'AUTHORIZED',
    entitlementAvailability:
      state === 'use-case-form' || state === 'no-access' ? 'NOT_AVAILABLE' : 'AVAILABLE',
    regionAvailability: 'AVAILABLE',
  };
}
