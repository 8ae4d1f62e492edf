import { chooseLabel } from '../label.ts';
import { namedOfKind } from '../places.ts';
import { sentencesOf, stem, wordsOf } from '../words.ts';
import { numberFor } from './quantities.ts';
import { alternatives, asSchema, deepest, placesOf, resolved, type Schema, typeOf } from './schema.ts';
import { properNames, spokenName, stringFor } from './strings.ts';

/** What filling needs to know beside schema and text. */
interface Filling {
  readonly text: string;
  readonly seed: number;
  /** What a required value is that the text does not give: a placeholder of its type, or nothing. */
  readonly whenMissing: 'placeholder' | 'nothing';
}

/** A value that fits the schema, filled from a text; `undefined` where the text gives nothing for it. Pure. */
export function fill(schema: unknown, filling: Filling): unknown {
  const root = asSchema(schema);
  return fillValue('', root, root, filling, 0);
}

function fillValue(name: string, given: Schema, root: Schema, filling: Filling, depth: number): unknown {
  if (depth > deepest) return undefined;
  const { options } = alternatives(resolved(given, root), root);
  for (const option of options) {
    const value = fillOption(
      name,
      { ...option, description: option.description ?? given.description ?? '' },
      root,
      filling,
      depth,
    );
    if (value !== undefined) return value;
  }
  return undefined;
}

function fillOption(name: string, schema: Schema, root: Schema, filling: Filling, depth: number): unknown {
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return fillEnum(name, schema, filling.text, filling.seed);
  switch (typeOf(schema)) {
    case 'object':
      return fillObject(schema, root, filling, depth);
    case 'array':
      return fillArray(name, schema, root, filling, depth);
    case 'integer':
    case 'number':
      return fillNumber(name, schema, filling.text);
    case 'boolean':
      return fillBoolean(name, schema, filling.text);
    default:
      return stringFor(name, schema, filling.text);
  }
}

/** Beside one of these, a name is the name of goods. */
const goods = /^(?:quantity|qty|unit_?price|price)$/i;

function fillObject(schema: Schema, root: Schema, filling: Filling, depth: number): unknown {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const value: Record<string, unknown> = {};
  let isFound = false;
  const isGoods = depth > 1 && Object.keys(schema.properties ?? {}).some((name) => goods.test(name));
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    const property = asSchema(part);
    const filled = fillValue(
      isGoods && /^(?:name|description|title|item)$/i.test(name) ? 'product' : name,
      property,
      root,
      filling,
      depth + 1,
    );
    if (filled !== undefined) {
      isFound = true;
      value[name] = filled;
    } else if (alternatives(resolved(property, root), root).allowsNull) value[name] = null;
    else if (required.has(name) && filling.whenMissing === 'placeholder')
      value[name] = placeholder(resolved(property, root), root, depth);
  }
  return isFound || depth === 0 ? value : undefined;
}

/**
 * What stands where a schema asks for a value that the text does not give.
 *
 * @param around the tuples that it is in: one that holds itself has no end
 */
function placeholder(schema: Schema, root: Schema, depth: number, around: readonly Schema[] = []): unknown {
  const [option = schema] = alternatives(schema, root).options;
  if (option.default !== undefined) return option.default;
  if (option.const !== undefined) return option.const;
  if (Array.isArray(option.enum)) return option.enum[0];
  switch (typeOf(option)) {
    case 'object':
      if (depth >= deepest) return {};
      return fillObject(option, root, { text: '', seed: 0, whenMissing: 'placeholder' }, depth + 1) ?? {};
    case 'array':
      if (depth >= deepest || around.includes(option)) return [];
      return placesOf(option).map((place) =>
        placeholder(resolved(place, root), root, depth + 1, [...around, option]),
      );
    case 'integer':
    case 'number':
      return placeholderNumber(option);
    case 'boolean':
      return false;
    default:
      return (option.minLength ?? 0) > 0 ? 'unknown' : '';
  }
}

