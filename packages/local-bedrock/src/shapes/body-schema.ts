/**
 * The part of JSON Schema that Bedrock's body checks use, reporting in the words of its validator, such as
 * `#: required key [inputText] not found` and `#/temperature: expected type: Number, found: Null`. Of each object, missing keys
 * come first, then keys that are not permitted, then what is wrong inside.
 */
export type Schema =
  | { readonly type: 'any' }
  | { readonly type: 'boolean' }
  | { readonly type: 'string'; readonly enum?: readonly string[] }
  | {
      readonly type: 'number' | 'integer';
      readonly minimum?: number;
      readonly exclusiveMinimum?: number;
      readonly maximum?: number;
    }
  | { readonly type: 'array'; readonly items: Schema; readonly minItems?: number }
  | ObjectSchema
  | { readonly type: 'either'; readonly text: Schema; readonly list: Schema };

export interface ObjectSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Keys beside `properties` are let through unread. */
  readonly open?: true;
}

/** Everything wrong with a value, in the validator's order; empty when nothing is. Pure. */
export function violations(value: unknown, schema: Schema, path = '#'): string[] {
  switch (schema.type) {
    case 'any':
      return [];
    case 'either':
      return violations(value, typeof value === 'string' ? schema.text : schema.list, path);
    case 'boolean':
      return typeof value === 'boolean' ? [] : [wrongType(path, 'Boolean', value)];
    case 'string':
      if (typeof value !== 'string') return [wrongType(path, 'String', value)];
      return schema.enum !== undefined && !schema.enum.includes(value)
        ? [`${path}: ${value} is not a valid enum value`]
        : [];
    case 'number':
    case 'integer':
      if (typeof value !== 'number') return [wrongType(path, capitalised(schema.type), value)];
      if (schema.type === 'integer' && !Number.isInteger(value)) return [wrongType(path, 'Integer', value)];
      return outOfRange(value, schema, path);
    case 'array':
      if (!Array.isArray(value)) return [wrongType(path, 'JSONArray', value)];
      return [
        ...(value.length < (schema.minItems ?? 0)
          ? [`${path}: expected minimum item count: ${schema.minItems}, found: ${value.length}`]
          : []),
        ...value.flatMap((item, index) => violations(item, schema.items, `${path}/${index}`)),
      ];
    case 'object':
      return isObject(value) ? objectViolations(value, schema, path) : [wrongType(path, 'JSONObject', value)];
  }
}

/** A JSON object, as opposed to a list, a text, a number, a truth value or null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectViolations(value: Record<string, unknown>, schema: ObjectSchema, path: string): string[] {
  const known = (key: string) => Object.hasOwn(schema.properties, key);
  const missing = (schema.required ?? []).filter((key) => !Object.hasOwn(value, key));
  const extraneous = schema.open ? [] : Object.keys(value).filter((key) => !known(key));
  return [
    ...missing.map((key) => `${path}: required key [${key}] not found`),
    ...extraneous.map((key) => `${path}: extraneous key [${key}] is not permitted`),
    ...Object.entries(schema.properties).flatMap(([key, child]) =>
      Object.hasOwn(value, key) ? violations(value[key], child, `${path}/${key}`) : [],
    ),
  ];
}

function outOfRange(
  value: number,
  range: { readonly minimum?: number; readonly exclusiveMinimum?: number; readonly maximum?: number },
  path: string,
): string[] {
  const { minimum, exclusiveMinimum, maximum } = range;
  if (minimum !== undefined && value < minimum)
    return [`${path}: ${value} is not greater or equal to ${minimum}`];
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    return [`${path}: ${value} is not greater than ${exclusiveMinimum}`];
  }
  if (maximum !== undefined && value > maximum)
    return [`${path}: ${value} is not less or equal to ${maximum}`];
  return [];
}

function wrongType(path: string, expected: string, value: unknown): string {
  return `${path}: expected type: ${expected}, found: ${typeName(value)}`;
}

function typeName(value: unknown): string {
  if (value === null) return 'Null';
  if (Array.isArray(value)) return 'JSONArray';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'BigDecimal';
  return typeof value === 'object' ? 'JSONObject' : capitalised(typeof value);
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
