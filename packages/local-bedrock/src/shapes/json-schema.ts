/** A JSON Schema as far as it is read here. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly title?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: Schema | readonly Schema[] | boolean;
  /** A tuple: a schema for each place. */
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly minProperties?: number;
  readonly required?: readonly string[];
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** How deep references and nested values are followed; beyond it a schema says nothing. */
export const deepest = 24;

/** Of more parts or alternatives, these are read. */
const mostParts = 100;

/** A schema from a value of unknown shape; anything but an object is a schema that allows everything. Pure. */
export function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {};
}

/** The value that a text is as JSON; `undefined` where it is none. Pure. */
export function parsed(text: string): unknown {
  // An error with its stack costs more than all other reading of a short question.
  if (!/^\s*[[{"\-\dtfn]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a reference such as `#/$defs/city` leads to; `undefined` where it leads nowhere. Pure. */
export function referred(root: unknown, path: string): unknown {
  const steps = path
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce(
    (place: unknown, step) => (place as Record<string, unknown> | null | undefined)?.[step],
    root,
  );
}

/** The forms a value may have, without null, and whether it may be null. */
export interface Alternatives {
  readonly options: readonly Schema[];
  readonly allowsNull: boolean;
}

/**
 * A function that gives a schema's alternatives, with references followed and the parts of `allOf` put together. Each
 * schema is read once: what parts share is not read again for each of them, and what refers to itself has an end.
 */
export function alternativesIn(root: Schema): (schema: Schema) => Alternatives {
  const whole = new Map<Schema, Schema>();
  const known = new Map<Schema, Alternatives>();

  function resolved(schema: Schema, depth: number): Schema {
    const { $ref, allOf, ...own } = schema;
    if (typeof $ref !== 'string' && !Array.isArray(allOf)) return schema;
    const before = depth > deepest ? {} : whole.get(schema);
    if (before !== undefined) return before;
    whole.set(schema, {});
    const targets = typeof $ref === 'string' ? [referred(root, $ref)] : [];
    const parts = [...targets, ...(Array.isArray(allOf) ? allOf.slice(0, mostParts) : [])];
    const result = joined([own, ...parts.map((part) => resolved(asSchema(part), depth + 1))]);
    whole.set(schema, result);
    return result;
  }

  return function alternatives(given: Schema): Alternatives {
    const before = known.get(given);
    if (before !== undefined) return before;
    known.set(given, { options: [], allowsNull: false });
    const { anyOf, oneOf, ...base } = resolved(given, 0);
    const many = anyOf ?? oneOf;
    const inner = Array.isArray(many) ? many.slice(0, mostParts).map(asSchema).map(alternatives) : [];
    const all = Array.isArray(many)
      ? inner.flatMap(({ options }) => options.map((option) => joined([base, option])))
      : [base];
    const types = all.map(({ type }) => (Array.isArray(type) ? type : [type]));
    const found = {
      options: all
        .filter(({ const: value }, at) => value !== null && types[at]?.some((name) => name !== 'null'))
        .slice(0, mostParts),
      allowsNull:
        inner.some(({ allowsNull }) => allowsNull) ||
        types.some((names) => names.includes('null')) ||
        all.some(({ const: value, enum: values }) => value === null || isList(values, null)),
    };
    known.set(given, found);
    return found;
  };
}

function isList(values: unknown, member: unknown): boolean {
  return Array.isArray(values) && values.includes(member);
}

/** What all parts say as one schema. */
function joined(parts: readonly Schema[]): Schema {
  const [first = {}, second] = parts.filter((part) => Object.keys(part).length > 0);
  if (second === undefined) return first;
  const properties = Object.assign({}, ...parts.map((part) => part.properties));
  const required = new Set(parts.flatMap((part) => (Array.isArray(part.required) ? part.required : [])));
  return {
    ...Object.assign({}, ...parts),
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.size > 0 && { required: [...required] }),
  };
}

/** The schemas of a tuple's places, as JSON Schema has them since 2020 or before; none of a list of any length. Pure. */
export function placesOf({ prefixItems, items }: Schema): readonly Schema[] {
  if (Array.isArray(prefixItems)) return prefixItems.map(asSchema);
  return Array.isArray(items) ? items.map(asSchema) : [];
}

/** The schema's type, its `null` aside; from its other members where it names none. Pure. */
export function typeOf(schema: Schema): string {
  const { type, properties, items, prefixItems, enum: values } = schema;
  const name = Array.isArray(type) ? type.find((one) => one !== 'null') : type;
  if (typeof name === 'string') return name;
  if (properties !== undefined || schema.required !== undefined || schema.minProperties !== undefined)
    return 'object';
  if (items !== undefined || prefixItems !== undefined) return 'array';
  return values !== undefined ? 'enum' : 'string';
}
