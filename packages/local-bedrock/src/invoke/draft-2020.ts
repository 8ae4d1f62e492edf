import { isObject } from '../shapes/body-schema.ts';

type Check = (value: unknown) => boolean;

const types: readonly unknown[] = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isCount: Check = (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isTruth: Check = (value) => typeof value === 'boolean';
const isSchemas: Check = (value) => Array.isArray(value) && value.length > 0 && value.every(isDraft2020);
const isSchemasByName: Check = (value) => isObject(value) && Object.values(value).every(isDraft2020);

const keywords: ReadonlyMap<string, Check> = new Map(
  (
    [
      [['type'], (value) => (Array.isArray(value) ? value.length > 0 && value.every(isType) : isType(value))],
      [['enum'], Array.isArray],
      [['required'], (value) => Array.isArray(value) && value.every(isText)],
      [['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'], isSchemasByName],
      [['allOf', 'anyOf', 'oneOf', 'prefixItems'], isSchemas],
      [
        ['items', 'contains', 'additionalProperties', 'propertyNames', 'not', 'if', 'then', 'else'],
        isDraft2020,
      ],
      [['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'], isNumber],
      [['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'], isCount],
      [['uniqueItems'], isTruth],
      [['title', 'description', 'pattern', 'format', '$ref'], isText],
    ] as readonly (readonly [readonly string[], Check])[]
  ).flatMap(([names, check]) => names.map((name) => [name, check] as const)),
);

function isType(value: unknown): boolean {
  return types.includes(value);
}

/**
 * Whether a schema follows the meta-schema of JSON Schema's draft 2020-12, in its keywords of types, numbers, texts, lists
 * and objects. Unknown keywords may be anything.
 *
 * @see https://json-schema.org/draft/2020-12/schema
 */
export function isDraft2020(schema: unknown): boolean {
  if (typeof schema === 'boolean') return true;
  return (
    isObject(schema) && Object.entries(schema).every(([name, value]) => keywords.get(name)?.(value) ?? true)
  );
}
