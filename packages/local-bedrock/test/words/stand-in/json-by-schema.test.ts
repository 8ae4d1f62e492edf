import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { findModel } from '../../../../bedrock-models/src/find.ts';
import type { ModelRequest } from '../../../src/invoke/family.ts';
import { generate } from '../../../src/words/stand-in/stand-in.ts';

/** Ajv says whether what the stand-in fills in follows the schema, whether the text gives the values or not. */
const ajv = new Ajv2020({ strict: false });
formats.default(ajv);

const text = { type: 'string' };
const whole = { type: 'integer' };
const object = (properties: object, rest: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  ...rest,
});
const node = {
  N: object({ v: text, next: { anyOf: [{ $ref: '#/$defs/N' }, { type: 'null' }] } }),
  T: object({ v: text, children: { type: 'array', items: { $ref: '#/$defs/T' } } }),
  E: {
    anyOf: [
      object({ op: { const: 'and' }, left: { $ref: '#/$defs/E' }, right: { $ref: '#/$defs/E' } }),
      object({ op: { const: 'not' }, of: { $ref: '#/$defs/E' } }),
      object({ value: text }),
    ],
  },
};
const shape = {
  oneOf: [
    object({ kind: { const: 'circle' }, r: { type: 'number' } }),
    object({ kind: { const: 'square' }, s: whole }),
  ],
};

const schemas: Readonly<Record<string, object>> = {
  'members that may be null': object({
    name: { anyOf: [text, { type: 'null' }] },
    age: { type: ['integer', 'null'] },
  }),
  'a list that ends in null': object({ root: { $ref: '#/$defs/N' } }, { $defs: node }),
  'a tree': object({ root: { $ref: '#/$defs/T' } }, { $defs: node }),
  'an expression of expressions': object({ root: { $ref: '#/$defs/E' } }, { $defs: node }),
  'definitions of an older draft': object(
    { a: { $ref: '#/definitions/P' } },
    { definitions: { P: object({ name: text }) } },
  ),
  'a reference at the top': { $ref: '#/$defs/P', $defs: { P: object({ name: text }) } },
  'a reference to the whole': { ...object({ name: text }), properties: { name: text, child: { $ref: '#' } } },
  'a reference to a member': object({ a: { type: 'integer', minimum: 3 }, b: { $ref: '#/properties/a' } }),
  'a reference with an escape': object({ x: { $ref: '#/$defs/a~1b' } }, { $defs: { 'a/b': whole } }),
  'a union that is told by a member': object({ shape }),
  'a list of such a union': object({ shapes: { type: 'array', items: shape, minItems: 2 } }),
  'a union at the top': { anyOf: [object({ a: text }), object({ b: text })] },
  'a union beside members': { ...object({ a: text }), anyOf: [{ required: ['b'] }, { required: ['c'] }] },
  allOf: { allOf: [object({ a: text }), object({ b: { type: 'integer', minimum: 5 } })] },
  'allOf with a reference': object(
    { p: { allOf: [{ $ref: '#/$defs/P' }, object({ b: whole })] } },
    { $defs: { P: object({ a: text }) } },
  ),
  'an enum at the top': { enum: ['red', 'blue'] },
  'an enum of numbers': object({ n: { enum: [1, 2, 3] } }),
  const: object({ a: { const: null }, b: { const: 7 }, c: { const: 'x' } }),
  patterns: object({
    zip: { type: 'string', pattern: '^[0-9]{5}$' },
    id: { type: 'string', pattern: '^[A-Z]{2}-\\d+$' },
    name: { type: 'string', pattern: '^[\\w.]+@?x*$' },
    code: { type: 'string', pattern: '^\\+1 \\d{3}-\\d{4}$' },
  }),
  formats: object(
    Object.fromEntries(
      ['date', 'date-time', 'time', 'duration', 'email', 'uri', 'uuid', 'ipv4', 'ipv6', 'hostname'].map(
        (format) => [`the_${format}`, { type: 'string', format }],
      ),
    ),
  ),
  'lengths of texts': object({
    name: { type: 'string', minLength: 20 },
    city: { type: 'string', maxLength: 2 },
  }),
  'limits of numbers': object({
    share: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
    age: { type: 'integer', multipleOf: 7, minimum: 10 },
    low: { type: 'integer', maximum: -3 },
    above: { type: 'integer', exclusiveMinimum: 5 },
    half: { type: 'number', multipleOf: 0.5, minimum: 0.7 },
  }),
  'lengths of lists': object({
    names: { type: 'array', items: text, minItems: 3, uniqueItems: true },
    numbers: { type: 'array', items: whole, maxItems: 1 },
    colours: { type: 'array', items: { enum: ['red', 'blue', 'green'] }, minItems: 2, uniqueItems: true },
    rows: { type: 'array', items: { type: 'array', items: { type: 'number' }, minItems: 2 }, minItems: 2 },
  }),
  'a list at the top': { type: 'array', items: text, minItems: 2 },
  tuples: object({
    pair: { type: 'array', prefixItems: [text, whole], items: false, minItems: 2, maxItems: 2 },
  }),
  'members of any name': { type: 'object', additionalProperties: whole, minProperties: 2 },
  'members by a pattern': object({
    m: { type: 'object', patternProperties: { '^x-': whole }, additionalProperties: false, minProperties: 1 },
  }),
  'names by a pattern': object({
    m: {
      type: 'object',
      propertyNames: { pattern: '^[a-z]+$' },
      additionalProperties: text,
      minProperties: 2,
    },
  }),
  'members that are asked for elsewhere': { type: 'object', properties: {}, required: ['zz'] },
  dependentRequired: {
    ...object({ name: text }),
    properties: { name: text, b: text, c: whole },
    dependentRequired: { name: ['b'], b: ['c'] },
  },
  'members of members': object({ passengers: object({ adults: whole, children: whole }), from: text }),
  'a schema that allows everything': object({ a: true }),
  'members without a type': { properties: { a: whole }, required: ['a'] },
};

