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
 * @throws LibError of kind `request` for a JSON Schema that cannot be checked: nothing may run on unchecked input;
 *   of kind `file` for a JSON Schema without zod, which is an optional package
 */
export async function schemaChecker(schema: AnySchema, owner: string): Promise<StandardSchemaV1> {
  if (isStandardSchema(schema)) return schema;
  const { fromJSONSchema } = await import('zod').catch(notInstalled('zod', `The JSON Schema of ${owner}`));
  try {
    return fromJSONSchema(schema as Parameters<typeof fromJSONSchema>[0]);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LibError(`${owner} has a JSON Schema that cannot be checked: ${reason}`, {
      kind: 'request',
      hint: 'Leave that keyword out and check it in `run`, or pass a schema of zod instead.',
      cause,
    });
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