/** The whole number next to 0 within the limits, or a limit where there is none. */
function placeholderNumber(schema: Schema): number {
  const least = Math.max(0, schema.minimum ?? 0, (schema.exclusiveMinimum ?? -1) + 1);
  return [Math.ceil(least), Math.floor(schema.maximum ?? 0)].find((one) => fits(one, schema)) ?? least;
}

function fillArray(
  name: string,
  schema: Schema,
  root: Schema,
  filling: Filling,
  depth: number,
): unknown[] | undefined {
  const places = placesOf(schema);
  if (places.length > 0) return fillTuple(name, places, root, filling, depth);
  const items = resolved(asSchema(schema.items), root);
  const [item = items] = alternatives(items, root).options;
  if (Array.isArray(item.enum)) {
    const lower = ` ${wordsOf(filling.text).join(' ')} `;
    const named = item.enum.filter((option) =>
      lower.includes(` ${wordsOf(String(option).replace(/[_-]/g, ' ')).join(' ')} `),
    );
    return named.length > 0 ? named : undefined;
  }
  if (typeOf(item) === 'object') {
    const parts = segments(filling.text).slice(0, mostItems);
    const least = Math.min(2, Object.keys(item.properties ?? {}).length);
    const values = parts.flatMap((text) => {
      const value = asRecord(fillObject(item, root, { ...filling, text, whenMissing: 'nothing' }, depth + 1));
      const found = Object.values(value).filter((one) => one !== null).length;
      const isWhole = (item.required ?? []).every((key) => value[key] !== undefined);
      return found >= least && isWhole ? [value] : [];
    });
    return values.length > 0 ? values : undefined;
  }
  if (/^(?:integer|number)$/.test(typeOf(item))) {
    const numbers = numbersIn(filling.text).filter((number) => fits(number, item));
    return numbers.length > 0 ? numbers : undefined;
  }
  const singular = spokenName(name)
    .replace(/ies$/, 'y')
    .replace(/(?<=[sxh])es$/, '')
    .replace(/s$/, '');
  const kind = namedOfKind(singular.split(' ').at(-1) ?? '', filling.text);
  if (kind !== undefined) return kind.length > 0 ? kind : undefined;
  const listed = new RegExp(
    `\\b${singular
      .replace(/[^a-z ]/g, '')
      .split(' ')
      .at(-1)}\\w*\\s*(?::|are|include|of)\\s*([^.\\n]+)`,
    'i',
  ).exec(filling.text)?.[1];
  if (listed !== undefined)
    return listed
      .split(/\s*,\s*(?:and\s+)?|\s+and\s+/)
      .map((one) => one.trim())
      .filter((one) => one !== '');
  if (
    /name|people|person|speaker|author|participant|attendee|entit/.test(
      `${singular} ${schema.description ?? ''}`,
    )
  ) {
    const names = properNames(filling.text);
    return names.length > 0 ? names : undefined;
  }
  const value = stringFor(singular, item, filling.text);
  return value === undefined ? undefined : [value];
}

/** Each place by its own schema, numbers in the order in which the text has those that fit; none where a place stays empty. */
function fillTuple(
  name: string,
  places: readonly Schema[],
  root: Schema,
  filling: Filling,
  depth: number,
): unknown[] | undefined {
  const numbers = numbersIn(filling.text);
  const values: unknown[] = [];
  for (const place of places) {
    const schema = resolved(place, root);
    const isChoice = schema.const !== undefined || Array.isArray(schema.enum);
    const value =
      !isChoice && /^(?:integer|number)$/.test(typeOf(schema))
        ? numbers.find((number) => fits(number, schema))
        : fillValue(name, place, root, filling, depth + 1);
    if (value === undefined) return undefined;
    const at = numbers.indexOf(value as number);
    if (at >= 0) numbers.splice(at, 1);
    values.push(value);
  }
  return values;
}

