import { createClient } from 'lib';
import { describe, expect, it } from 'vitest';
import { readNumber, regress } from '../../../lib/tasks/regress.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import fc from '../../properties.ts';
import { novaMicro, scriptedModel } from './scripted-model.ts';

const lab = useLocalBedrock();
const stars = { instruction: 'How many stars did the writer give?', minimum: 1, maximum: 5, unit: 'stars' };

describe('regress', () => {
  it('gives a number on the scale', async () => {
    const client = createClient(clientFor(lab().url));
    const good = await regress(client, novaMicro, 'Wonderful, I love it', stars);
    const bad = await regress(client, novaMicro, 'A horrible waste of money', stars);
    expect(good.value).toBeGreaterThan(bad.value);
  });

  it.each([
    ['4', 4],
    [' 4. ', 4],
    ['4.0', 4],
    ['"4"', 4],
    ['4 stars', 4],
    ['<number>4</number>', 4],
    ['+4', 4],
  ])('reads %j', (answer, value) => {
    expect(readNumber(answer, { minimum: 1, maximum: 5, step: 1 }, 'stars')).toEqual({ value });
  });

  it.each(['four', '4 of 5', '4/5', '3 4', '', '4 points', '1e1', 'NaN', '3-4', '4,5', '0x4'])(
    'does not read a number into %j',
    (answer) => {
      expect(readNumber(answer, { minimum: 1, maximum: 5, step: 1 }, 'stars')).toEqual({
        problem: 'it is not a number alone',
      });
    },
  );

  it('reads negative and grouped numbers', () => {
    expect(readNumber('-2.5', { minimum: -3, maximum: 3, step: 0.5 })).toEqual({ value: -2.5 });
    expect(readNumber('−2', { minimum: -3, maximum: 3, step: 1 })).toEqual({ value: -2 });
    expect(readNumber('1,250', { minimum: 0, maximum: 5000, step: 1 })).toEqual({ value: 1250 });
  });

  it('knows the unit as it was given, with a full stop at its end as well', () => {
    const scale = { minimum: 0, maximum: 24, step: 1 };
    expect(readNumber('5 Std.', scale, 'Std.')).toEqual({ value: 5 });
    expect(readNumber('5 std', scale, 'Std.')).toEqual({ value: 5 });
    expect(readNumber('5 Tage', scale, 'Std.')).toHaveProperty('problem');
  });

  it('asks again for a number beside the scale or between its steps, and does not round it', async () => {
    const { client, prompts } = await scriptedModel(['7', '3']);
    expect((await regress(client, novaMicro, 'Hm', stars)).value).toBe(3);
    expect(prompts[1]).toContain('it is not between 1 and 5');
    const halves = await scriptedModel(['3.7', '3.5']);
    expect((await regress(halves.client, novaMicro, 'Hm', { ...stars, step: 0.5 })).value).toBe(3.5);
    expect(halves.prompts[1]).toContain('in steps of 0.5');
  });

  it('accepts every number of its scale as it is written, and gives exactly that number', () => {
    const scales = fc.record({
      minimum: fc.integer({ min: -100, max: 100 }),
      step: fc.constantFrom(1, 0.5, 0.1, 0.01, 3),
      steps: fc.integer({ min: 1, max: 1000 }),
      chosen: fc.nat(1000),
    });
    fc.assert(
      fc.property(scales, ({ minimum, step, steps, chosen }) => {
        const maximum = Number((minimum + step * steps).toFixed(2));
        const written = (minimum + step * Math.min(chosen, steps)).toFixed(2);
        expect(readNumber(written, { minimum, maximum, step })).toEqual({ value: Number(written) });
      }),
    );
  });

  it.each([
    { minimum: 5, maximum: 1 },
    { minimum: 1, maximum: 5, step: 0 },
    { minimum: 1, maximum: 5, step: 9 },
    { minimum: Number.NaN, maximum: 5 },
    { minimum: 0, maximum: Number.POSITIVE_INFINITY },
  ])('refuses the scale %j', async (scale) => {
    const { client } = await scriptedModel([]);
    const call = regress(client, novaMicro, 'Hm', { instruction: 'Rate it.', ...scale });
    await expect(call).rejects.toMatchObject({ kind: 'request' });
  });

  it('shows examples with their numbers, and refuses one that is not on the scale', async () => {
    const { client, prompts } = await scriptedModel(['2']);
    await regress(client, novaMicro, 'Hm', { ...stars, examples: [{ text: 'Fine', value: 4 }] });
    expect(prompts[0]).toContain('<text>Fine</text>\n<number>4</number>');
    const wrong = regress(client, novaMicro, 'Hm', { ...stars, examples: [{ text: 'Fine', value: 6 }] });
    await expect(wrong).rejects.toMatchObject({
      kind: 'request',
      message: 'Example 1 has the value 6, but it is not between 1 and 5',
    });
  });
});
