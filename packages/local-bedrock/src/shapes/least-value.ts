import { type Alternatives, asSchema, deepest, placesOf, type Schema, typeOf } from './json-schema.ts';
import { matches, readPattern, sampleOf } from './simple-pattern.ts';

/** Texts of a form: how they are told, and one of them. */
const formats = new Map<unknown, readonly [RegExp, string]>(
  Object.entries({
    date: [/^\d{4}-\d{2}-\d{2}$/, '1970-01-01'],
    'date-time': [
      /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/,
      '1970-01-01T00:00:00Z',
    ],
    time: [/^\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})$/, '00:00:00Z'],
    duration: [/^P(?:\d{1,9}[YMWD]){1,4}$/, 'P0D'],
    email: [/^[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}$/, 'unknown@example.com'],
    uri: [/^[a-z][a-z0-9+.-]{0,30}:\/\/[^\s<>"'{}|\\^`]{1,500}$/i, 'https://example.com'],
    uuid: [/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, '00000000-0000-4000-8000-000000000000'],
    ipv4: [/^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/, '0.0.0.0'],
    ipv6: [/^(?=.*:.*:)[\da-f:]{2,39}$/i, '::'],
    hostname: [/^[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){1,8}$/i, 'example.com'],
  }),
);

/** The word of a text that has the format; `undefined`: none has, or the format is not known here. Pure. */
export function wordOfFormat(format: string, text: string): string | undefined {
  const pattern = formats.get(format)?.[0];
  return pattern === undefined
    ? undefined
    : text
        .split(/[\s,;"'<>()]+/)
        .find((word) => pattern.test(word.replace(/\.$/, '')))
        ?.replace(/\.$/, '');
}

/** Whether a text is as long as the schema says, and of its format and its pattern as far as these are known here. Pure. */
export function isTextOf(text: string, schema: Schema): boolean {
  const { minLength = 0, maxLength = Infinity, format = '', pattern } = schema;
  const pieces = readPattern(pattern);
  return (
    text.length >= minLength &&
    text.length <= maxLength &&
    formats.get(format)?.[0].test(text) !== false &&
    (pieces === undefined || matches(pieces, text))
  );
}

/** Whether a number is within the limits of the schema, and whole where it must be. Pure. */
export function isNumberOf(value: number, schema: Schema): boolean {
  return (
    (typeOf(schema) !== 'integer' || Number.isInteger(value)) &&
    (schema.const === undefined || value === schema.const) &&
    value >= (schema.minimum ?? -Infinity) &&
    value <= (schema.maximum ?? Infinity) &&
    value > (schema.exclusiveMinimum ?? -Infinity) &&
    value < (schema.exclusiveMaximum ?? Infinity) &&
    (schema.multipleOf === undefined || Number.isInteger(value / schema.multipleOf))
  );
}

/** Where a schema asks for more members, items or characters than this, it gets this many. */
const most = { members: 200, items: 200, characters: 2_000 };

/**
 * Fills in what a schema asks for and nothing gives: the least value that it takes, such as an empty text or 0.
 *
 * @param alternatives of the schema's parts
 */
export function leastValues(alternatives: (schema: Schema) => Alternatives) {
  /** `undefined` where the schema holds itself without an end, or asks for more than `share` values. */
  function whole(given: Schema, share: number, around: readonly Schema[]): unknown {
    const { options, allowsNull } = alternatives(given);
    if (allowsNull && (around.length > 0 || options.length === 0)) return null;
    if (around.length > deepest) return undefined;
    for (const option of options) {
      if (around.includes(option)) continue;
      const value = leastOf(option, (share - 1) / options.length, [...around, option]);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  function leastOf(schema: Schema, share: number, around: readonly Schema[]): unknown {
    if (schema.const !== undefined) return schema.const;
    if (Array.isArray(schema.enum)) return schema.enum[0];
    const type = typeOf(schema);
    const given = schema.default;
    if (given !== undefined && isOfType(given, type, schema)) return given;
    if (type === 'object') return share < 0 ? undefined : members({}, schema, share, around);
    if (type === 'array') return share < 0 ? undefined : items([], schema, share, around);
    if (type === 'integer' || type === 'number') return leastNumber(schema);
    return type === 'boolean' ? false : leastText(schema, 10 * (share + 1));
  }

  function members(
    found: Readonly<Record<string, unknown>>,
    schema: Schema,
    share: number,
    around: readonly Schema[],
  ): Record<string, unknown> | undefined {
    const { additionalProperties, minProperties = 0 } = schema;
    const [properties, patternProperties, dependent] = [
      recordOf(schema.properties),
      recordOf(schema.patternProperties),
      recordOf(schema.dependentRequired),
    ];
    const names = new Set([...Object.keys(found), ...namesIn(schema.required)]);
    for (const name of names) for (const other of namesIn(dependent[name])) names.add(other);
    const least = Math.min(minProperties, most.members);
    for (const name of Object.keys(properties)) if (names.size < least) names.add(name);
    const pattern = Object.keys(patternProperties)[0] ?? schema.propertyNames?.pattern;
    const pieces =
      typeof pattern === 'string' ? readPattern(`^${pattern.replace(/^\^|\$$/g, '')}$`) : undefined;
    const stem = pieces === undefined ? 'member' : sampleOf(pieces);
    for (let count = 1; names.size < least && count <= least; count += 1)
      names.add(stem + 'a'.repeat(count - 1));
    const missing = [...names].filter((name) => found[name] === undefined);
    const value: Record<string, unknown> = { ...found };
    for (const name of missing) {
      const own = properties[name] ?? Object.values(patternProperties)[0] ?? additionalProperties;
      const filled = whole(asSchema(own), share / missing.length, around);
      if (filled === undefined) return undefined;
      value[name] = filled;
    }
    return value;
  }

  function items(
    found: readonly unknown[],
    schema: Schema,
    share: number,
    around: readonly Schema[],
  ): unknown[] | undefined {
    const places = placesOf(schema);
    const least = Math.min(Math.max(schema.minItems ?? 0, places.length), most.items);
    const values = schema.uniqueItems === true ? distinct(found) : [...found];
    values.splice(schema.maxItems ?? Infinity);
    while (values.length < least) {
      const own = places[values.length] ?? asSchema(Array.isArray(schema.items) ? {} : schema.items);
      const value = whole(own, share / least, around);
      if (value === undefined) return undefined;
      const further = schema.uniqueItems === true ? another(value, values, own) : value;
      if (further === undefined) return values;
      values.push(further);
    }
    return values;
  }

  /** A value like the first that is not among the others; `undefined` where the schema leaves no choice. */
  function another(value: unknown, others: readonly unknown[], schema: Schema): unknown {
    const [option = {}] = alternatives(schema).options;
    const step = option.multipleOf ?? 1;
    const choices: readonly unknown[] = Array.isArray(option.enum)
      ? option.enum
      : Array.from({ length: others.length + 1 }, (_, index) =>
          typeof value === 'number'
            ? value + index * step
            : index === 0
              ? value
              : `${value || 'unknown'} ${index}`,
        );
    const isFree = (one: unknown) => others.every((other) => JSON.stringify(other) !== JSON.stringify(one));
    return choices.find((one) => isFree(one) && isOfType(one, typeof value, option));
  }

  /** The least value, or else an empty one of the type. */
  const value = (given: Schema, share: number): unknown =>
    whole(given, share, []) ?? emptyOf(alternatives(given).options[0] ?? {});
  return {
    value,
    /** The object with the members that it lacks. */
    members: (found: Readonly<Record<string, unknown>>, schema: Schema, share: number) =>
      members(found, schema, share, [schema]) ?? withEmpty(found, schema),
    /** The list as long as the schema wants it. */
    items: (found: readonly unknown[], schema: Schema, share: number) =>
      items(found, schema, share, [schema]) ?? [...found],
  };

  function withEmpty(found: Readonly<Record<string, unknown>>, schema: Schema): Record<string, unknown> {
    const names = namesIn(schema.required)
      .filter((name) => found[name] === undefined)
      .slice(0, most.members);
    const properties = recordOf(schema.properties);
    const filled = names.map((name) => [name, value(asSchema(properties[name]), 1)] as const);
    return { ...found, ...Object.fromEntries(filled) };
  }
}

function emptyOf(schema: Schema): unknown {
  const type = typeOf(schema);
  if (type === 'object') return {};
  if (type === 'array') return [];
  return type === 'boolean' ? false : /^(?:integer|number)$/.test(type) ? 0 : '';
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return asSchema(value) as Readonly<Record<string, unknown>>;
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function distinct(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function isOfType(value: unknown, type: string, schema: Schema): boolean {
  if (typeof value === 'number') return /^(?:number|integer)$/.test(type) && isNumberOf(value, schema);
  if (typeof value === 'string') return type === 'string' && isTextOf(value, schema);
  if (Array.isArray(value)) return type === 'array';
  return typeof value === type;
}

/** The number next to 0 that the schema takes; 0 where there is none. */
function leastNumber(schema: Schema): number {
  const {
    minimum = -Infinity,
    exclusiveMinimum = -Infinity,
    maximum = Infinity,
    exclusiveMaximum = Infinity,
  } = schema;
  const [low, high] = [Math.max(minimum, exclusiveMinimum), Math.min(maximum, exclusiveMaximum)];
  const step = schema.multipleOf ?? 1;
  const steps = (from: number) => [Math.ceil(from / step) * step, (Math.floor(from / step) + 1) * step];
  const down = (from: number) => [Math.floor(from / step) * step, (Math.ceil(from / step) - 1) * step];
  const choices = [0, ...(low > 0 ? steps(low) : down(high)), (low + high) / 2, low, high];
  return choices.find((one) => Number.isFinite(one) && isNumberOf(one, schema)) ?? 0;
}

/** `longest`: in characters, where the schema asks for more. */
function leastText({ format = '', pattern, minLength = 0, maxLength }: Schema, longest: number): string {
  const known = formats.get(format)?.[1];
  if (known !== undefined) return known;
  const pieces = readPattern(pattern);
  if (pieces !== undefined) return sampleOf(pieces);
  const text = minLength > 0 ? 'unknown' : '';
  return text.padEnd(Math.min(minLength, most.characters, longest), ' unknown').slice(0, maxLength);
}