/** What the stand-in cannot meet: it would need a search. The answers are JSON all the same. */
const unmet: Readonly<Record<string, object>> = {
  not: object({ a: { type: 'string', not: { enum: [''] } } }),
  'if and then': JSON.parse(
    '{"properties":{"a":{"const":1}},"required":["a"],"if":{"properties":{"a":{"const":1}}},"then":{"required":["b"]}}',
  ),
  contains: object({ l: { type: 'array', contains: { const: 'z' }, items: text } }),
  'patterns with groups': object({ a: { type: 'string', pattern: '^(?:ab|cd)+$' } }),
  'a schema that no value has': object({ a: { $ref: '#' } }),
};

const texts = [
  '',
  'What is the weather in Paris?',
  'Alice is 30 years old and lives in Oslo. She wrote to ada@example.com on 2026-03-04 at 10:15 from https://example.com/a.',
  'Book a flight from Berlin to Madrid for 2 adults. The red circle is 3 wide. Names: Ann, Bo.',
];

function answer(request: Pick<ModelRequest, 'turns'> & Partial<ModelRequest>) {
  const model = findModel('us.amazon.nova-2-lite-v1:0');
  if (model === undefined) throw new Error('The model is not in the catalogue.');
  return generate({ system: '', maxTokens: 10_000, stopSequences: [], ...request }, model, '');
}

function asJson(schema: object, prompt: string): unknown {
  return JSON.parse(answer({ turns: [{ role: 'user', text: prompt }], answerSchema: schema }).text);
}

/** The input of a tool that must be called. */
function asInput(schema: object, prompt: string): unknown {
  const tools = [{ name: 'save', description: 'Saves it.', schema }];
  const { blocks } = answer({ turns: [{ role: 'user', text: prompt }], tools, toolChoice: 'any' });
  return blocks.flatMap((block) => (block.type === 'toolUse' ? [block.input] : []))[0];
}

describe('follows its schema:', () => {
  it.each(Object.entries(schemas))('%s', (_, schema) => {
    const isValid = ajv.compile(schema);
    const wrong = texts.flatMap((prompt) => {
      const answers = [asJson(schema, prompt)];
      if ('type' in schema && schema.type === 'object') answers.push(asInput(schema, prompt));
      return answers.flatMap((value) =>
        isValid(value) ? [] : [`${JSON.stringify(value)} ${ajv.errorsText(isValid.errors)}`],
      );
    });
    expect(wrong).toEqual([]);
  });
});

it.each(Object.entries(unmet))('is JSON, but not by its schema: %s', (_, schema) => {
  expect(ajv.compile(schema)(asJson(schema, ''))).toBe(false);
});
