import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schemaChecker } from '../../../lib/base/schema.ts';
import { fitSchema } from '../../../lib/converse/fit-tools.ts';

const nova = 'amazon.nova-lite-v1:0';
const claude = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const llama = 'us.meta.llama3-1-8b-instruct-v1:0';
const mistral = 'mistral.mistral-large-2402-v1:0';

const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const address = { type: 'object', properties: { street: { type: 'string' } } };
const pid = { type: 'object', properties: { pid: { type: 'integer' } }, required: ['pid'] };
const node = z.object({
  name: z.string(),
  get children() {
    return z.array(node);
  },
});

/** What zod, pydantic and MCP servers write every day. */
const everyday: Readonly<Record<string, object>> = {
  plain: city,
  'not allowing more': { ...city, additionalProperties: false },
  'with a title, a draft and words': {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'WeatherArgs',
    description: 'Where and when.',
    ...city,
  },
  'with definitions': {
    type: 'object',
    properties: { home: { $ref: '#/$defs/Address' }, work: { $ref: '#/$defs/Address' } },
    $defs: { Address: address },
  },
  'with definitions of draft 4': {
    type: 'object',
    properties: { home: { $ref: '#/definitions/Address' } },
    definitions: { Address: address },
  },
  'a reference at the top': { $ref: '#/$defs/City', $defs: { City: city } },
  recursive: z.toJSONSchema(node),
  'a union at the top': { anyOf: [city, pid] },
  'a union of conditions': {
    type: 'object',
    properties: { pid: { type: 'integer' }, city: { type: 'string' } },
    anyOf: [{ required: ['pid'] }, { required: ['city'] }],
  },
  'a discriminated union': z.toJSONSchema(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), url: z.string() }),
      z.object({ kind: z.literal('b'), text: z.string().optional() }),
    ]),
  ),
  'an intersection': { allOf: [city, pid] },
  'a condition': { ...city, if: { required: ['city'] }, else: {} },
  empty: {},
};

const familyTop: Readonly<Record<string, (schema: Record<string, unknown>) => unknown>> = {
  [nova]: (schema) => Object.keys(schema).filter((key) => !['type', 'properties', 'required'].includes(key)),
  [claude]: (schema) => ['anyOf', 'oneOf', 'allOf', '$schema'].filter((key) => key in schema),
  [llama]: (schema) =>
    ['anyOf', 'oneOf', 'allOf', '$defs', 'definitions', '$schema'].filter((key) => key in schema),
  [mistral]: (schema) => ['anyOf', 'oneOf', 'allOf', '$schema'].filter((key) => key in schema),
};

describe.each(Object.keys(familyTop))('a schema for %s', (modelId) => {
  it.each(Object.keys(everyday))('is one that the family takes: %s', (name) => {
    const { schema } = fitSchema(everyday[name], modelId);
    expect(schema.type).toBe('object');
    expect(familyTop[modelId]?.(schema)).toEqual([]);
    for (const [, where = ''] of JSON.stringify(schema).matchAll(/"\$ref":"#\/(\$defs|definitions)/g))
      expect(schema).toHaveProperty([where]);
  });

  it('says what was changed, and changes nothing that is right', () => {
    for (const [name, given] of Object.entries(everyday)) {
      const { schema, changes } = fitSchema(given, modelId);
      const { $schema: _, ...rest } = given as Record<string, unknown>;
      const isSame = JSON.stringify(schema) === JSON.stringify(rest);
      if (!isSame) expect([name, changes]).not.toEqual([name, []]);
    }
    expect(fitSchema(city, modelId)).toEqual({ schema: city, changes: [], remarks: [] });
    expect(fitSchema(city, modelId).schema).toBe(city);
  });

  it('is the same when it is fitted again', () => {
    for (const given of Object.values(everyday)) {
      const { schema } = fitSchema(given, modelId);
      expect(fitSchema(schema, modelId)).toMatchObject({ schema, changes: [] });
    }
  });
});

describe('what a schema loses', () => {
  it('is told in words', () => {
    expect(fitSchema(everyday['with a title, a draft and words'], nova).remarks).toEqual(['Where and when.']);
    const union = fitSchema(everyday['a discriminated union'], claude);
    expect(union.schema).toMatchObject({
      properties: { kind: { enum: ['a', 'b'] }, url: { type: 'string' }, text: { type: 'string' } },
      required: ['kind'],
    });
    expect(union.remarks.join()).toMatch(/kind "a", url; or kind "b" \(and perhaps text\)/);
    expect(fitSchema(everyday['a condition'], nova).remarks.join()).toContain('"if"');
  });

  it('is nothing where references can be written out', () => {
    expect(fitSchema(everyday['with definitions'], nova).schema).toEqual({
      type: 'object',
      properties: { home: address, work: address },
    });
  });

  it('is what would have no end', () => {
    const { schema, changes } = fitSchema(everyday.recursive, nova);
    expect(JSON.stringify(schema).length).toBeLessThan(2_000);
    expect(changes.join()).toContain('refers to itself');
    // Each part twice in the next: 2 to the power of 40 when written out.
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [
        `D${at}`,
        {
          type: 'object',
          properties: { a: { $ref: `#/$defs/D${at + 1}` }, b: { $ref: `#/$defs/D${at + 1}` } },
        },
      ]),
    );
    const wide = fitSchema({ type: 'object', properties: { a: { $ref: '#/$defs/D0' } }, $defs }, nova);
    expect(JSON.stringify(wide.schema).length).toBeLessThan(1_000_000);
  });
});

describe('Claude’s draft', () => {
  it('is 2020-12, whatever a server wrote', () => {
    const old = {
      type: 'object',
      properties: {
        pair: { type: 'array', items: [{ type: 'string' }, { type: 'number' }], additionalItems: false },
        age: { type: 'number', minimum: 0, exclusiveMinimum: true, required: true },
        size: { type: 'number', maximum: 9, exclusiveMaximum: false },
      },
    };
    expect(fitSchema(old, claude).schema).toEqual({
      type: 'object',
      properties: {
        pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
        age: { type: 'number', exclusiveMinimum: 0 },
        size: { type: 'number', maximum: 9 },
      },
      required: ['age'],
    });
  });
});

describe('a JSON Schema that checks', () => {
  it.each([
    { ...city, not: { required: ['pid'] } },
    { ...city, if: { required: ['city'] }, else: { required: ['pid'] } },
    { ...city, dependentRequired: { city: ['pid'] } },
    {
      type: 'object',
      properties: { city: { type: 'string', pattern: '(?i)^abc$' }, not: city },
      required: ['city'],
    },
  ])('is one also where a condition cannot be checked: %j', async (schema) => {
    const checker = await schemaChecker(schema, 'The tool t');
    const check = async (value: unknown) => (await checker['~standard'].validate(value)).issues;
    expect(await check({ city: 'Ube' })).toBeUndefined();
    expect(await check({ city: 5 })).toHaveLength(1);
    expect(await check({})).toHaveLength(1);
  });
});
