import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/http/refusal.ts';
import { checkConstraints, checkUnions } from '../../src/shapes/constraints.ts';
import { deserializeBody } from '../../src/shapes/deserialize.ts';
import {
  blob,
  document,
  filledText,
  listOf,
  oneOf,
  structure,
  text,
  truth,
  union,
} from '../../src/shapes/shape.ts';

const shape = structure(
  {
    name: { type: 'string', minLength: 2, maxLength: 5, pattern: /^[a-z]+$/ },
    count: { type: 'integer', minimum: 1, maximum: 9 },
    share: { type: 'float', minimum: 0, maximum: 1 },
    isOn: truth,
    bytes: blob,
    any: document,
    words: listOf(filledText, { maxLength: 2 }),
    turns: listOf(structure({ role: oneOf('user', 'assistant'), text }, ['role'])),
    part: union('Part', { text, number: { type: 'integer' } }),
    labels: { type: 'map', maxLength: 1, key: filledText, value: { type: 'string', maxLength: 3 } },
  },
  ['name'],
);

const read = (value: unknown) =>
  deserializeBody(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), shape);

function refusalOf(run: () => unknown): [string, string] | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return [error.errorName, error.message];
    throw error;
  }
  return undefined;
}

describe('deserializeBody', () => {
  it('keeps what the shape names, and drops what it does not and what is null', () => {
    expect(
      read({ name: 'ab', count: null, more: 1, any: { a: [null] }, turns: [{ role: 'user', x: 1 }] }),
    ).toEqual({
      name: 'ab',
      any: { a: [null] },
      turns: [{ role: 'user' }],
    });
  });

  it('reads an empty body as an empty structure', () => {
    expect(read('')).toEqual({});
  });

  it('is not fooled by names that every object has', () => {
    expect(read('{"__proto__":{"name":"ab"},"constructor":1}')).toEqual({});
  });

  it.each<[unknown, string]>([
    ['{"name"', 'The request body is not valid JSON.'],
    ['[]', 'Start of list found where not expected'],
    ['3', 'Unexpected field type'],
    [{ name: 1 }, 'NUMBER_VALUE can not be converted to a String'],
    [{ name: 1.5 }, 'DECIMAL_VALUE can not be converted to a String'],
    [{ name: {} }, 'Start of structure or map found where not expected.'],
    [{ count: '1' }, 'STRING_VALUE can not be converted to an Integer'],
    [{ count: 1.5 }, 'DECIMAL_VALUE can not be converted to an Integer'],
    [{ share: true }, 'TRUE_VALUE can not be converted to a Float'],
    [{ isOn: 0 }, 'NUMBER_VALUE can not be converted to a Boolean'],
    [{ isOn: [] }, 'Start of list found where not expected'],
    [{ words: 'a' }, 'Unexpected field type'],
    [{ words: {} }, 'Start of structure or map found where not expected.'],
    [{ turns: [1] }, 'Unexpected field type'],
    [{ labels: [] }, 'Start of list found where not expected'],
    [{ bytes: 'not base64!' }, 'Invalid base64 data.'],
  ])('refuses %j', (body, message) => {
    expect(refusalOf(() => read(body))).toEqual(['SerializationException', message]);
  });
});

describe('checkConstraints', () => {
  const broken = (value: Record<string, unknown>) =>
    refusalOf(() => checkConstraints(read({ name: 'abc', ...value }), shape))?.[1];

  it('lets through what keeps them', () => {
    const body = { count: 9, share: 1, words: ['a', 'b'], turns: [{ role: 'user' }], labels: { a: 'abc' } };
    expect(broken(body)).toBeUndefined();
  });

  it.each<[Record<string, unknown>, string]>([
    [
      { count: 0 },
      "Value '0' at 'count' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      { count: 10 },
      "Value '10' at 'count' failed to satisfy constraint: Member must have value less than or equal to 9",
    ],
    [
      { share: 1.5 },
      "Value '1.5' at 'share' failed to satisfy constraint: Member must have value less than or equal to 1",
    ],
    [
      { turns: [{ role: 'user' }, { role: 'system' }] },
      "Value 'system' at 'turns.2.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]",
    ],
    [{ turns: [{}] }, "Value at 'turns.1.member.role' failed to satisfy constraint: Member must not be null"],
    [{ turns: [null] }, "Value at 'turns.1.member' failed to satisfy constraint: Member must not be null"],
    [
      { words: ['a', null] },
      "Value at 'words.2.member' failed to satisfy constraint: Member must not be null",
    ],
    [
      { words: ['a', ''] },
      "Value '[a, ]' at 'words' failed to satisfy constraint: Member must satisfy constraint: [Member must have length greater than or equal to 1]",
    ],
    [
      { words: ['a', 'b', 'c'] },
      "Value '[a, b, c]' at 'words' failed to satisfy constraint: Member must have length less than or equal to 2",
    ],
    [
      { labels: { a: 'long' } },
      "Value '{a=long}' at 'labels' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 3]",
    ],
  ])('refuses %j', (body, message) => {
    expect(broken(body)).toBe(`1 validation error detected: ${message}`);
  });

  it('reports everything at once', () => {
    expect(broken({ name: 'A', count: 0 })).toBe(
      "3 validation errors detected: Value 'A' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2; Value 'A' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+; Value '0' at 'count' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
  });
});

describe('checkUnions', () => {
  it.each<[object, string]>([
    [{}, 'Part object at part must set one of the following keys: text, number.'],
    [{ text: 'a', number: 1 }, 'Part object at part must set only one of the following keys: text, number.'],
  ])('refuses %j', (part, message) => {
    expect(refusalOf(() => checkUnions(read({ name: 'abc', part }), shape))?.[1]).toBe(message);
  });

  it('lets a union through that sets one member', () => {
    expect(refusalOf(() => checkUnions(read({ name: 'abc', part: { number: 1 } }), shape))).toBeUndefined();
  });
});
