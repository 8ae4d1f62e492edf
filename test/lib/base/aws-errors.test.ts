import { inspect } from 'node:util';
import { describeError, isLibError, LibError, toLibError } from 'lib';
import { describe, expect, it, vi } from 'vitest';
import { cases, codes, haiku, notTooLong, ownWords, tooLong, tooManyMedia } from './aws-error-cases.ts';

function awsError(name: string, message: string, status?: number): Error {
  const error = Object.assign(new Error(message), {
    $metadata: { httpStatusCode: status, requestId: 'id-1' },
  });
  error.name = name;
  return error;
}

describe('toLibError', () => {
  it.each([...cases, ...ownWords])('%s: %s', (name, message, status, kind, hint) => {
    const error = toLibError(awsError(name, message, status), { modelId: haiku, region: 'us-west-2' });
    expect(error).toMatchObject({ kind, message, awsName: name, requestId: 'id-1', status });
    expect(error.hint).toMatch(hint);
  });

  it.each(tooLong)('is too long: %s', (message) => {
    const { kind, hint, retryable } = toLibError(awsError('ValidationException', message, 400));
    expect({ kind, retryable }).toEqual({ kind: 'too-long', retryable: false });
    expect(hint).toMatch(/Shorten/);
  });

  it.each(notTooLong)('is not too long: %s', (message) => {
    expect(toLibError(awsError('ValidationException', message, 400)).kind).not.toBe('too-long');
  });

  it.each(tooManyMedia)('has too many pictures or too large: %s', (message) => {
    const { kind, hint } = toLibError(awsError('ValidationException', message, 400));
    expect(kind).toBe('too-long');
    expect(hint).toMatch(/fewer or smaller pictures/);
  });

  it('tells a request that is too large from one that is too long, and neither from a slow-down', () => {
    const large = toLibError(awsError('RequestEntityTooLargeException', 'length limit exceeded', 413));
    expect(large).toMatchObject({ kind: 'too-long', hint: expect.stringMatching(/pictures and documents/) });
    expect(
      toLibError(awsError('ThrottlingException', 'Too many tokens, please wait before trying again.', 429))
        .kind,
    ).toBe('throttled');
  });

  it('says less where the reason is not known', () => {
    for (const [name, message, status] of ownWords) {
      const { hint } = toLibError(awsError(name, message, status));
      expect([message, hint]).not.toEqual([message, expect.stringMatching(/lib\/invoke|no remedy/)]);
    }
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

  it.each(codes)('%s: %s (%s)', (name, message, code, hint, retryable) => {
    const error = toLibError(Object.assign(awsError(name, message), { code }));
    expect(error).toMatchObject({ kind: 'network', retryable });
    expect(error.hint).toMatch(hint);
  });

  it('reads the failures of a host with two addresses', () => {
    const refused = ['::1:1', '127.0.0.1:1'].map((address) => new Error(`connect ECONNREFUSED ${address}`));
    const error = toLibError(Object.assign(new AggregateError(refused), { code: 'ECONNREFUSED' }));
    expect(error.message).toBe('connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1');
    expect(error.hint).toMatch(/local endpoint is not running/);
  });

  it('names the model that was called', () => {
    expect(toLibError(awsError('X', 'y'), { modelId: haiku }).modelId).toBe(haiku);
    expect(toLibError(awsError('X', 'y')).modelId).toBeUndefined();
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
    const hint = (modelId: string, region = 'us-east-1') => toLibError(error, { modelId, region }).hint;
    expect(hint('amazon.nova-mirco-v1:0')).toContain('Did you mean amazon.nova-micro-v1:0?');
    expect(hint('us.amazon.nova-lte-v1:0')).toContain('Did you mean us.amazon.nova-lite-v1:0?');
    expect(hint('amazon.nova-micro-v1')).toContain('Did you mean amazon.nova-micro-v1:0?');
    expect(hint('amazon.nova-mirco-v1:0', 'eu-west-1')).toContain('mean eu.amazon.nova-micro-v1:0?');
    expect(hint('us.amazon.nova-micro-v1:0', 'eu-west-1')).toContain('mean eu.amazon.nova-micro-v1:0?');
    for (const other of [
      'us.amazon.nova-micro-v1:0',
      'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0',
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
    for (const elsewhere of [
      { ...context, region: 'cn-north-1' },
      { modelId: 'meta.llama3-8b', region: 'eu-west-1' },
    ]) {
      const { hint } = toLibError(bare, elsewhere);
      expect(hint).toContain(`list-inference-profiles --region ${elsewhere.region}`);
      expect(hint).not.toContain('us.');
    }
  });

  it('takes an error of the learner’s own code for what it is', () => {
    const mistake = new SyntaxError('Unexpected token o in JSON at position 1');
    expect(toLibError(mistake)).toMatchObject({ kind: 'unknown', cause: mistake });
    expect(inspect(toLibError(mistake))).toContain('aws-errors.test.ts');
    expect(describeError(toLibError(mistake))).toMatch(/`cause` is the original/);
    expect(describeError(toLibError(mistake)).split('\n')).toHaveLength(2);
  });

  it('shows where an unknown error came from, without the kernel’s own lines', () => {
    const mistake = new Error('y');
    mistake.stack = [
      'Error: y',
      '    at g (evalmachine.<anonymous>:1:19)',
      '    at load (file:///work/lib/invoke/x.ts:1:1)',
      '    at Script.runInThisContext (node:vm:149:12)',
      '    at execute (/work/node_modules/tslab/dist/executor.js:150:40)',
      '    at file:///work/packages/kernel/src/kernel.ts:51:1',
    ].join('\n');
    expect(inspect(toLibError(mistake)).split('\n').slice(2)).toEqual([
      '  cause: Error: y',
      '    at g (evalmachine.<anonymous>:1:19)',
      '    at load (file:///work/lib/invoke/x.ts:1:1)',
    ]);
  });

  it('reads the message out of a stream’s JSON', () => {
    const capital = toLibError(awsError('throttlingException', '{"Message":"Too many requests"}'));
    expect(capital).toMatchObject({ kind: 'throttled', message: 'Too many requests', retryable: true });
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

  it('ends with where to read more, where its surroundings have such a page', () => {
    vi.stubEnv('LIB_HELP_PAGE', 'docs/help.md');
    const error = new LibError('It broke', { kind: 'too-long', hint: 'Mend it.', requestId: 'r-1' });
    expect(describeError(error)).toBe(
      'LibError: It broke\n  next step: Mend it.\n  more: docs/help.md#too-long',
    );
    expect(inspect(error)).toBe(
      'LibError: It broke\n  next step: Mend it.\n  request id: r-1\n  more: docs/help.md#too-long',
    );
    expect(describeError(new TypeError('t'))).toBe('TypeError: t');
  });
});
