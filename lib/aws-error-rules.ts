import type { ErrorKind } from './errors.ts';
import { findModel } from './models/find.ts';
import { nearestModelId } from './models/nearest.ts';
import { profileFor } from './models/profile.ts';
import { describeModelSuccessor } from './models/successor.ts';
import { defaultRegion } from './region.ts';

/** Where an error happened; it makes the hint name the model and the region. */
export interface ErrorContext {
  readonly modelId?: string;
  readonly region?: string;
}

/** What the AWS SDK's error says of itself. */
export interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly status: number | undefined;
  /** Whether it came from an HTTP answer that the SDK could not read. */
  readonly unreadable: boolean;
}

export interface ErrorRule {
  readonly kind: ErrorKind;
  readonly matches: (facts: ErrorFacts) => boolean;
  readonly hint: (context: ErrorContext, facts: ErrorFacts) => string;
  readonly retryable?: true;
}

type Test = (facts: ErrorFacts) => boolean;

const text =
  (pattern: RegExp): Test =>
  ({ message, code }) =>
    pattern.test(`${message} ${code}`);
/** In a stream the names come in lower camel case. */
const named =
  (...names: string[]): Test =>
  ({ name }) =>
    names.includes(name.charAt(0).toUpperCase() + name.slice(1));
const status =
  (...codes: number[]): Test =>
  (facts) =>
    codes.includes(facts.status ?? 0);
const either =
  (...tests: Test[]): Test =>
  (facts) =>
    tests.some((test) => test(facts));

const localKernel =
  'or choose the kernel "TypeScript (local Bedrock)" (Kernel menu, Change Kernel), which needs no AWS account';

/**
 * The first rule that matches wins. AWS tells several different conditions apart only by their text, so the
 * rules look at the text first and at the name last.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 */
