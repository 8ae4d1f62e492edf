import { type ErrorRule, either, named, text } from './rule.ts';

const localKernel =
  'or choose the kernel "TypeScript (local Bedrock)" (Kernel menu, Change Kernel), which needs no AWS account';

/** Who calls, when and where: credentials, the clock and the region. */
export const signInRules: readonly ErrorRule[] = [
  {
    kind: 'credentials-expired',
    matches: text(/(bearer token|api key)\b.{0,40}\bexpired/i),
    hint: () =>
      `The API key of Bedrock has expired. Make a new one (Bedrock console, API keys), set AWS_BEARER_TOKEN_BEDROCK to it, and restart the kernel; ${localKernel}.`,
  },
  {
    kind: 'credentials',
    matches: text(
      /api key is (not )?valid|(invalid|malformed|missing|unsupported) (api key|bearer token)|(bearer token|api key)\b.{0,40}\b(invalid|malformed|not valid|revoked|inactive|deactivated)/i,
    ),
    hint: () =>
      `Bedrock does not know this API key. Check AWS_BEARER_TOKEN_BEDROCK: while it is set, it is used in the place of every other credential; ${localKernel}.`,
  },
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
      'MissingAuthenticationTokenException',
      'MissingAuthenticationToken',
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
    kind: 'region',
    matches: text(/region not accepted/i),
    hint: () => 'The name of the region is not one. Check AWS_REGION and the profile: it is like us-east-1.',
  },
];
