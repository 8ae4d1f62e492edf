import { expect, it } from 'vitest';
import fc from '../../../../test/properties.ts';
import { isPointer } from '../../src/converse/rules.ts';
import { pickFields } from '../../src/converse/write-response.ts';

it.each([
  ['/a', true],
  ['/a/b', true],
  ['/a~1b/m~0n', true],
  ['/', true],
  ['', false],
  ['a', false],
  ['/a~', false],
  ['/a~2', false],
])('%j is a JSON Pointer: %s', (text, is) => {
  expect(isPointer(text)).toBe(is);
});

it('keeps the form of what it picks', () => {
  const response = { stop: 'x', usage: { in: 1, out: 2 }, content: [{ text: 'a' }], 'a/b': { 'm~n': true } };
  expect(pickFields(response, ['/stop', '/usage/out', '/a~1b/m~0n'])).toEqual({
    stop: 'x',
    usage: { out: 2 },
    'a/b': { 'm~n': true },
  });
  expect(pickFields(response, ['/content/0/text'])).toEqual({ content: { 0: { text: 'a' } } });
});

it('passes over what is not there, and what every object has', () => {
  expect(pickFields({ a: 1 }, ['/b', '/a/c', '/constructor', '/__proto__/x'])).toBeUndefined();
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

it('never fails, whatever the response and the pointers are', () => {
  const pointer = fc
    .array(fc.constantFrom('a', 'b', '0', '__proto__', 'length', ''))
    .map((keys) => `/${keys.join('/')}`);
  fc.assert(
    fc.property(
      fc.object({ key: fc.constantFrom('a', 'b', '0') }),
      fc.array(pointer),
      (response, pointers) => {
        const fields = pickFields(response, pointers);
        if (fields !== undefined)
          expect(Object.keys(response)).toEqual(expect.arrayContaining(Object.keys(fields)));
      },
    ),
  );
});
