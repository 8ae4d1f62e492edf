import { inspect } from 'node:util';
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
    'model-legacy',
    /announced.*Claude Haiku 4\.5/,
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
  ['Error', 'connect ECONNREFUSED 127.0.0.1:1', undefined, 'network', /local endpoint is not running/],
  [
    'SyntaxError',
    'Unexpected token < in JSON. Deserialization error: to see the raw response',
    undefined,
    'response',
    /proxy/,
  ],
  [
    'AccessDeniedException',
    'Your AWS Marketplace subscription for this model is still being processed',
    403,
    'access-denied',
    /15 minutes/,
  ],
  [
    'ValidationException',
    'Your account is not authorized to invoke this API operation.',
    400,
    'access-denied',
    /AWS Support/,
  ],
  [
    'ValidationException',
    'The maximum tokens you requested exceeds the model limit of 2048. Try again with a maximum tokens value that is lower than 2048.',
    400,
    'request',
    /fewer tokens/,
  ],
  [
    'ValidationException',
    'The model returned the following errors: `temperature` is deprecated for this model.',
    400,
    'request',
    /Leave it out/,
  ],
  [
    'ValidationException',
    "This model doesn't support the stopSequences field. Remove stopSequences and try again.",
    400,
    'request',
    /Leave it out/,
  ],
  ['throttlingException', 'Too many requests', undefined, 'throttled', /Wait/],
  [
    'serviceUnavailableException',
    'Bedrock is unable to process your request.',
    undefined,
    'overloaded',
    /again/,
  ],
  ['modelTimeoutException', 'x', undefined, 'timeout', /again/],
  ['Error', 'Truncated event message received.', undefined, 'network', /broke/],
  ['Error', 'self-signed certificate in certificate chain', undefined, 'network', /NODE_EXTRA_CA_CERTS/],
  [
    'Error',
    'getaddrinfo ENOTFOUND bedrock-runtime.us-esat-1.amazonaws.com',
    undefined,
    'network',
    /spelling/,
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
    expect(toLibError(awsError('Error', 'self-signed certificate')).retryable).toBe(false);
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

  it('suggests the id that was probably meant, and never a retired or another model', () => {
    const error = awsError('ValidationException', 'The provided model identifier is invalid.', 400);
    const hint = (modelId: string) => toLibError(error, { modelId }).hint;
    expect(hint('amazon.nova-mirco-v1:0')).toContain('Did you mean amazon.nova-micro-v1:0?');
    expect(hint('us.amazon.nova-lte-v1:0')).toContain('Did you mean us.amazon.nova-lite-v1:0?');
    for (const other of [
      'meta.llama',
      'anthropic.claude-3-5-haiku-20241022-v1:0',
      'amazon.nova-premier-v1:0',
      'amazon.nova-2-pro-v1:0',
      'anthropic.claude-v2:0',
      'amazon.titan-text-expres-v1',
    ]) {
      expect(hint(other)).not.toContain('Did you mean');
    }
  });

  it('names ids that answer in the region', () => {
    const retired = awsError(
      'ResourceNotFoundException',
      'This model version has reached the end of its life.',
      404,
    );
    expect(toLibError(retired, { modelId: haiku, region: 'eu-central-1' }).hint).toContain(
      '(eu.anthropic.claude-haiku-4-5',
    );
    const bare = awsError(
      'ValidationException',
      'Invocation of model ID x with on-demand throughput isn’t supported.',
      400,
    );
    const context = { modelId: 'amazon.nova-micro-v1:0', region: 'eu-west-1' };
    expect(toLibError(bare, context).hint).toContain('eu.amazon.nova-micro-v1:0');
  });

  it('takes an error of the learner’s own code for what it is', () => {
    const mistake = new SyntaxError('Unexpected token o in JSON at position 1');
    expect(toLibError(mistake)).toMatchObject({ kind: 'unknown', cause: mistake });
    expect(inspect(toLibError(mistake))).toContain('aws-errors.test.ts');
  });

  it('reads the message out of a stream’s JSON', () => {
    const error = toLibError(awsError('modelTimeoutException', '{"message":"Model timed out"}'));
    expect(error).toMatchObject({ kind: 'timeout', message: 'Model timed out', retryable: true });
  });
});

describe('LibError', () => {
  it('is known across two copies of the library', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('lib.LibError')]: true });
    expect(isLibError(foreign)).toBe(true);
    expect(isLibError(new Error('x'))).toBe(false);
    expect(isLibError(null)).toBe(false);
  });

  it('prints what happened and the next step, without a stack', () => {
    const error = new LibError('It broke', { kind: 'request', hint: 'Mend it.', requestId: 'r-1' });
    expect(inspect(error)).toBe('LibError: It broke\n  next step: Mend it.\n  request id: r-1');
    expect(describeError(new TypeError('t'))).toBe('TypeError: t');
  });
});