export const errorRules: readonly ErrorRule[] = [
  {
    kind: 'credentials',
    matches: either(
      named('CredentialsProviderError', 'NoAuthTokenError'),
      text(/could not load credentials/i),
    ),
    hint: () => `Sign in to AWS (aws sso login, or aws configure), then restart the kernel; ${localKernel}.`,
  },
  {
    kind: 'credentials-expired',
    matches: either(
      named('ExpiredTokenException', 'ExpiredToken', 'RequestExpired'),
      text(/security token.*expired|SSO session.*(expired|invalid)|Token is expired/i),
    ),
    hint: () =>
      `The AWS key has expired. Sign in again (aws sso login), then restart the kernel; ${localKernel}.`,
  },
  {
    kind: 'clock',
    matches: text(/signature expired|signature not yet current/i),
    hint: () =>
      "This computer's clock differs from AWS's by more than five minutes. Set it, then call again.",
  },
  {
    kind: 'credentials',
    matches: named(
      'UnrecognizedClientException',
      'InvalidSignatureException',
      'InvalidClientTokenId',
      'IncompleteSignature',
    ),
    hint: () =>
      `AWS does not know this access key. Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_PROFILE; ${localKernel}.`,
  },
  {
    kind: 'region',
    matches: text(/region is missing/i),
    hint: () =>
      'Set AWS_REGION, for example to us-east-1, before the kernel starts; or use createClient(), which has a default.',
  },
  {
    kind: 'model-retired',
    matches: text(/reached the end of its life/i),
    hint: ({ modelId, region }) => `AWS has retired this model. ${describeModelSuccessor(modelId, region)}`,
  },
  {
    kind: 'model-legacy',
    matches: text(/marked by provider as legacy/i),
    hint: ({ modelId, region }) =>
      `AWS has announced this model's end, and closed it to accounts that have not used it lately. ${describeModelSuccessor(modelId, region)}`,
  },
  {
    kind: 'inference-profile-needed',
    matches: text(/on-demand throughput isn.t supported/i),
    hint: ({ modelId = '<model id>', region = defaultRegion }) => {
      const model = findModel(modelId);
      const prefix = (model && profileFor(model, region)) ?? 'us';
      return `From ${region} it is called through the profile ${prefix}.${model?.id ?? modelId}; resolveModel() finds the id.`;
    },
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
    kind: 'use-case-form',
    matches: text(/use case details have not been submitted/i),
    hint: () =>
      "Submit Anthropic's use-case form once per account (Bedrock console, Model catalog, any Claude model), wait 15 minutes, and call again. Amazon Nova needs no form.",
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
    matches: text(/account is not authorized to invoke this API operation/i),
    hint: () =>
      'AWS holds this account back, often because it is new. Finish its verification, or ask AWS Support.',
  },
  {
    kind: 'access-denied',
    matches: named('AccessDeniedException', 'AccessDenied'),
    hint: ({ modelId }) =>
      `Allow bedrock:InvokeModel for ${modelId ?? 'this model'} in your IAM policy; for an inference profile, on the profile and on the model in each of its regions.`,
  },
  {
    kind: 'too-long',
    matches: text(/input is too long|prompt is too long|exceed context limit|too many total text bytes/i),
    hint: () => 'Shorten the prompt, or choose a model with a longer context.',
  },
  {
    kind: 'quota',
    matches: either(named('ServiceQuotaExceededException'), text(/too many tokens per day/i)),
    hint: () =>
      "The account's quota for this model is used up. Wait, ask for more in Service Quotas, or use another model.",
  },
  {
    kind: 'throttled',
    matches: either(named('ThrottlingException', 'TooManyRequestsException'), status(429)),
    hint: () =>
      'Bedrock asks to slow down. Wait a few seconds and call again; a smaller maxTokens also reserves less of the quota.',
    retryable: true,
  },
  {
    kind: 'timeout',
    matches: either(named('TimeoutError', 'ModelTimeoutException'), text(/ETIMEDOUT/), status(408)),
    hint: () => 'No answer in time. Call again, ask for fewer tokens, or check the network.',
    retryable: true,
  },
  {
    kind: 'overloaded',
    matches: either(
      named('ServiceUnavailableException', 'InternalServerException', 'ModelNotReadyException'),
      status(500, 502, 503, 504, 529),
    ),
    hint: () => 'Bedrock could not answer just now. Call again in a moment.',
    retryable: true,
  },
  {
    kind: 'aborted',
    matches: named('AbortError'),
    hint: () => 'The call was stopped. Run the cell again when you want the answer.',
  },
  {
    kind: 'network',
    matches: text(/SELF_SIGNED_CERT|UNABLE_TO_VERIFY|CERT_HAS_EXPIRED|self-signed certificate/),
    hint: () =>
      "Something between this computer and AWS, often a company's proxy, signs the traffic itself. Name its certificate in NODE_EXTRA_CA_CERTS before the kernel starts.",
  },
  {
    kind: 'network',
    matches: text(/ECONNREFUSED (127\.0\.0\.1|::1|localhost)/),
    hint: () =>
      'The local endpoint is not running. Choose the kernel "TypeScript (local Bedrock)", or start it: npm run -s local-bedrock.',
    retryable: true,
  },
  {
    kind: 'network',
    matches: text(
      /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|ERR_HTTP2|EHOSTUNREACH|Truncated event message/,
    ),
    hint: ({ region }) =>
      `The connection to Bedrock failed or broke. Check the network, the VPN, and the region's spelling, which is part of the host name${region ? ` (${region})` : ''}.`,
    retryable: true,
  },
  {
    kind: 'model',
    matches: named('ModelErrorException', 'ModelStreamErrorException'),
    hint: () =>
      'The model itself failed on this request. Call again; if it stays, change the prompt or the model.',
  },
  {
    kind: 'request',
    matches: text(/exceeds the model limit/i),
    hint: () => 'Ask for fewer tokens: the limit of this model is in the message.',
  },
  {
    kind: 'request',
    matches: text(/is deprecated for this model|cannot both be specified|doesn.t support the \w+ field/i),
    hint: () => 'This model does not take that parameter, or not together with the other. Leave it out.',
  },
  {
    kind: 'request',
    matches: either(named('ValidationException'), status(400)),
    hint: () =>
      'The request does not fit this model. Compare its body with what the model family expects (lib/invoke has one file a family).',
  },
  {
    kind: 'response',
    matches: ({ unreadable }) => unreadable,
    hint: () =>
      'The answer was not from Bedrock: often a login page or a proxy in between. Check the network and AWS_ENDPOINT_URL_BEDROCK_RUNTIME.',
  },
];

function unknownModelHint({ modelId, region }: ErrorContext): string {
  const place = region ?? 'this region';
  const nearest = modelId === undefined ? undefined : nearestModelId(modelId);
  if (nearest)
    return `Did you mean ${nearest}? Otherwise see what ${place} offers: aws bedrock list-foundation-models.`;
  return `Check the id's spelling, and whether ${place} offers the model: aws bedrock list-foundation-models.`;
}
