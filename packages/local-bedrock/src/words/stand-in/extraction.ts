import { lastFenced } from './answer-form.ts';
import { fill } from './json/fill.ts';
import { asSchema, type Schema, typeOf } from './json/schema.ts';
import { readShape } from './json/shape.ts';
import type { Question } from './question.ts';

/**
 * JSON from a text: by the request's own JSON Schema, by one in the prompt, by an example object or by a list of keys.
 * Each field is looked for by its name, its description and its format; what the text does not give is left out where
 * the schema allows that. A small model talks around its JSON and forgets a field, unless the request's schema forces
 * it.
 */
export function extraction(question: Question): string | undefined {
  const { answerSchema, prompt, system, strength } = question;
  if (answerSchema !== undefined) {
    const text = textOf(prompt, '');
    return JSON.stringify(filledValue(asSchema(answerSchema), text, question.seed(), prompt));
  }
  const data = lastFenced(prompt);
  const frame = data === undefined ? prompt : prompt.slice(0, data.start) + prompt.slice(data.end);
  const shape = readShape(frame) ?? readShape(system);
  if (shape === undefined) return undefined;
  const isShort = !shape.isSchema && Object.keys(shape.schema.properties ?? {}).length < 2;
  if (isShort && !/\bextract|\bfind\b|\bpull out\b|\bidentify\b/i.test(`${system}\n${frame}`))
    return undefined;
  const text = data?.text ?? textOf(frame, shape.source);
  const seed = question.seed();
  const value = filledValue(shape.schema, text, seed, text);
  if (strength === 'capable') return JSON.stringify(value, null, /\bpretty|\bindent/i.test(frame) ? 2 : 0);
  return `Here is the JSON:\n\`\`\`json\n${JSON.stringify(forgetful(value, seed), null, 2)}\n\`\`\`\nLet me know if you need anything else.`;
}

/** A schema of another kind than an object has a value of its own. */
function filledValue(schema: Schema, text: string, seed: number, fallback: string): unknown {
  const value = fill(schema, { text, seed, whenMissing: 'placeholder' });
  if (value !== undefined) return value;
  return (
    { object: {}, array: [], integer: 0, number: 0, boolean: false }[typeOf(schema)] ?? fallback.slice(0, 200)
  );
}

function forgetful(value: unknown, seed: number): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  return entries.length < 3
    ? value
    : Object.fromEntries(entries.filter((_, index) => index !== seed % entries.length));
}

/** The text a prompt is about, where no tags say so: what is quoted, what follows a colon, or the rest of the prompt. */
function textOf(prompt: string, shape: string): string {
  const fenced = lastFenced(prompt)?.text;
  if (fenced !== undefined) return fenced;
  const rest = shape === '' ? prompt : prompt.split(shape).join('\n');
  const quoted = [...rest.matchAll(/"([^"\n]{12,})"|“([^”]{12,})”/g)]
    .map((match) => match[1] ?? match[2] ?? '')
    .at(-1);
  if (quoted !== undefined) return quoted;
  const named =
    /(?:^|\n)\s*(?:text|message|e-?mail|review|input|document|ticket|note|article|letter|order)\s*:\s*([\s\S]+)$/i.exec(
      rest,
    )?.[1];
  if (named !== undefined) return named.trim();
  const paragraphs = rest.split(/\n\s*\n/).filter((part) => part.trim() !== '');
  const asking = /\bjson\b|\bextract\b|\bschema\b|\breturn\b|\banswer with\b|\bfields?\b|\bkeys?\b/i;
  const own = paragraphs.filter((part) => !asking.test(part));
  if (own.length > 0) return own.join('\n');
  const afterColon = /:\s*([^:{}]{12,})$/s.exec(rest)?.[1];
  return (afterColon ?? rest).trim();
}
