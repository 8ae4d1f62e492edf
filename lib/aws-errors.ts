import { type ErrorKind, isLibError, LibError } from './errors.ts';
import { nearestModelId } from './models/nearest.ts';
import { describeModelSuccessor } from './models/successor.ts';

/** Where an error happened; it makes the hint name the model and the region. */
export interface ErrorContext {
  readonly modelId?: string;
  readonly region?: string;
}

interface Facts {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly status: number | undefined;
}

interface Rule {
  readonly kind: ErrorKind;
  readonly matches: (facts: Facts) => boolean;
  readonly hint: (context: ErrorContext, facts: Facts) => string;
  readonly retryable?: boolean;
}

const text = (pattern: RegExp) => (facts: Facts) => pattern.test(facts.message);
const named =
  (...names: string[]) =>
  (facts: Facts) =>
    names.includes(facts.name);
const either =
  (...tests: ((facts: Facts) => boolean)[]) =>
  (facts: Facts) =>
    tests.some((test) => test(facts));

const localKernel =
  'or choose the kernel "TypeScript (local Bedrock)" (Kernel menu, Change Kernel), which needs no AWS account';

/**
 * The first rule that matches wins. AWS tells several different conditions apart only by their text, so the
 * rules look at the text first and at the name last.
 */
const rules: readonly Rule[] = [
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
      "This computer's clock differs from AWS's by more than five minutes. Set the clock, then call again.",
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
    matches: text(/reached the end of its life|marked by provider as legacy/i),
    hint: (context) => `AWS has retired this model. ${describeModelSuccessor(context.modelId)}`,
  },
  {
    kind: 'inference-profile-needed',
    matches: text(/on-demand throughput isn.t supported/i),
    hint: (context) =>
      `Call it through an inference profile: put a geography in front of the id, such as us.${context.modelId ?? '<model id>'}; resolveModel() does it for you.`,
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
    matches: text(/aws-marketplace/i),
    hint: () =>
      'Ask for the permissions aws-marketplace:Subscribe and aws-marketplace:ViewSubscriptions, or use an Amazon Nova model, which needs neither.',
  },
  {
    kind: 'access-denied',
    matches: named('AccessDeniedException', 'AccessDenied'),
    hint: (context) =>
      `Allow bedrock:InvokeModel for ${context.modelId ?? 'this model'} (for an inference profile: also for the model in each of its regions) in your IAM policy.`,
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
    matches: either(
      named('ThrottlingException', 'throttlingException', 'TooManyRequestsException'),
      (facts) => facts.status === 429,
    ),
    hint: () =>
      'Bedrock asks to slow down. Wait a few seconds and call again; a smaller maxTokens also reserves less of the quota.',
    retryable: true,
  },
  {
    kind: 'overloaded',
    matches: either(
      named('ServiceUnavailableException', 'InternalServerException', 'ModelNotReadyException'),
      (facts) => [500, 502, 503, 504, 529].includes(facts.status ?? 0),
    ),
    hint: () => 'Bedrock could not answer just now. Call again in a moment.',
    retryable: true,
  },
  {
    kind: 'timeout',
    matches: either(named('TimeoutError', 'ModelTimeoutException'), (facts) => facts.code === 'ETIMEDOUT'),
    hint: () => 'No answer in time. Call again, ask for fewer tokens, or check the network and its proxy.',
    retryable: true,
  },
  {
    kind: 'aborted',
    matches: named('AbortError'),
    hint: () => 'The call was stopped. Run the cell again when you want the answer.',
  },
  {
    kind: 'network',
    matches: (facts) =>
      /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|ERR_HTTP2|EHOSTUNREACH/.test(
        `${facts.code} ${facts.message}`,
      ),
    hint: (context) =>
      `Bedrock in ${context.region ?? 'this region'} could not be reached. Check the network, a proxy (HTTPS_PROXY) and AWS_REGION.`,
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
    matches: either(named('ValidationException'), (facts) => facts.status === 400),
    hint: () =>
      'The request does not fit this model. Compare its body with what the model family expects (lib/invoke has one file a family).',
  },
  {
    kind: 'response',
    matches: either(named('SyntaxError'), text(/deserialization error/i)),
    hint: () =>
      'The answer was not from Bedrock: often a proxy or a login page in between. Check HTTPS_PROXY and AWS_ENDPOINT_URL_BEDROCK_RUNTIME.',
  },
];

function unknownModelHint({ modelId, region }: ErrorContext): string {
  const place = region ?? 'this region';
  if (modelId === undefined) return `Check the id's spelling, and whether the model is offered in ${place}.`;
  const nearest = nearestModelId(modelId);
  if (nearest) return `There is no model ${modelId}. Did you mean ${nearest}?`;
  return `${modelId} is not offered in ${place}. See what is: aws bedrock list-foundation-models.`;
}

/** Turns whatever the AWS SDK threw into a `LibError` with the next step in it. A `LibError` comes back as it is. */
export function toLibError(error: unknown, context: ErrorContext = {}): LibError {
  if (isLibError(error)) return error;
  const facts = factsOf(error);
  const rule = rules.find((candidate) => candidate.matches(facts));
  const requestId = (error as { $metadata?: { requestId?: string } } | null)?.$metadata?.requestId;
  return new LibError(facts.message, {
    kind: rule?.kind ?? 'unknown',
    hint: rule?.hint(context, facts) ?? 'See the cause below; search the README for its exact text.',
    retryable: rule?.retryable ?? false,
    awsName: facts.name,
    ...(facts.status === undefined ? {} : { status: facts.status }),
    ...(requestId === undefined ? {} : { requestId }),
    cause: error,
  });
}

function factsOf(error: unknown): Facts {
  if (!(error instanceof Error))
    return { name: 'Error', message: String(error), code: '', status: undefined };
  const details = error as Error & { code?: unknown; $metadata?: { httpStatusCode?: number } };
  return {
    name: error.name,
    message: error.message,
    code: typeof details.code === 'string' ? details.code : '',
    status: details.$metadata?.httpStatusCode,
  };
}
