import { describe, expect, it } from 'vitest';
import { accuracy, confusion, meanAbsoluteError } from '../../../lib/tasks/scores.ts';
import fc from '../../properties.ts';

/** `correct` right predictions out of `total`. */
const of = (correct: number, total: number) =>
  accuracy(
    Array.from({ length: total }, (_, index) => (index < correct ? 'a' : 'b')),
    Array.from({ length: total }, () => 'a'),
  );

describe('accuracy', () => {
  it.each([
    // Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('has the interval of the literature for %i of %i', (correct, total, low, high) => {
    const result = of(correct, total);
    expect(result.accuracy).toBe(correct / total);
    expect(result.low).toBeCloseTo(low, 4);
    expect(result.high).toBeCloseTo(high, 4);
  });

  it('is the same seen from the other side', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(60), (total, some) => {
        const correct = Math.min(some, total);
        const [one, other] = [of(correct, total), of(total - correct, total)];
        expect(one.low).toBeCloseTo(1 - other.high, 10);
        expect(one.low).toBeGreaterThanOrEqual(0);
        expect(one.high).toBeLessThanOrEqual(1);
        expect(one.low).toBeLessThanOrEqual(one.accuracy);
        expect(one.high).toBeGreaterThanOrEqual(one.accuracy);
      }),
    );
  });

  it('counts a missing prediction as wrong', () => {
    expect(accuracy(['a', undefined], ['a', 'a'])).toMatchObject({ correct: 1, total: 2 });
  });

  it('refuses nothing, and lists of different lengths', () => {
    expect(() => accuracy([], [])).toThrow('There are 0 predictions for 0 labels');
    expect(() => accuracy(['a'], ['a', 'b'])).toThrow('There are 1 predictions for 2 labels');
  });
});

describe('meanAbsoluteError', () => {
  it('is the average distance', () => {
    expect(meanAbsoluteError([1, 5, 3], [2, 3, 3])).toBe(1);
    expect(() => meanAbsoluteError([], [])).toThrow();
  });
});

describe('confusion', () => {
  it('counts who was taken for whom, and what was no label', () => {
    const actual = ['a', 'a', 'b', 'b', 'b'];
    expect(confusion(['a', 'b', 'b', undefined, 'c'], actual)).toEqual({
      labels: ['a', 'b'],
      counts: [
        [1, 1],
        [0, 1],
      ],
      unknown: [0, 2],
    });
    expect(confusion(['a', 'a', 'b', 'b', 'b'], actual, ['b', 'a']).counts).toEqual([
      [3, 0],
      [0, 2],
    ]);
  });

  it('counts every prediction once', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(label, fc.option(label, { nil: undefined })), { minLength: 1 }),
        (pairs) => {
          const { counts, unknown } = confusion(
            pairs.map(([, predicted]) => predicted),
            pairs.map(([actual]) => actual),
          );
          expect([...counts.flat(), ...unknown].reduce((sum, count) => sum + count, 0)).toBe(pairs.length);
        },
      ),
    );
  });
});
