import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import fc from '../../../../test/properties.ts';
import { paddingFrom } from '../../src/event-stream/frame.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

it('pads with the beginning of the alphabet, 2 to 61 characters long', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const padding = paddingFrom(hashOf(text));
      for (let frame = 0; frame < 20; frame += 1) {
        const value = padding();
        expect(alphabet.startsWith(value)).toBe(true);
        expect(value.length).toBeGreaterThanOrEqual(2);
        expect(value.length).toBeLessThanOrEqual(61);
      }
    }),
  );
});

it('varies from frame to frame and reaches both ends of its range', () => {
  const padding = paddingFrom(hashOf('one request'));
  const lengths = new Set(Array.from({ length: 2_000 }, () => padding().length));
  expect(lengths.size).toBe(60);
});

it('is the same for the same request and another for another', () => {
  const lengthsOf = (text: string) => {
    const padding = paddingFrom(hashOf(text));
    return Array.from({ length: 12 }, () => padding().length);
  };
  expect(lengthsOf('a')).toEqual(lengthsOf('a'));
  expect(lengthsOf('a')).not.toEqual(lengthsOf('b'));
});
