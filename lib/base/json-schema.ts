import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { LibError } from './errors.ts';

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
