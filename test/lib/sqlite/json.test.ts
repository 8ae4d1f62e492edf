import { expect, it } from 'vitest';
import { fromJson, toJson } from '../../../lib/sqlite/json.ts';
import fc from '../../properties.ts';

it('gives back any JSON with bytes in it', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 20 }),
  );
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom('$bytes', '$$bytes', 'bytes', '__proto__', 'constructor'),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('value'), { maxLength: 4 }), tie('object')),
    object: fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  }));
  fc.assert(
    fc.property(value, (original) => {
      expect(fromJson(toJson(original))).toEqual(original);
    }),
    { numRuns: 200 },
  );
});

it('writes bytes as base64 under a name of their own, and a Buffer like any bytes', () => {
  expect(toJson({ bytes: new Uint8Array([1, 2, 255]) })).toBe('{"bytes":{"$bytes":"AQL/"}}');
  expect(fromJson(toJson(Buffer.from('abc')))).toEqual(new Uint8Array([97, 98, 99]));
  expect(fromJson('{"a":"bytes\\""}')).toEqual({ a: 'bytes"' });
});

it('keeps an object of the caller’s that looks like written bytes', () => {
  for (const original of [
    { $bytes: 'AQL/' },
    { $$bytes: 1 },
    { $bytes: 1, other: 2 },
    { $bytes: { $bytes: '' } },
  ]) {
    expect(fromJson(toJson(original))).toEqual(original);
  }
});
