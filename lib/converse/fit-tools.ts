import type { Tool, ToolConfiguration } from '@aws-sdk/client-bedrock-runtime';
import { findFamily, schemaRuleOf, takesStrictTools, toolChoicesOf } from 'bedrock-models';
import type { NoteRepair } from './types.ts';

/**
 * The tools that a call offers, in the form that the model takes: their descriptions, their schemas, and how the model
 * is made to call one. Pure.
 */
export function fitTools(given: ToolConfiguration, modelId: string, note: NoteRepair): ToolConfiguration {
  const { tools = [], toolChoice } = given;
  const fitted = tools.map((tool) => fitTool(tool, modelId, note));
  const isSame = fitted.every((tool, index) => tool === tools[index]);
  const changed = fitChoice({ ...given, tools: isSame ? tools : fitted }, modelId, note);
  return isSame && changed.toolChoice === toolChoice && changed.tools === tools ? given : changed;
}

function fitTool(tool: Tool, modelId: string, note: NoteRepair): Tool {
  if (tool.toolSpec === undefined) return tool;
  const toolSpec = withStrictness(tool.toolSpec, modelId, note);
  const { name = '', description, inputSchema, ...rest } = toolSpec;
  const { schema, changes, remarks } = fitSchema(inputSchema?.json, modelId);
  const isBlank = description !== undefined && description.trim() === '';
  if (changes.length === 0 && remarks.length === 0 && !isBlank && schema === inputSchema?.json)
    return toolSpec === tool.toolSpec ? tool : { toolSpec };
  if (changes.length > 0)
    note(
      'tool-schema-fitted',
      `The schema of the tool ${name} was fitted to the model: ${changes.join('; ')}.`,
    );
  if (isBlank) note('blank-text-dropped', `The blank description of the tool ${name} was left out.`);
  const words = [...(isBlank || description === undefined ? [] : [description]), ...remarks].join('\n');
  return {
    toolSpec: {
      name,
      ...rest,
      ...(words !== '' && { description: words }),
      inputSchema: { json: schema as NonNullable<typeof inputSchema>['json'] & object },
    },
  };
}

/** A tool is strict where the model has that, and its schema can be kept to the letter. */
function withStrictness(spec: Tool.ToolSpecMember['toolSpec'], modelId: string, note: NoteRepair) {
  if (spec.strict === undefined) return spec;
  const isTaken =
    takesStrictTools(modelId) &&
    (!spec.strict || findFamily(modelId) !== 'claude-messages' || isClosed(spec.inputSchema?.json));
  if (isTaken) return spec;
  note(
    'tool-schema-fitted',
    `The tool ${spec.name} is not strict: the model has none, or its schema is open.`,
  );
  const { strict: _, ...rest } = spec;
  return rest;
}

/** Whether each object of a schema lists all its members, and nothing in it has bounds. Pure. */
function isClosed(part: unknown): boolean {
  if (Array.isArray(part)) return part.every(isClosed);
  if (typeof part !== 'object' || part === null) return true;
  const { type, additionalProperties, enum: _, const: __, ...rest } = part as Json;
  if ([type].flat().includes('object') && additionalProperties !== false) return false;
  return Object.entries(rest).every(([key, value]) =>
    named.has(key) ? Object.values(value as object).every(isClosed) : !bounds.has(key) && isClosed(value),
  );
}

/** Keywords whose members are names of the caller's. */
const named = new Set(['properties', '$defs', 'definitions']);

/** Keywords that Claude does not keep to the letter. */
const bounds = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minItems', 'maxItems'],
]);

/** A choice that the model cannot be given becomes the nearest one: that tool alone, or any. */
function fitChoice(config: ToolConfiguration, modelId: string, note: NoteRepair): ToolConfiguration {
  const { toolChoice, tools = [] } = config;
  const kinds = toolChoicesOf(modelId);
  const { toolChoice: _, ...free } = config;
  if (toolChoice?.tool !== undefined && !kinds.includes('tool')) {
    const { name } = toolChoice.tool;
    note('tool-choice-changed', `This model cannot be made to call one tool; only ${name} was offered.`);
    const only = tools.filter(({ toolSpec, systemTool }) => (toolSpec ?? systemTool)?.name === name);
    return {
      ...free,
      tools: only.length > 0 ? only : tools,
      ...(kinds.includes('any') && { toolChoice: { any: {} } }),
    };
  }
  if (toolChoice?.any !== undefined && !kinds.includes('any')) {
    note('tool-choice-changed', 'This model cannot be made to call a tool; it may choose.');
    return free;
  }
  return config;
}

type Json = Readonly<Record<string, unknown>>;

/** A schema as the model takes it. */
export interface FittedSchema {
  readonly schema: Json;
  /** What was changed, in a few words each. Empty: nothing. */
  readonly changes: readonly string[];
  /** What the schema no longer says and the model ought to know: it goes into the tool's description. */
  readonly remarks: readonly string[];
}

/** Nodes of a schema that is written out: parts that refer to each other can grow without end. */
const mostNodes = 5_000;

