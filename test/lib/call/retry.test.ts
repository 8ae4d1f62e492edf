import { describe, expect, it } from 'vitest';
import { backoffDelay, retryAfter } from '../../../lib/call/call-bedrock.ts';
import fc from '../../properties.ts';

const longest = () => 0.999_999;

describe('backoffDelay', () => {
  it('doubles its limit with every retry, up to 20 s', () => {
    const limits = [0, 1, 2, 3, 4, 5, 6].map((retry) =>
      Math.ceil(backoffDelay(retry, true, longest) / 1_000),
    );
    expect(limits).toEqual([1, 2, 4, 8, 16, 20, 20]);
    expect([0, 1, 2].map((retry) => backoffDelay(retry, false, longest))).toEqual([49, 99, 199]);
  });

  it('lies anywhere from nothing up to its limit', () => {
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.boolean(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (retry, throttled, share) => {
          const delay = backoffDelay(retry, throttled, () => share);
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(Math.min((throttled ? 1_000 : 50) * 2 ** retry, 20_000) * share);
        },
      ),
    );
  });
});

describe('retryAfter', () => {
  const now = Date.parse('2026-11-25T12:00:00Z');
  it.each([
    [{ 'retry-after': '3' }, 3_000],
    [{ 'Retry-After': ' 0.5 ' }, 500],
    [{ 'retry-after': 'Wed, 25 Nov 2026 12:00:07 GMT' }, 7_000],
    [{ 'retry-after': 'Wed, 25 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'x-amz-retry-after': '1500' }, 1_500],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'x-amz-retry-after': '' }, undefined],
    [{ 'content-type': 'text/html' }, undefined],
    [{ ':status': 429, 'retry-after': '1' }, 1_000],
  ])('reads %o', (headers, milliseconds) => {
    expect(retryAfter(headers as Record<string, unknown>, now)).toBe(milliseconds);
  });
});
