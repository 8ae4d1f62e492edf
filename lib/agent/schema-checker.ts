import type { StandardSchemaV1 } from '@standard-schema/spec';
import { LibError } from '../base/errors.ts';
import { notInstalled } from '../base/not-installed.ts';
import { isStandardSchema, type ToolSchema } from './tool.ts';

/**
 * A schema that can check values: a Standard Schema as it is; JSON Schema by zod, which is loaded then.
 *
 * @param owner whose schema it is, for the error: `The tool weather`
 * @throws LibError of kind `request` for a JSON Schema that cannot be checked: nothing may run on unchecked input;
 *   of kind `file` for a JSON Schema without zod, which is an optional package
 */
export async function schemaChecker(schema: ToolSchema, owner: string): Promise<StandardSchemaV1> {
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
export async function checkValue(
  schema: StandardSchemaV1,
  value: unknown,
): Promise<{ readonly value: unknown } | { readonly problem: string }> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return { value: result.value };
  return { problem: result.issues.map(describeIssue).join('; ') };
}

/** `items.0.price: Expected number`. Pure. */
function describeIssue({ message, path = [] }: StandardSchemaV1.Issue): string {
  const place = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.');
  return place === '' ? message : `${place}: ${message}`;
}
