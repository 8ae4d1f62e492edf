import { describe, expect, it } from 'vitest';
import { jsonGrammar } from '../../../src/words/model/json-grammar.ts';

/**
 * A grammar as a regular expression, for texts that are not nested deeper than `depth`: each rule's name is replaced by
 * its body. It reads what `jsonGrammar` writes: literals, classes, groups, counts, alternatives.
 */
function expressionOf(grammar: string, depth = 4): RegExp {
  const rules = new Map(
    grammar
      .trim()
      .split('\n')
      .map((line) => {
        const at = line.indexOf(' ::= ');
        return [line.slice(0, at), line.slice(at + 5)] as const;
      }),
  );
  const expand = (name: string, left: number): string => {
    const body = rules.get(name);
    if (body === undefined) throw new Error(`There is no rule ${name}.`);
    if (left === 0) return '(?!)';
    const parts = body.matchAll(/"((?:[^"\\]|\\.)*)"|\[(?:[^\]\\]|\\.)*\]|[a-z]\w*|[()|?*]|\{[\d,]+\}|\s+/g);
    const written = [...parts].map(([part = '', text]) => {
      if (text !== undefined) return `(?:${JSON.parse(`"${text}"`).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')})`;
      if (/^[a-z]/.test(part)) return expand(part, left - (/^(value|ref)/.test(part) ? 1 : 0));
      if (part.startsWith('[')) return part;
      return part.trim().replace(/^\($/, '(?:');
    });
    return `(?:${written.join('')})`;
  };
  return new RegExp(`^${expand('root', depth)}$`, 'u');
}

function accepts(schema: unknown, value: unknown): boolean {
  return expressionOf(jsonGrammar(schema)).test(typeof value === 'string' ? value : JSON.stringify(value));
}

const person = {
  type: 'object',
  properties: {
    name: { type: 'string', maxLength: 10 },
    age: { type: 'integer', minimum: 0 },
    mood: { enum: ['good', 'bad "really"', null] },
    tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2 },
    address: {
      anyOf: [
        { type: 'null' },
        { type: 'object', properties: { city: { const: 'Oslo' } }, required: ['city'] },
      ],
    },
  },
  required: ['name', 'mood'],
};

describe('JSON by a schema', () => {
  it.each([
    { name: 'Ada', mood: 'good' },
    { name: 'Ada', age: 36, mood: null },
    { name: 'A"\\\né', mood: 'bad "really"', tags: ['x', 'y'], address: { city: 'Oslo' } },
    { name: '', age: 0, mood: 'good', tags: ['x'], address: null },
  ])('may be %j', (value) => {
    expect(accepts(person, value)).toBe(true);
  });

  it.each([
    [{ name: 'Ada' }, 'a required member is missing'],
    [{ name: 'Ada', mood: 'fine' }, 'a label is off the list'],
    [{ name: 'Ada', age: -1, mood: 'good' }, 'a number is below its minimum of 0'],
    [{ name: 'Ada', age: 1.5, mood: 'good' }, 'it is no whole number'],
    [{ name: 'far too long', mood: 'good' }, 'a text is too long'],
    [{ name: 'Ada', mood: 'good', tags: [] }, 'a list is too short'],
    [{ name: 'Ada', mood: 'good', tags: ['x', 'y', 'z'] }, 'a list is too long'],
    [{ name: 'Ada', mood: 'good', extra: 1 }, 'there is a member too many'],
    ['{"name": "Ada", "mood": "good"', 'it is cut'],
    ['Sure! {"name": "Ada", "mood": "good"}', 'something comes before it'],
  ])('is not %j: %s', (value, _why) => {
    expect(accepts(person, value)).toBe(false);
  });

  it('may have optional members only, any of them first', () => {
    const schema = { properties: { a: { type: 'boolean' }, b: { type: 'number' }, c: { type: 'null' } } };
    for (const value of [
      {},
      { a: true },
      { b: -1.5 },
      { c: null },
      { a: false, c: null },
      { b: 1, c: null },
    ]) {
      expect(accepts(schema, value)).toBe(true);
    }
    expect(accepts(schema, '{"a":true,}')).toBe(false);
    expect(accepts(schema, '{"c":null,"a":true}')).toBe(false);
  });

  it('follows references, into itself too', () => {
    const schema = {
      $ref: '#/$defs/tree',
      $defs: {
        tree: {
          type: 'object',
          properties: {
            name: { type: 'string' },
            children: { type: 'array', items: { $ref: '#/$defs/tree' } },
          },
          required: ['name'],
        },
      },
    };
    expect(accepts(schema, { name: 'a', children: [{ name: 'b', children: [] }] })).toBe(true);
    expect(accepts(schema, { name: 'a', children: [{ children: [] }] })).toBe(false);
  });

  it('is any JSON where the schema does not say', () => {
    for (const value of [1, '"x"', [1, 'a', null], { a: [true], b: {} }])
      expect(accepts(true, value)).toBe(true);
    expect(accepts({ type: 'object' }, '[]')).toBe(false);
    expect(accepts({ type: ['string', 'null'] }, null)).toBe(true);
    expect(
      accepts({ allOf: [{ properties: { a: { type: 'null' } }, required: ['a'] }, { required: [] }] }, {}),
    ).toBe(false);
  });

  it('ends: a text and a list without a bound get one', () => {
    expect(accepts({ type: 'string' }, 'x')).toBe(false);
    expect(accepts({ type: 'string' }, JSON.stringify('x'.repeat(400)))).toBe(true);
    expect(accepts({ type: 'string' }, JSON.stringify('x'.repeat(401)))).toBe(false);
    expect(accepts({ type: 'array', items: { type: 'null' } }, Array(24).fill(null))).toBe(true);
    expect(accepts({ type: 'array', items: { type: 'null' } }, Array(25).fill(null))).toBe(false);
  });

  it('may be another text that is named', () => {
    const expression = expressionOf(jsonGrammar({ type: 'null' }, '<tool_call>'));
    expect(['null', '<tool_call>', '<tool'].map((text) => expression.test(text))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
