import { splitModelId } from 'bedrock-models';
import type { ErrorFacts } from './facts.ts';
import { type ErrorContext, type ErrorRule, either, named, text } from './rule.ts';

/** What the account and its policies allow. */
export const accessRules: readonly ErrorRule[] = [
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
    matches: text(/account is not authorized to invoke this API operation/i),
    hint: () =>
      'AWS holds this account back, often because it is new. Finish its verification, or ask AWS Support.',
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

/** A refusal by IAM names the action and the resource; one by Bedrock itself names neither. */
function permissionHint({ modelId }: ErrorContext, { message }: ErrorFacts): string {
  const [, action, resource] = /is not authorized to perform: (\S+) on resource: (\S+)/.exec(message) ?? [];
  if (action === undefined || resource === undefined)
    return `Allow bedrock:InvokeModel for ${modelId ?? 'this model'} in your IAM policy; for an inference profile, on the profile and on the model in each of its regions.`;
  if (!resource.includes(':inference-profile/')) return `Allow ${action} on ${resource} in your IAM policy.`;
  const model = `arn:aws:bedrock:*::foundation-model/${splitModelId(resource).baseId}`;
  return `Allow ${action} both on the inference profile's ARN (${resource}) and on the model's in each of the profile's destination regions (${model}).`;
}
