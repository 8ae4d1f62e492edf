import type { StandardSchemaV1 } from '@standard-schema/spec';
import { cannotHold, numberOf, parseJson } from './exact-json.ts';
import { checkValue } from './schema.ts';

/** What was made of an answer: its value, or what is wrong with it, in words that the model can act on. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/**
 * A model's answer as JSON that fits a schema, or what is wrong with it. Words around the JSON, thoughts in front of it,
 * other objects in them, comments, and a list, a text or one more object around it do no harm: of several, the last one
 * that fits is the answer. A number that cannot be held exactly is a problem, as in a tool's input.
 */
export async function readJson<S extends StandardSchemaV1>(
  answer: string,
  schema: S,
): Promise<Reading<StandardSchemaV1.InferOutput<S>>> {
  let problem: string | undefined;
  let tooLarge: readonly string[] = [];
  for (const candidate of candidates(answer)) {
    for (const layer of layers(parse(candidate))) {
      if (layer.tooLarge.length > 0) {
        tooLarge = layer.tooLarge;
        continue;
      }
      const checked = await checkValue(schema, layer.json);
      if (!('problem' in checked)) return checked;
      // Of what does not fit, the likeliest one is told.
      problem ??= `it does not fit the schema: ${checked.problem}`;
    }
  }
  if (tooLarge.length > 0)
    return { problem: `it has ${cannotHold(tooLarge)}. Write its digits as a text if the schema takes one` };
  return { problem: problem ?? 'it is not JSON alone' };
}

/** Where the JSON may be, the likeliest first: all of it, what code fences hold, and each part in brackets. */
function* candidates(answer: string): Generator<string> {
  const said = answer.replace(/^\s*<(thinking|reasoning)>[\s\S]*?<\/\1>/i, '');
  yield said;
  const fences = [...said.matchAll(/```(?:json)?[^\S\n]*\n([\s\S]*?)```/gi)].map(([, inside = '']) => inside);
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

interface Parsed {
  readonly json: unknown;
  /** Numbers that no double holds. With one of them, `json` is not whole. */
  readonly tooLarge: readonly string[];
}

function parse(text: string): Parsed | undefined {
  const escaped = withEscapes(text);
  for (const candidate of [text, escaped, plain(escaped)]) {
    const tooLarge: string[] = [];
    const read = (source: string) => {
      const number = numberOf(source);
      if (number === undefined) tooLarge.push(source);
      return number;
    };
    try {
      return { json: parseJson(candidate, read), tooLarge };
    } catch {
      // The next one may be it.
    }
  }
  return undefined;
}

/** What is there, and what it holds: some models put a list, a name, or a text's quotes around the object. */
function* layers(parsed: Parsed | undefined, deepest = 3): Generator<Parsed> {
  if (parsed === undefined || deepest === 0) return;
  yield parsed;
  const { json, tooLarge } = parsed;
  if (typeof json === 'string') {
    const inner = parse(json);
    if (isObject(inner?.json)) yield* layers(inner, deepest - 1);
    return;
  }
  const [member, ...more] = isObject(json) ? Object.values(json) : [];
  const isWrapped = more.length === 0 && (isObject(member) || typeof member === 'string');
  if (isWrapped) yield* layers({ json: member, tooLarge }, deepest - 1);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Without what JSON does not have, and programs' own forms of it do: comments, and a comma behind the last member. */
function plain(text: string): string {
  return text
    .replace(/("(?:[^"\\]|\\.?)*"?)|\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/gs, '$1')
    .replace(/("(?:[^"\\]|\\.?)*"?)|,(?=\s*[}\]])/gs, '$1');
}

/** Some models break a line within a value, which JSON writes as `\\n`. */
function withEscapes(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return text.replace(/"(?:[^"\\]|\\.?)*"?/gs, (value) =>
    value.replace(/[\n\r\t]/g, (mark) => escapes[mark] ?? mark),
  );
}
