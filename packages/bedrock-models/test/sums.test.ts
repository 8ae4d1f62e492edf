import { describe, expect, it } from 'vitest';
import { hasPrice, sumKnown, sumUsage } from '../src/cost.ts';

const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };

describe('the sum of usages', () => {
  it('adds every count, and speaks of cached tokens only where a call did', () => {
    expect(sumUsage([usage, usage])).toEqual({ inputTokens: 2, outputTokens: 4, totalTokens: 6 });
    expect(sumUsage([usage, { ...usage, cacheReadInputTokens: 5 }])).toEqual({
      inputTokens: 2,
      outputTokens: 4,
      totalTokens: 6,
      cacheReadInputTokens: 5,
    });
    expect(sumUsage([])).toEqual({ inputTokens: 0, outputTokens: 0, totalTokens: 0 });
  });

  it('is unknown when one of them is', () => {
    expect(sumUsage([usage, undefined])).toBeUndefined();
    expect(sumKnown([1, undefined])).toBeUndefined();
    expect(sumKnown([1, 0.5])).toBe(1.5);
  });
});

it('a price is known of a model of the catalogue that has one, by a profile too, and of no other', () => {
  const ids = ['amazon.nova-micro-v1:0', 'us.amazon.nova-micro-v1:0', 'somebody.new-v1:0'];
  expect(ids.map(hasPrice)).toEqual([true, true, false]);
});
