import { expect, it } from 'vitest';
import fc from '../../../test/properties.ts';
import { base58Id, uuidFrom } from '../src/invoke/ids.ts';

const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), maxLength: 64 });

it('makes ids of the length asked for, from letters that cannot be mistaken for each other', () => {
  fc.assert(
    fc.property(hex, fc.nat({ max: 30 }), (digits, length) => {
      expect(base58Id(digits, length)).toMatch(new RegExp(`^[1-9A-HJ-NP-Za-km-z]{${length}}$`));
    }),
  );
});

it('makes UUIDs of version 4', () => {
  fc.assert(
    fc.property(hex, (digits) => {
      expect(uuidFrom(digits.padEnd(32, '0'))).toMatch(
        /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
      );
    }),
  );
});
