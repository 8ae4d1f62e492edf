import type { StandardSchemaV1 } from '@standard-schema/spec';
import { checkValue } from './schema.ts';

/** What was made of an answer: its value, or what is wrong with it, in words that the model can act on. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/**
 * A model's answer as JSON that fits a schema, or what is wrong with it. Words around the JSON, thoughts in front of it,
 * and other objects in them do no harm: of several, the last one that fits is the answer.
 */
export async function readJson<S extends StandardSchemaV1>(
  answer: string,
  schema: S,
): Promise<Reading<StandardSchemaV1.InferOutput<S>>> {
  let problem: string | undefined;
  for (const candidate of candidates(answer)) {
    const parsed = parse(candidate);
    if (parsed === undefined) continue;
    const checked = await checkValue(schema, parsed.json);
    if (!('problem' in checked)) return checked;
    // Of what does not fit, the likeliest one is told.
    problem ??= checked.problem;
  }
  return {
    problem: problem === undefined ? 'it is not JSON alone' : `it does not fit the schema: ${problem}`,
  };
}

/** Where the JSON may be, the likeliest first: all of it, what code fences hold, and each part in brackets. */
function* candidates(answer: string): Generator<string> {
  const said = answer.replace(/^\s*<(thinking|reasoning)>[\s\S]*?<\/\1>/i, '');
  yield said;
  const fences = [...said.matchAll(/```(?:json)?\s*\n([\s\S]*?)```/gi)].map(([, inside = '']) => inside);
  yield* fences.reverse();
  yield* parts(said).reverse();
}

/** The outermost parts in brackets that close, strings in them taken as one. */
function parts(text: string): string[] {
  const found: string[] = [];
  let unclosed = 0;
  for (let start = nextBracket(text, 0); start >= 0; ) {
    const end = endOf(text, start);
    if (end !== undefined) found.push(text.slice(start, end));
    start = nextBracket(text, end ?? start + 1);
    // Brackets that never close would be looked through again and again.
    if (end === undefined && ++unclosed > 50) break;
  }
  return found;
}

function nextBracket(text: string, from: number): number {
  const offset = text.slice(from).search(/[{[]/);
  return offset < 0 ? -1 : from + offset;
}

/** Where the part ends that begins with this bracket; `undefined`: it does not. */
function endOf(text: string, start: number): number | undefined {
  let depth = 0;
  let isInText = false;
  for (let index = start; index < text.length; index++) {
    const character = text.charAt(index);
    if (isInText) {
      if (character === '\\') index++;
      else if (character === '"') isInText = false;
    } else if (character === '"') isInText = true;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return index + 1;
  }
  return undefined;
}

function parse(text: string): { json: unknown } | undefined {
  for (const candidate of [text, withEscapes(text)]) {
    try {
      return { json: JSON.parse(candidate) };
    } catch {
      // The next one may be it.
    }
  }
  return undefined;
}

/** Some models break a line within a value, which JSON writes as `\\n`. */
function withEscapes(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return text.replace(/"(?:[^"\\]|\\.)*"/gs, (value) =>
    value.replace(/[\n\r\t]/g, (mark) => escapes[mark] ?? mark),
  );
}