/**
 * A tool's schema in the form that the model's family takes: an object at the top, without a union there, without what
 * the family refuses, in today's draft. What it can no longer say in members is said in words. Pure.
 */
export function fitSchema(given: unknown, modelId: string): FittedSchema {
  const rule = schemaRuleOf(modelId);
  const changes = new Set<string>();
  const remarks: string[] = [];
  let schema: Json = isObject(given) ? given : {};
  if (!isObject(given)) changes.add('it was no object');
  const root = schema;

  if (rule.isDraft2020) schema = toDraft2020(schema, changes) as Json;
  if (typeof schema.$ref === 'string') {
    schema = { ...without(schema, ['$ref']), ...flatten(resolve(schema.$ref, schema) ?? {}, root) };
    changes.add('the reference at the top was written out');
  }
  const united = uniteTop(schema, changes, remarks);
  schema =
    rule.inline || united.isChanged ? inlined(united.schema, root, rule.inline, changes) : united.schema;
  if (schema.type !== 'object') {
    schema = { ...schema, type: 'object' };
    changes.add('its type was set to object');
  }
  if (rule.topMembers === undefined) {
    const { $schema, ...rest } = schema;
    return { schema: $schema === undefined ? schema : rest, changes: [...changes], remarks };
  }
  if (!isObject(schema.properties)) schema = { ...schema, properties: {} };
  const extra = Object.keys(schema).filter((name) => !rule.topMembers?.includes(name));
  if (extra.length > 0) changes.add(`left out at the top: ${extra.join(', ')}`);
  if (typeof schema.description === 'string') remarks.push(schema.description);
  if (extra.some((name) => conditions.includes(name)))
    remarks.push(
      `The input must also fit: ${JSON.stringify(Object.fromEntries(extra.filter((name) => conditions.includes(name)).map((name) => [name, schema[name]])))}`,
    );
  return { schema: extra.length === 0 ? schema : without(schema, extra), changes: [...changes], remarks };
}

/** Members at the top that say more of the input than which members it has. */
const conditions = ['not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas', 'minProperties'];

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function without(schema: Json, names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !names.includes(name)));
}

/** What `#/$defs/Name` stands for in a schema. */
function resolve(reference: string, root: Json): Json | undefined {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let found: unknown = root;
  for (const step of reference.slice(2).split('/')) {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isObject(found) || Array.isArray(found) ? (found as Json)[name] : undefined;
  }
  return isObject(found) ? found : undefined;
}

/** A schema that may be no more than a reference, as what it refers to. */
function flatten(schema: Json, root: Json, depth = 0): Json {
  if (typeof schema.$ref !== 'string' || depth > 20) return schema;
  return { ...flatten(resolve(schema.$ref, root) ?? {}, root, depth + 1), ...without(schema, ['$ref']) };
}

/** The members of a union at the top become members of one object; which go together is said in words. */
function uniteTop(schema: Json, changes: Set<string>, remarks: string[]) {
  const kinds = (['anyOf', 'oneOf', 'allOf'] as const).filter((kind) => Array.isArray(schema[kind]));
  if (kinds.length === 0) return { schema, isChanged: false };
  let united = without(schema, kinds);
  for (const kind of kinds) {
    const branches = (schema[kind] as readonly unknown[]).map(
      (branch) => uniteTop(flatten(isObject(branch) ? branch : {}, schema), changes, remarks).schema,
    );
    united = unite(united, branches, kind === 'allOf');
    changes.add(`${kind} at the top became one object`);
    if (kind !== 'allOf')
      remarks.push(`The input has one of these forms: ${branches.map(formOf).join('; or ')}.`);
  }
  return { schema: united, isChanged: true };
}

function unite(base: Json, branches: readonly Json[], isAll: boolean): Json {
  const properties: Record<string, unknown> = { ...propertiesOf(base) };
  for (const branch of branches)
    for (const [name, property] of Object.entries(propertiesOf(branch)))
      properties[name] = name in properties ? either(properties[name], property) : property;
  const inBranches = branches.map(requiredOf);
  const shared = isAll
    ? inBranches.flat()
    : (inBranches[0] ?? []).filter((name) => inBranches.every((names) => names.includes(name)));
  const required = [...new Set([...requiredOf(base), ...shared])];
  return { ...base, type: 'object', properties, ...(required.length > 0 && { required }) };
}

function propertiesOf({ properties }: Json): Json {
  return isObject(properties) ? properties : {};
}

function requiredOf({ required }: Json): readonly string[] {
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
}

/** One of two schemas for the same member: two sets of constants become one, the same stays itself. */
function either(first: unknown, second: unknown): unknown {
  const values = [first, second].map((schema) => (isObject(schema) ? constantsOf(schema) : undefined));
  const [left, right] = values;
  if (left !== undefined && right !== undefined) {
    const { const: _, ...rest } = first as Json;
    return { ...rest, enum: [...new Set([...left, ...right])] };
  }
  if (JSON.stringify(first) === JSON.stringify(second)) return first;
  const branches = isObject(first) && Array.isArray(first.anyOf) ? first.anyOf : [first];
  return { anyOf: [...branches, second] };
}

