import { isObject } from '../../shapes/body-schema.ts';
import { asSchema, parsed, type Schema } from '../../shapes/json-schema.ts';
import { lastFenced } from './answer-form.ts';
import { fill } from './json/fill.ts';
import type { Question } from './question.ts';
import { sentencesOf } from './words.ts';

/**
 * JSON from a text by a JSON Schema, the request's own or one in the prompt, or by an example. Each field is looked for
 * by its name, its description and its format; what the text does not give is left out where the schema allows that.
 */
export function extraction(question: Question): string | undefined {
  const { answerSchema, prompt, system, seed } = question;
  const data = lastFenced(prompt);
  const shown = shownTask(prompt);
  if (shown !== undefined && answerSchema === undefined) return filled(shown.schema, shown.text, seed());
  const isOpen = isObject(answerSchema) && Object.keys(answerSchema).join() === 'type';
  if (answerSchema !== undefined && !isOpen)
    return filled(answerSchema, data?.text ?? textOf(prompt, ''), seed());
  const frame = data === undefined ? prompt : prompt.slice(0, data.start) + prompt.slice(data.end);
  const named = isOpen
    ? (ofKeys(frame) ?? ofKeys(system) ?? { schema: { type: 'object' }, source: '' })
    : undefined;
  const shape = readSchema(frame) ?? readSchema(system) ?? named;
  if (shape === undefined) return undefined;
  const text = data?.text ?? textOf(frame, shape.source);
  return filled(shape.schema, text, seed());
}

function filled(schema: unknown, text: string, seed: number): string {
  return JSON.stringify(fill(schema, { text, seed, whenMissing: 'placeholder' }));
}

/** A prompt that shows texts with their JSON, and ends where the next JSON belongs: `Text: … JSON: {…} Text: … JSON:`. */
function shownTask(prompt: string): { schema: Schema; text: string } | undefined {
  const whole = prompt.trimEnd();
  const label = /(?:^|\s)(\w{1,30}:)$/.exec(whole.slice(-32))?.[1];
  const end = whole.lastIndexOf('}') + 1;
  const start = label === undefined ? -1 : whole.lastIndexOf(label, end);
  if (label === undefined || start < 0) return undefined;
  const schema = ofExample(asSchema(parsed(whole.slice(start + label.length, end))));
  const text = whole.slice(end, -label.length).trim();
  return schema.required?.length === 0 ? undefined : { schema, text: text.replace(/^\w{1,30}:\s{1,9}/, '') };
}

const schemaTag = /<(schema|json_schema|json-schema|format|output_format)>([\s\S]*?)<\/\1>/i;
const types = /^(?:object|array|string|number|integer|boolean)$/;

/** The JSON Schema in a prompt, or an example of two members or more, and the part of the prompt that gives it. */
function readSchema(prompt: string): { schema: Schema; source: string } | undefined {
  const braced = prompt.slice(prompt.indexOf('{'), prompt.lastIndexOf('}') + 1);
  for (const source of [schemaTag.exec(prompt)?.[2] ?? '', braced]) {
    const schema = asSchema(parsed(source));
    const { type, properties, $ref } = schema;
    const isSchema =
      typeof type === 'string' ? types.test(type) : typeof properties === 'object' && properties;
    if (isSchema || typeof $ref === 'string') return { schema, source };
    if (Object.keys(schema).length > 1 && /\bjson\b/i.test(prompt))
      return { schema: ofExample(schema), source };
  }
  return undefined;
}

function ofExample(example: object): Schema {
  const properties = Object.entries(example).map(([name, value]) => [name, { type: typeof value }] as const);
  return { type: 'object', properties: Object.fromEntries(properties), required: Object.keys(example) };
}

const keysNamed =
  /\b(?:with|keys?|fields?|members?|properties)\b:?\s+(?:(?:the|an?)\s+)?(?:(?:keys?|fields?|members?|properties)\b:?\s+)?((?:["'`]?\w{1,40}["'`]?(?:,\s?(?:and\s)?|\sand\s)){0,20}["'`]?\w{1,40}["'`]?)/i;

/** Keys that are named in words, such as `JSON with name and age`: of any JSON object, these are wanted. */
function ofKeys(prompt: string): { schema: Schema; source: string } | undefined {
  const source = sentencesOf(prompt).find(
    (sentence) => /\bjson\b/i.test(sentence) && keysNamed.test(sentence),
  );
  if (source === undefined) return undefined;
  const names = keysNamed.exec(source)?.[1] ?? '';
  const keys = names.split(/,\s?and\s|,\s?|\sand\s/).map((name) => name.replaceAll(/["'`]/g, ''));
  const properties = Object.fromEntries(keys.map((key) => [key, { type: typeOfKey(key) }]));
  return { schema: { type: 'object', properties, required: keys }, source };
}

function typeOfKey(key: string): string {
  return /^(?:age|count|number|quantity|total|year)$/i.test(key) ? 'integer' : 'string';
}

const textNames =
  /(?:^|\n)\s*(?:text|message|e-?mail|review|input|document|ticket|note|article|letter|order)\s*:\s*([\s\S]+)$/i;

/** The text a prompt is about, where no tags say so: what is quoted, what follows a colon, or the rest of the prompt. */
function textOf(prompt: string, shape: string): string {
  const rest = shape === '' ? prompt : prompt.split(shape).join('\n');
  const quoted = [...rest.matchAll(/["“]([^"“”\n]{12,})["”]/g)].at(-1)?.[1];
  const named = textNames.exec(rest)?.[1]?.trim();
  if (quoted !== undefined || named !== undefined) return quoted ?? named ?? '';
  const asking = /\bjson\b|\bextract\b|\bschema\b|\breturn\b|\banswer with\b|\bfields?\b|\bkeys?\b/i;
  const own = rest.split(/\n\s*\n/).filter((part) => part.trim() !== '' && !asking.test(part));
  return own.length > 0 ? own.join('\n') : rest.trim();
}
