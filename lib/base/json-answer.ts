import type { StandardSchemaV1 } from '@standard-schema/spec';
import { checkValue } from './schema.ts';

/** What was made of an answer: its value, or what is wrong with it, in words that the model can act on. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** A model's answer as JSON that fits a schema, or what is wrong with it. */
export async function readJson<S extends StandardSchemaV1>(
  answer: string,
  schema: S,
): Promise<Reading<StandardSchemaV1.InferOutput<S>>> {
  const parsed = parse(answer);
  if (parsed === undefined) return { problem: 'it is not JSON alone' };
  const checked = await checkValue(schema, parsed.json);
  return 'problem' in checked ? { problem: `it does not fit the schema: ${checked.problem}` } : checked;
}

/** The JSON in an answer: all of it, what a code fence holds, or what stands between the outermost brackets. */
function parse(answer: string): { json: unknown } | undefined {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)```/i.exec(answer)?.[1];
  for (const candidate of [answer, fenced, between(answer, '{', '}'), between(answer, '[', ']')]) {
    if (candidate === undefined) continue;
    try {
      return { json: JSON.parse(candidate) };
    } catch {
      // The next candidate may be it.
    }
  }
  return undefined;
}

function between(text: string, open: string, close: string): string | undefined {
  const start = text.indexOf(open);
  const end = text.lastIndexOf(close);
  return start >= 0 && end > start ? text.slice(start, end + 1) : undefined;
}
