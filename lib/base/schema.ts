import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { LibError } from './errors.ts';
import { notInstalled } from './not-installed.ts';

/**
 * A schema as JSON Schema (draft 2020-12), written by its own library: what a value must look like before the
 * library's conversions. Without `$schema`, which tells a model nothing.
 *
 * @throws LibError of kind `request` when the library cannot write it, or this schema has no JSON form
 * @see https://standardschema.dev/json-schema
 */
export function jsonSchemaOf(schema: StandardSchemaV1): Record<string, unknown> {
  const standard = schema['~standard'] as StandardSchemaV1.Props & Partial<StandardJSONSchemaV1.Props>;
  try {
    const { $schema: _, ...shape } = standard.jsonSchema?.input({ target: 'draft-2020-12' }) ?? {};
    if (Object.keys(shape).length > 0) return shape;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw fault(`${standard.vendor} cannot write this schema as JSON Schema: ${reason}`, cause);
  }
  throw fault(
    `A schema of ${standard.vendor} does not say how it looks as JSON Schema`,
    undefined,
    remedies[standard.vendor],
  );
}

/** How a library's schema learns to say it. */
const remedies: Readonly<Record<string, string>> = {
  valibot:
    'Wrap it: toStandardJsonSchema(schema) of @valibot/to-json-schema (npm install @valibot/to-json-schema).',
};

function fault(message: string, cause?: unknown, hint?: string): LibError {
  return new LibError(message, {
    kind: 'request',
    hint: hint ?? 'Pass the shape that the model should see as jsonSchema, beside the schema that checks it.',
    cause,
  });
}

/** A schema of zod, Valibot, ArkType or any other Standard Schema, or a JSON Schema. */
export type AnySchema = StandardSchemaV1 | Readonly<Record<string, unknown>>;

/** Whether it is a schema of a library that checks by itself, and not JSON Schema. Pure. */
export function isStandardSchema(schema: AnySchema): schema is StandardSchemaV1 {
  return '~standard' in schema;
}

/**
 * A schema that can check values: a Standard Schema as it is; JSON Schema by zod, which is loaded then.
 *
 * @param owner whose schema it is, for the error: `The tool weather`
 * Conditions of a JSON Schema that zod has no form for (`not`, `if`, `dependentRequired`) are left unchecked, and told
 * as a warning of the process: the model sees them all the same.
 *
 * @throws LibError of kind `request` for a JSON Schema of which nothing can be checked;
 *   of kind `file` for a JSON Schema without zod, which is an optional package
 */
export async function schemaChecker(schema: AnySchema, owner: string): Promise<StandardSchemaV1> {
  if (isStandardSchema(schema)) return schema;
  const { fromJSONSchema } = await import('zod').catch(notInstalled('zod', `The JSON Schema of ${owner}`));
  const read = (shape: object) => fromJSONSchema(shape as Parameters<typeof fromJSONSchema>[0]);
  try {
    return read(schema);
  } catch (cause) {
    const unchecked = new Set<string>();
    const rest = withoutUncheckable(schema, unchecked) as object;
    if (unchecked.size === 0) throw cannotBeChecked(owner, cause);
    try {
      const checker = read(rest);
      const keywords = [...unchecked].join(', ');
      process.emitWarning(
        `${owner}: of its JSON Schema, ${keywords} cannot be checked here. Check it where the value is used.`,
        'LibWarning',
      );
      return checker;
    } catch (still) {
      throw cannotBeChecked(owner, still);
    }
  }
}

function cannotBeChecked(owner: string, cause: unknown): LibError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LibError(`${owner} has a JSON Schema that cannot be checked: ${reason}`, {
    kind: 'request',
    hint: 'Leave that keyword out and check it in `run`, or pass a schema of zod instead.',
    cause,
  });
}

/** Conditions that zod has no form for. */
const uncheckable = ['not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas'];

/**
 * The schema without the conditions that cannot be checked: what is left is checked all the same. Pure, but for what it
 * adds to the list.
 */
function withoutUncheckable(schema: unknown, unchecked: Set<string>): unknown {
  if (Array.isArray(schema)) return schema.map((member) => withoutUncheckable(member, unchecked));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([name, member]) => {
      const isOut =
        (uncheckable.includes(name) && (typeof member === 'object' || typeof member === 'boolean')) ||
        (name === 'pattern' && typeof member === 'string' && !isPattern(member));
      if (isOut) unchecked.add(name);
      if (isOut) return [];
      // The members of `properties` have names, and are no keywords.
      const named = name === 'properties' && typeof member === 'object' && member !== null;
      const inner = named
        ? Object.fromEntries(
            Object.entries(member).map(([key, value]) => [key, withoutUncheckable(value, unchecked)]),
          )
        : withoutUncheckable(member, unchecked);
      return [[name, inner]];
    }),
  );
}

function isPattern(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}

/** What a value is by a schema, or what is wrong with it, as a sentence for the model. */
export async function checkValue<S extends StandardSchemaV1>(
  schema: S,
  value: unknown,
): Promise<{ readonly value: StandardSchemaV1.InferOutput<S> } | { readonly problem: string }> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return { value: result.value };
  return { problem: result.issues.map(describeIssue).join('; ') };
}

/** `items.0.price: Expected number`. Pure. */
function describeIssue({ message, path = [] }: StandardSchemaV1.Issue): string {
  const place = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.');
  return place === '' ? message : `${place}: ${message}`;
}
