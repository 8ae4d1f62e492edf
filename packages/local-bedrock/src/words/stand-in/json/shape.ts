import { asSchema, type Schema } from './schema.ts';

/** The shape of the JSON that a prompt asks for. */
interface WantedShape {
  readonly schema: Schema;
  /** It is a JSON Schema, not an example. */
  readonly isSchema: boolean;
  /** The part of the prompt that gives it. */
  readonly source: string;
}

const schemaTag = /<(schema|json_schema|json-schema|format|output_format)>([\s\S]*?)<\/\1>/i;
const keyList =
  /\b(?:keys?|fields?|properties|attributes)\b[^:.\n]{0,30}?(?::|\bare\b|\bnamed\b|\b(?=["“`])|(?=\w+(?:\s*,|\s+and\b)))\s*((?:["“`']?[A-Za-z_][\w-]{0,40}["”`']?(?:\s*\([^)\n]{0,80}\))?(?:\s*,\s*(?:and\s+)?|\s+and\s+)?){1,20})/i;
/** Of braces in a prompt, this many are tried. */
const mostBraces = 50;

/** The JSON shape that a prompt gives: a JSON Schema, an example object, or a list of keys. Pure. */
export function readShape(prompt: string): WantedShape | undefined {
  const tagged = schemaTag.exec(prompt);
  for (const source of [...(tagged === null ? [] : [tagged[2] ?? '']), ...objectsIn(prompt)]) {
    const value = parseLoosely(source);
    if (value === undefined) continue;
    const schema = asSchema(value);
    const isSchema = isJsonSchema(schema);
    if (!isSchema && !/\bjson\b/i.test(prompt)) continue;
    if (isSchema || Object.keys(value as object).length > 0) {
      return { schema: isSchema ? schema : schemaOfExample(value), isSchema, source };
    }
  }
  const keys = /\bjson\b/i.test(prompt) ? keyList.exec(prompt) : null;
  if (keys === null) return undefined;
  const names = [
    ...(keys[1] ?? '').matchAll(/["“`']?([A-Za-z_][\w-]{0,40})["”`']?(?:\s*\(([^)\n]{0,80})\))?/g),
  ]
    .map(([, name = '', description = '']) => ({ name, description }))
    .filter(({ name }) => !/^(?:and|or|from|of|the|text|following|in|with)$/i.test(name));
  if (names.length === 0) return undefined;
  const properties = Object.fromEntries(
    names.map(({ name, description }) => [name, { description, ...guessType(name) }]),
  );
  return {
    schema: { type: 'object', properties, required: names.map(({ name }) => name) },
    isSchema: false,
    source: keys[0],
  };
}

function isJsonSchema(schema: Schema): boolean {
  const names = ['object', 'array', 'string', 'number', 'integer', 'boolean'];
  return (
    (typeof schema.type === 'string' &&
      names.includes(schema.type) &&
      (schema.properties !== undefined ||
        schema.items !== undefined ||
        schema.enum !== undefined ||
        Object.keys(schema).every((key) =>
          /^(?:type|description|title|format|min|max|pattern)/.test(key),
        ))) ||
    schema.$ref !== undefined ||
    (typeof schema.properties === 'object' &&
      schema.properties !== null &&
      Object.values(schema.properties).every((part) => typeof part === 'object'))
  );
}

/** The outermost objects and arrays of a text, as they stand. */
function objectsIn(text: string): string[] {
  const found: string[] = [];
  let from = 0;
  for (let tries = 0; tries < mostBraces; tries += 1) {
    const start = text.indexOf('{', from);
    if (start < 0) break;
    const end = closingBrace(text, start);
    if (end > 0 && /"\s*:/.test(text.slice(start, end))) found.push(text.slice(start, end));
    from = end > 0 ? end : start + 1;
  }
  return found;
}

function closingBrace(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let at = start; at < Math.min(text.length, start + 20_000); at += 1) {
    const sign = text[at];
    if (sign === '\\' && inString) at += 1;
    else if (sign === '"') inString = !inString;
    else if (!inString && sign === '{') depth += 1;
    else if (!inString && sign === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/** JSON as people write it in prompts: with `...`, comments, bare placeholders and trailing commas. */
function parseLoosely(source: string): unknown {
  const attempts = [
    source,
    source
      .replace(/\/\/[^\n"]*$/gm, '')
      .replace(/:\s*<([^<>"\n]{0,80})>/g, ': "<$1>"')
      .replace(/:\s*(?:\.\.\.|…)/g, ': "..."')
      .replace(/:\s*(string|number|integer|boolean|date)\b(?:\s*\|\s*null)?/gi, ': "$1"')
      .replace(/,\s*(?:\.\.\.|…)/g, '')
      .replace(/,\s*(?=[}\]])/g, ''),
  ];
  for (const attempt of attempts) {
    try {
      const value: unknown = JSON.parse(attempt);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // The next attempt, or no shape at all.
    }
  }
  return undefined;
}

/** A schema that the example would fit: each value says what kind is wanted in its place. */
function schemaOfExample(value: unknown, depth = 0): Schema {
  if (depth > 8) return {};
  if (Array.isArray(value)) return { type: 'array', items: schemaOfExample(value[0] ?? '...', depth + 1) };
  if (typeof value === 'object' && value !== null) {
    const properties = Object.fromEntries(
      Object.entries(value).map(([name, part]) => [
        name,
        withGuess(name, schemaOfExample(part, depth + 1), part),
      ]),
    );
    return { type: 'object', properties, required: Object.keys(properties) };
  }
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'number' : 'number' };
  if (typeof value === 'boolean') return { type: 'boolean' };
  const text = String(value ?? '');
  const options = text.replace(/^<|>$/g, '').split(/\s*[|]\s*|\s*\/\s*|\s+or\s+/);
  if (
    options.length > 1 &&
    options.every((option) => /^[\w -]{1,30}$/.test(option) && !/^(?:string|number|null)$/.test(option))
  ) {
    return { type: 'string', enum: options };
  }
  if (/^<?(?:number|float|decimal|0)>?$/i.test(text)) return { type: 'number' };
  if (/^<?(?:integer|int)>?$/i.test(text)) return { type: 'integer' };
  if (/^<?(?:boolean|bool|true|false)>?$/i.test(text)) return { type: 'boolean' };
  if (/YYYY-MM-DD/i.test(text)) return { type: 'string', format: 'date' };
  return { type: 'string', description: text.replace(/^<|>$|^\.\.\.$|^string$/g, '') };
}

/** A placeholder says nothing of its kind; then the name does. */
function withGuess(name: string, schema: Schema, example: unknown): Schema {
  const says = typeof example === 'string' && /^(?:\.\.\.|…|<[^>]*>|)$/.test(example);
  return says && schema.type === 'string' && schema.enum === undefined
    ? { ...schema, ...guessType(name) }
    : schema;
}

function guessType(name: string): Schema {
  if (
    /(?:^|_)(?:count|quantity|amount|total|price|cost|age|number_of|num|year|rating|score|budget|guests|people)$/i.test(
      name,
    ) &&
    !/_?(?:id|code)$/i.test(name)
  )
    return { type: 'number' };
  if (/^(?:is|has|can|should|needs|wants)[_A-Z]/.test(name)) return { type: 'boolean' };
  if (/(?:^|_)date$/i.test(name)) return { type: 'string', format: 'date' };
  if (/(?:s_list|_list|tags|items|names|keywords|topics|cities)$/i.test(name))
    return { type: 'array', items: { type: 'string' } };
  return { type: 'string' };
}
