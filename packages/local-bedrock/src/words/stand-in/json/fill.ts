import { chooseLabel } from '../label.ts';
import { namedOfKind } from '../places.ts';
import { sentencesOf, stem, wordsOf } from '../words.ts';
import { numberFor } from './quantities.ts';
import { alternatives, asSchema, deepest, placesOf, resolved, type Schema, typeOf } from './schema.ts';
import { spokenName, stringFor } from './strings.ts';

/** What filling needs to know beside the schema. */
interface Wish {
  readonly text: string;
  readonly seed: number;
  /** What the whole or a required value is that the text does not give: a placeholder of its type, or nothing. */
  readonly whenMissing: 'placeholder' | 'nothing';
}

interface Filling extends Wish {
  readonly root: Schema;
  readonly depth: number;
}

/** A value that fits the schema, filled from a text; without placeholders `undefined` where the text gives none. Pure. */
export function fill(schema: unknown, wish: Wish): unknown {
  const root = asSchema(schema);
  const filling = { ...wish, root, depth: 0 };
  const value = fillValue('', root, filling);
  return value === undefined && wish.whenMissing === 'placeholder' ? placeholder(root, filling) : value;
}

function fillValue(name: string, given: Schema, filling: Filling): unknown {
  if (filling.depth > deepest) return undefined;
  for (const option of alternatives(given, filling.root).options) {
    const description = option.description ?? given.description ?? '';
    const value = fillOption(name, { ...option, description }, filling);
    if (value !== undefined) return value;
  }
  return undefined;
}

function fillOption(name: string, schema: Schema, filling: Filling): unknown {
  const { text } = filling;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return fillEnum(name, schema, filling);
  switch (typeOf(schema)) {
    case 'object':
      return fillObject(schema, filling);
    case 'array':
      return fillArray(name, schema, filling);
    case 'integer':
    case 'number':
      return fillNumber(name, schema, text);
    case 'boolean':
      return fillBoolean(name, schema, text);
    default:
      return stringFor(name, schema, text);
  }
}

function fillObject(schema: Schema, filling: Filling): Record<string, unknown> | undefined {
  const { root, depth, whenMissing } = filling;
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const value: Record<string, unknown> = {};
  let isFound = false;
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    const property = asSchema(part);
    const filled = fillValue(name, property, { ...filling, depth: depth + 1 });
    isFound ||= filled !== undefined;
    if (filled !== undefined) value[name] = filled;
    else if (alternatives(property, root).allowsNull) value[name] = null;
    else if (required.has(name) && whenMissing === 'placeholder')
      value[name] = placeholder(property, filling);
  }
  return isFound || depth === 0 ? value : undefined;
}

/**
 * What stands where a schema asks for a value that the text does not give.
 *
 * @param around the tuples that it is in: one that holds itself has no end
 */
