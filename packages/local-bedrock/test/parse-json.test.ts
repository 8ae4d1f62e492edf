import { expect, it } from 'vitest';
import { depthLimit, parseJson } from '../src/shapes/deserialize.ts';

const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));

it('reads JSON', () => {
  expect(parseJson(Buffer.from('{"a":[1,"ü"]}'))).toEqual({ a: [1, 'ü'] });
});

it('reads what is as deep as the limit and refuses what is deeper', () => {
  expect(parseJson(nested(depthLimit))).toBeInstanceOf(Array);
  expect(() => parseJson(nested(depthLimit + 1))).toThrow(SyntaxError);
});

it('does not mistake braces side by side, or in texts, for depth', () => {
  expect(parseJson(Buffer.from(`[${'[],'.repeat(5_000)}{}]`))).toHaveLength(5_001);
  expect(parseJson(Buffer.from(JSON.stringify(`\\"${'{['.repeat(5_000)}`)))).toHaveLength(10_002);
});

it('refuses what is not JSON', () => {
  expect(() => parseJson(Buffer.from('{"a"'))).toThrow(SyntaxError);
});