/** Whether a number is within the limits of the schema, and whole where it must be. */
function fits(value: number, schema: Schema): boolean {
  return (
    (typeOf(schema) !== 'integer' || Number.isInteger(value)) &&
    (schema.const === undefined || value === schema.const) &&
    value >= (schema.minimum ?? -Infinity) &&
    value <= (schema.maximum ?? Infinity) &&
    value > (schema.exclusiveMinimum ?? -Infinity) &&
    value < (schema.exclusiveMaximum ?? Infinity)
  );
}

function numbersIn(text: string): number[] {
  return (text.match(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w])/g) ?? []).map(Number);
}

/** Of a longer list, this many parts are read. */
const mostItems = 200;

/** Lines, or else the parts of an enumeration: `2 pens at 3 euros and a lamp for 20 euros`. */
function segments(text: string): string[] {
  const lines = text.split(/\n+/).filter((line) => /\S/.test(line));
  if (lines.length > 1) return lines;
  return text.split(
    /[.;]\s+|,\s*(?:and\s+)?(?=(?:\d|an?\b|one\b|two\b|three\b|four\b|five\b|\p{Lu}))|\s+and\s+(?=(?:\d|an?\b|one\b|two\b|three\b|four\b|five\b|\p{Lu}))/u,
  );
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The option that the text names, else for several words the one that fits as a label. */
function fillEnum(name: string, schema: Schema, text: string, seed: number): unknown {
  const options = schema.enum ?? [];
  const lower = ` ${wordsOf(text).join(' ')} `;
  const named = options
    .map((option) => ({
      option,
      at: lower.indexOf(` ${wordsOf(String(option).replace(/[_-]/g, ' ')).join(' ')} `),
    }))
    .filter(({ option, at }) => at >= 0 && String(option) !== '')
    .sort((one, other) => one.at - other.at)[0];
  if (named !== undefined) return named.option;
  const strings = options.filter((option) => typeof option === 'string');
  const isOpinion =
    /sentiment|mood|tone|opinion|emotion/i.test(`${name} ${schema.description}`) ||
    strings.some((option) => /^positive$/i.test(option));
  const isClass =
    /categor|type|class|topic|intent|priority|urgen|department|kind|severity|reason|label/i.test(
      `${name} ${schema.description}`,
    );
  if (text.trim() === '' || strings.length < 2 || !(isOpinion || isClass)) return undefined;
  return chooseLabel(
    text,
    strings.map((option) => ({ name: option, description: '' })),
    [],
    'capable',
    seed,
  );
}

/** The number that goes with the name, within the limits of the schema. Pure. */
function fillNumber(name: string, schema: Schema, text: string): number | undefined {
  const found = numberFor(name, schema.description ?? '', text);
  if (found === undefined || !Number.isFinite(found)) return undefined;
  const value = typeOf(schema) === 'integer' ? Math.round(found) : found;
  return fits(value, schema) ? value : undefined;
}

const denied = /\b(?:not|no|never|without|don't|doesn't|isn't|aren't|wasn't|cannot|can't|won't|n't)\b/i;
const helpers =
  /^(?:is|has|have|can|should|needs|need|wants|want|whether|the|customer|user|text|was|does|did|if|true|false|of|a|an|in|to|for|with|or|it|boolean|mentions|mentioned|message|be)$/;

/** A yes where a sentence has the property's words, a no where it also denies them. */
function fillBoolean(name: string, schema: Schema, text: string): boolean | undefined {
  const words = wordsOf(`${spokenName(name)} ${schema.description ?? ''}`).filter(
    (word) => !helpers.test(word),
  );
  const stems = new Set(words.map(stem));
  const sentence = sentencesOf(text).find((one) => wordsOf(one).some((word) => stems.has(stem(word))));
  if (sentence !== undefined) return !denied.test(sentence);
  return undefined;
}