function placeholder(given: Schema, filling: Filling, around: readonly Schema[] = []): unknown {
  const { root, depth } = filling;
  const inside = { ...filling, text: '', depth: depth + 1 };
  const [option = given] = alternatives(given, root).options;
  const isTooDeep = depth >= deepest || around.includes(option);
  if (option.default !== undefined) return option.default;
  if (option.const !== undefined) return option.const;
  if (Array.isArray(option.enum)) return option.enum[0];
  switch (typeOf(option)) {
    case 'object':
      return isTooDeep ? {} : (fillObject(option, inside) ?? {});
    case 'array':
      return isTooDeep ? [] : placesOf(option).map((one) => placeholder(one, inside, [...around, option]));
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

/** Of a longer list, this many parts are read. */
const mostItems = 200;

function fillArray(name: string, schema: Schema, filling: Filling): unknown[] | undefined {
  const { text, root, depth } = filling;
  const places = placesOf(schema);
  if (places.length > 0) return fillTuple(name, places, filling);
  const [item = {}] = alternatives(asSchema(schema.items), root).options;
  if (Array.isArray(item.enum)) return some(item.enum.filter((option) => placeOf(option, text) >= 0));
  if (/^(?:integer|number)$/.test(typeOf(item))) {
    return some(numbersIn(text).filter((number) => fits(number, item)));
  }
  if (typeOf(item) === 'object') {
    const least = Math.min(2, Object.keys(item.properties ?? {}).length);
    const values = segments(text).map((part) =>
      fillObject(item, { ...filling, text: part, whenMissing: 'nothing', depth: depth + 1 }),
    );
    return some(
      values.filter((value = {}) => {
        const found = Object.values(value).filter((one) => one !== null).length;
        return found >= least && (item.required ?? []).every((key) => value[key] !== undefined);
      }),
    );
  }
  const singular = spokenName(name)
    .replace(/ies$/, 'y')
    .replace(/(?<=[sxh])es$|s$/, '');
  const noun = singular.split(' ').at(-1) ?? '';
  const ofKind = namedOfKind(noun, text);
  if (ofKind !== undefined) return some(ofKind);
  const value = stringFor(singular, item, text);
  return value === undefined ? undefined : [value];
}

function some<T>(values: T[]): T[] | undefined {
  return values.length > 0 ? values : undefined;
}

/** Each place by its own schema, numbers in the order in which the text has those that fit; none where a place stays empty. */
function fillTuple(name: string, places: readonly Schema[], filling: Filling): unknown[] | undefined {
  const numbers = numbersIn(filling.text);
  const values: unknown[] = [];
  for (const place of places) {
    const schema = resolved(place, filling.root);
    const isChoice = schema.const !== undefined || Array.isArray(schema.enum);
    const value =
      !isChoice && /^(?:integer|number)$/.test(typeOf(schema))
        ? numbers.find((number) => fits(number, schema))
        : fillValue(name, place, { ...filling, depth: filling.depth + 1 });
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

const nextItem = '(?=(?:\\d|an?\\b|one\\b|two\\b|three\\b|four\\b|five\\b|\\p{Lu}))';
const betweenItems = new RegExp(`[.;]\\s+|,\\s*(?:and\\s+)?${nextItem}|\\s+and\\s+${nextItem}`, 'u');

/** Lines, or else the parts of an enumeration: `2 pens at 3 euros and a lamp for 20 euros`. */
function segments(text: string): string[] {
  const lines = text.split(/\n+/).filter((line) => /\S/.test(line));
  return (lines.length > 1 ? lines : text.split(betweenItems)).slice(0, mostItems);
}

/** Where a text names an option, in characters of its words; -1 when it does not. */
function placeOf(option: unknown, text: string): number {
  const words = wordsOf(String(option).replace(/[_-]/g, ' ')).join(' ');
  return words === '' ? -1 : ` ${wordsOf(text).join(' ')} `.indexOf(` ${words} `);
}

const classes =
  /categor|type|class|topic|intent|priority|urgen|department|kind|severity|reason|label|sentiment|mood|tone|opinion|emotion/i;

/** The option that the text names first, else for several words the one that fits as a label. */
function fillEnum(name: string, schema: Schema, { text, seed }: Filling): unknown {
  const options = schema.enum ?? [];
  const [named] = options
    .map((option) => ({ option, at: placeOf(option, text) }))
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at);
  if (named !== undefined) return named.option;
  const strings = options.filter((option) => typeof option === 'string');
  const isClass =
    classes.test(`${name} ${schema.description}`) || strings.some((option) => /^positive$/i.test(option));
  if (text.trim() === '' || strings.length < 2 || !isClass) return undefined;
  const labels = strings.map((option) => ({ name: option, description: '' }));
  return chooseLabel(text, labels, [], 'capable', seed);
}

/** The number that goes with the name, within the limits of the schema. */
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
  const words = wordsOf(`${spokenName(name)} ${schema.description ?? ''}`);
  const stems = new Set(words.filter((word) => !helpers.test(word)).map(stem));
  const sentence = sentencesOf(text).find((one) => wordsOf(one).some((word) => stems.has(stem(word))));
  return sentence === undefined ? undefined : !denied.test(sentence);
}
