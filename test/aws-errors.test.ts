import { describeError, type ErrorKind, isLibError, LibError, toLibError } from 'lib';
import { describe, expect, it } from 'vitest';

function awsError(name: string, message: string, status?: number): Error {
  const error = Object.assign(new Error(message), {
    $metadata: { httpStatusCode: status, requestId: 'id-1' },
  });
  error.name = name;
  return error;
}

const haiku = 'anthropic.claude-3-haiku-20240307-v1:0';

/** AWS's own texts, word by word, and what a person should do about each. */
const cases: [string, string, number | undefined, ErrorKind, RegExp][] = [
  [
    'CredentialsProviderError',
    'Could not load credentials from any providers',
    undefined,
    'credentials',
    /local Bedrock/,
  ],
  [
    'ExpiredTokenException',
    'The security token included in the request is expired',
    403,
    'credentials-expired',
    /aws sso login/,
  ],
  [
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
    403,
    'credentials',
    /AWS_ACCESS_KEY_ID/,
  ],
  [
    'InvalidSignatureException',
    'Signature expired: 20250130T064508Z is now earlier than 20250210T013411Z (20250210T013911Z - 5 min.)',
    403,
    'clock',
    /clock/,
  ],
  ['Error', 'Region is missing', undefined, 'region', /AWS_REGION/],
  [
    'ResourceNotFoundException',
    'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
    404,
    'model-retired',
    /us\.anthropic\.claude-haiku-4-5/,
  ],
  [
    'ResourceNotFoundException',
    'Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the last 30 days. Please upgrade to an active model on Amazon Bedrock',
    404,
    'model-retired',
    /Claude Haiku 4\.5/,
  ],
  [
    'ValidationException',
    `Invocation of model ID ${haiku} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
    400,
    'inference-profile-needed',
    /us\.anthropic/,
  ],
  [
    'ValidationException',
    "Invocation of model ID x with on-demand throughput isn't supported. Retry …",
    400,
    'inference-profile-needed',
    /us\./,
  ],
  ['ValidationException', 'The provided model identifier is invalid.', 400, 'model-unknown', /us-west-2/],
  [
    'ResourceNotFoundException',
    'Model use case details have not been submitted for this account. Fill out the Anthropic use case details form before using the model.',
    404,
    'use-case-form',
    /form/,
  ],
  [
    'AccessDeniedException',
    "You don't have access to the model with the specified model ID.",
    403,
    'access-denied',
    /bedrock:InvokeModel/,
  ],
  [
    'AccessDeniedException',
    'Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe)',
    403,
    'access-denied',
    /aws-marketplace:Subscribe/,
  ],
  ['ThrottlingException', 'Too many requests, please wait before trying again.', 429, 'throttled', /Wait/],
  [
    'ThrottlingException',
    'Too many tokens per day, please wait before trying again.',
    429,
    'quota',
    /Service Quotas/,
  ],
  ['ServiceUnavailableException', 'Bedrock is unable to process your request.', 503, 'overloaded', /again/],
  ['Unknown', 'overloaded_error', 529, 'overloaded', /again/],
  ['ModelTimeoutException', 'Model timed out', 408, 'timeout', /again/],
  ['ModelErrorException', 'x', 424, 'model', /again/],
  ['ValidationException', 'Input is too long for requested model.', 400, 'too-long', /Shorten/],
  [
    'ValidationException',
    'Malformed input request: #: extraneous key [x] is not permitted',
    400,
    'request',
    /body/,
  ],
  ['AbortError', 'Request aborted', undefined, 'aborted', /again/],
  ['Error', 'connect ECONNREFUSED 127.0.0.1:1', undefined, 'network', /network/],
  [
    'SyntaxError',
    'Unexpected token < in JSON. Deserialization error: to see the raw response',
    undefined,
    'response',
    /proxy/,
  ],
];

describe('toLibError', () => {
  it.each(cases)('%s: %s', (name, message, status, kind, hint) => {
    const error = toLibError(awsError(name, message, status), { modelId: haiku, region: 'us-west-2' });
    expect(error).toMatchObject({ kind, message, awsName: name, requestId: 'id-1', status });
    expect(error.hint).toMatch(hint);
  });

  it('says what is worth calling again', () => {
    const retryable = cases.filter(
      ([name, message, status]) => toLibError(awsError(name, message, status)).retryable,
    );
    expect(new Set(retryable.map(([, , , kind]) => kind))).toEqual(
      new Set(['throttled', 'overloaded', 'timeout', 'network']),
    );
  });

  it('keeps the cause, and leaves a LibError alone', () => {
    const cause = awsError('X', 'y');
    const error = toLibError(cause);
    expect(error.cause).toBe(cause);
    expect(toLibError(error)).toBe(error);
    expect(toLibError('just a string')).toMatchObject({ kind: 'unknown', message: 'just a string' });
  });

  it('suggests the id that was probably meant', () => {
    const error = awsError('ValidationException', 'The provided model identifier is invalid.', 400);
    expect(toLibError(error, { modelId: 'amazon.nova-mirco-v1:0' }).hint).toContain('amazon.nova-micro-v1:0');
    expect(toLibError(error, { modelId: 'us.amazon.nova-lte-v1:0' }).hint).toContain(
      'us.amazon.nova-lite-v1:0',
    );
    expect(toLibError(error, { modelId: 'meta.llama' }).hint).not.toContain('Did you mean');
  });
});

describe('LibError', () => {
  it('is known across two copies of the library', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('lib.LibError')]: true });
    expect(isLibError(foreign)).toBe(true);
    expect(isLibError(new Error('x'))).toBe(false);
    expect(isLibError(null)).toBe(false);
  });

  it('prints what happened and the next step, without a stack', async () => {
    const { inspect } = await import('node:util');
    const error = new LibError('It broke', { kind: 'request', hint: 'Mend it.', requestId: 'r-1' });
    expect(inspect(error)).toBe('LibError: It broke\n  next step: Mend it.\n  request id: r-1');
    expect(describeError(new TypeError('t'))).toBe('TypeError: t');
  });
});