function constantsOf(schema: Json): readonly unknown[] | undefined {
  if ('const' in schema) return [schema.const];
  return Array.isArray(schema.enum) ? schema.enum : undefined;
}

/** `kind "a" with url (and title)`: a branch's constants, what it needs, and what it may have. */
function formOf(branch: Json): string {
  const properties = propertiesOf(branch);
  const required = requiredOf(branch);
  const shown = (name: string) => {
    const values = isObject(properties[name]) ? constantsOf(properties[name]) : undefined;
    return values === undefined ? name : `${name} ${values.map((value) => JSON.stringify(value)).join('/')}`;
  };
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  const needs = required.length === 0 ? 'no certain member' : required.map(shown).join(', ');
  return optional.length === 0 ? needs : `${needs} (and perhaps ${optional.map(shown).join(', ')})`;
}

/** The schema with its references written out; one that leads back into itself ends as its type. */
function inlined(schema: Json, root: Json, isDropped: boolean, changes: Set<string>): Json {
  let nodes = 0;
  const write = (value: unknown, open: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((member) => write(member, open));
    if (!isObject(value)) return value;
    nodes += 1;
    const { $ref: reference } = value;
    const rest = Object.fromEntries(
      Object.entries(value).flatMap(([name, member]) =>
        name === '$ref' && typeof member === 'string' ? [] : [[name, write(member, open)]],
      ),
    );
    if (typeof reference !== 'string') return rest;
    const found = resolve(reference, root);
    changes.add('references were written out');
    if (found === undefined || open.includes(reference) || nodes > mostNodes) {
      changes.add('a part that refers to itself, or to nothing here, was cut');
      const name = reference.split('/').at(-1);
      return {
        ...(found?.type !== undefined && { type: found.type }),
        description: found === undefined ? `${name}` : `As ${name} above.`,
        ...rest,
      };
    }
    return { ...(write(found, [...open, reference]) as Json), ...rest };
  };
  if (!isDropped || !JSON.stringify(schema).includes('"$ref"')) {
    const hasDefinitions = isDropped && ('$defs' in schema || 'definitions' in schema);
    if (hasDefinitions) changes.add('definitions that nothing refers to were left out');
    return hasDefinitions ? without(schema, ['$defs', 'definitions']) : schema;
  }
  return write(without(schema, ['$defs', 'definitions']), []) as Json;
}

/** What earlier drafts wrote otherwise: tuples, exclusive limits, a member that is itself required. */
function toDraft2020(value: unknown, changes: Set<string>): unknown {
  if (Array.isArray(value)) return mapSame(value, (member) => toDraft2020(member, changes));
  if (!isObject(value)) return value;
  let schema: Json = mapMembers(value, (member) => toDraft2020(member, changes));
  const change = (members: Json, leftOut: readonly string[]) => {
    schema = { ...without(schema, leftOut), ...members };
    changes.add('it was put into draft 2020-12');
  };
  if (Array.isArray(schema.items)) {
    const { items, additionalItems } = schema;
    change({ prefixItems: items, ...(additionalItems !== undefined && { items: additionalItems }) }, [
      'items',
      'additionalItems',
    ]);
  }
  for (const [exclusive, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof schema[exclusive] !== 'boolean') continue;
    const isExclusive = schema[exclusive] && typeof schema[limit] === 'number';
    change(isExclusive ? { [exclusive]: schema[limit] } : {}, isExclusive ? [exclusive, limit] : [exclusive]);
  }
  if (isObject(schema.properties)) {
    const itself = Object.entries(schema.properties).filter(
      ([, property]) => isObject(property) && typeof property.required === 'boolean',
    );
    if (itself.length > 0) {
      const names = itself.filter(([, property]) => (property as Json).required).map(([name]) => name);
      const required = [...new Set([...requiredOf(schema), ...names])];
      const properties = Object.fromEntries(
        Object.entries(schema.properties).map(([name, property]) => [
          name,
          isObject(property) && typeof property.required === 'boolean'
            ? without(property, ['required'])
            : property,
        ]),
      );
      change({ properties, ...(required.length > 0 && { required }) }, []);
    }
  }
  return schema;
}

function mapSame(list: readonly unknown[], map: (member: unknown) => unknown): readonly unknown[] {
  const mapped = list.map(map);
  return mapped.every((member, index) => member === list[index]) ? list : mapped;
}

function mapMembers(value: Json, map: (member: unknown) => unknown): Json {
  let isSame = true;
  const entries = Object.entries(value).map(([name, member]) => {
    // What a member may be worth is no schema.
    const mapped = ['const', 'enum', 'default', 'examples', 'example'].includes(name) ? member : map(member);
    isSame &&= mapped === member;
    return [name, mapped];
  });
  return isSame ? value : Object.fromEntries(entries);
}
