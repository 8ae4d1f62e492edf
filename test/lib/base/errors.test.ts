import { LibError } from 'lib';
import { describe, expect, it } from 'vitest';
import { withDetails } from '../../../lib/base/errors.ts';

describe('withDetails', () => {
  it('keeps everything that it is not told to change', () => {
    const details = {
      kind: 'throttled',
      hint: 'Wait.',
      retryable: true,
      awsName: 'ThrottlingException',
      status: 429,
      requestId: 'id-1',
      modelId: 'm',
      partialText: 'Hel',
      attempts: 3,
      cause: new Error('cause'),
    } as const;
    const error = new LibError('Too many requests', details);
    const changed = withDetails(error, { partialText: 'Hello' });
    expect(changed).not.toBe(error);
    expect(changed).toMatchObject({ ...details, partialText: 'Hello', message: 'Too many requests' });
    expect(changed.cause).toBe(details.cause);
    expect(withDetails(new LibError('x', { kind: 'unknown', hint: 'y' }), {})).toMatchObject({
      retryable: false,
      attempts: undefined,
      partialText: undefined,
    });
  });
});
