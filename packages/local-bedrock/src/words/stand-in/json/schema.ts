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
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly items?: Schema | readonly Schema[] | boolean;
  /** A tuple: a schema for each place. */
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** How deep references and nested objects are followed; beyond it a schema describes itself. */
export const deepest = 12;

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

/** The schema with its reference followed and its `allOf` parts put together. Pure. */
export function resolved(schema: Schema, root: Schema, depth = 0): Schema {
  if (depth > deepest) return {};
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.split('/').at(-1) ?? '';
    const target = root.$defs?.[name] ?? root.definitions?.[name];
    return target === undefined ? {} : resolved(asSchema(target), root, depth + 1);
  }
  if (!Array.isArray(schema.allOf)) return schema;
  const { allOf, ...own } = schema;
  const parts = [own, ...allOf.map((part) => resolved(asSchema(part), root, depth + 1))];
  const properties = Object.assign({}, ...parts.map((part) => part.properties));
  return Object.assign({}, ...parts, Object.keys(properties).length === 0 ? {} : { properties });
}

/** The alternatives of a schema without null, and whether null is among them. Pure. */
export function alternatives(given: Schema, root: Schema): { options: Schema[]; allowsNull: boolean } {
  const schema = resolved(given, root);
  const many = schema.anyOf ?? schema.oneOf;
  const all = Array.isArray(many) ? many.map((part) => resolved(asSchema(part), root)) : [schema];
  const types = all.map(({ type }) => (Array.isArray(type) ? type : [type]));
  const allowsNull =
    types.some((names) => names.includes('null')) || all.some(({ const: value }) => value === null);
  return { options: all.filter((_, index) => types[index]?.some((name) => name !== 'null')), allowsNull };
}

/** The schemas of a tuple's places, as JSON Schema has them since 2020 or before; none of a list of any length. Pure. */
export function placesOf({ prefixItems, items }: Schema): readonly Schema[] {
  if (Array.isArray(prefixItems)) return prefixItems.map(asSchema);
  return Array.isArray(items) ? items.map(asSchema) : [];
}

/** The schema's type, its `null` aside; from its other members where it names none. Pure. */
export function typeOf({ type, properties, items, prefixItems, enum: values }: Schema): string {
  const name = Array.isArray(type) ? type.find((one) => one !== 'null') : type;
  if (typeof name === 'string') return name;
  if (properties !== undefined) return 'object';
  if (items !== undefined || prefixItems !== undefined) return 'array';
  return values !== undefined ? 'enum' : 'string';
}
