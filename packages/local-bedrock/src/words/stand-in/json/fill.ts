import {
  alternativesIn,
  asSchema,
  deepest,
  placesOf,
  type Schema,
  typeOf,
} from '../../../shapes/json-schema.ts';
import { isNumberOf, isTextOf, leastValues } from '../../../shapes/least-value.ts';
import { chooseLabel } from '../label.ts';
import { namedOfKind } from '../places.ts';
import { sentencesOf, stem, wordsOf } from '../words.ts';
import { numberFor } from './quantities.ts';
import { spokenName, stringFor } from './strings.ts';

/** What filling needs to know beside the schema. */
interface Wish {
  readonly text: string;
  readonly seed: number;
  /** What the whole or a required value is that the text does not give: the least of its schema, or nothing. */
  readonly whenMissing: 'placeholder' | 'nothing';
}

/** How far one filling goes: every part of a schema gets a share of the values, and looking in the text costs its length. */
const most = { values: 4_000, characters: 200_000 };

interface Filling extends Wish {
  readonly alternatives: ReturnType<typeof alternativesIn>;
  readonly least: ReturnType<typeof leastValues>;
  readonly effort: { left: number };
  /** How many values this part may have. */
  readonly share: number;
  /** The objects and lists this one is in: a schema that refers to itself is filled from a text once. */
  readonly around: readonly Schema[];
}

/** A value that fits the schema, filled from a text; without placeholders `undefined` where the text gives none. Pure. */
export function fill(schema: unknown, wish: Wish): unknown {
  const root = asSchema(schema);
  const alternatives = alternativesIn(root);
  const least = leastValues(alternatives);
  const effort = { left: most.characters };
  const value = fillValue('', root, { ...wish, alternatives, least, effort, share: most.values, around: [] });
  return value === undefined && wish.whenMissing === 'placeholder' ? least.value(root, most.values) : value;
}

/** The object with all that the schema asks for and it lacks, as the least values that the schema takes. Pure. */
export function completed(
  schema: unknown,
  found: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const root = asSchema(schema);
  const alternatives = alternativesIn(root);
  return leastValues(alternatives).members(found, alternatives(root).options[0] ?? root, most.values);
}

function fillValue(name: string, given: Schema, filling: Filling): unknown {
  const { options } = filling.alternatives(given);
  const share = (filling.share - 1) / options.length;
  if (share < 0 || filling.around.length > deepest) return undefined;
  for (const option of options) {
    if (filling.around.includes(option)) continue;
    const value = fillOption(name, option, { ...filling, share });
    if (value !== undefined) return value;
  }
  return undefined;
}

function fillOption(name: string, schema: Schema, filling: Filling): unknown {
  const { text, effort } = filling;
  if (schema.const !== undefined) return schema.const;
  const type = Array.isArray(schema.enum) ? 'enum' : typeOf(schema);
  if (type === 'object') return fillObject(schema, filling);
  effort.left -= text.length + 100;
  if (effort.left < 0) return undefined;
  switch (type) {
    case 'enum':
      return fillEnum(name, schema, filling);
    case 'array': {
      const found = fillArray(name, schema, filling);
      return found && filling.least.items(found, schema, filling.share);
    }
    case 'integer':
    case 'number':
      return fillNumber(name, schema, text);
    case 'boolean':
      return fillBoolean(name, schema, text);
    default:
      return fillString(name, schema, text);
  }
}

function fillString(name: string, schema: Schema, text: string): string | undefined {
  const found = stringFor(name, schema, text);
  return found !== undefined && isTextOf(found, schema) ? found : undefined;
}

function fillObject(schema: Schema, filling: Filling): Record<string, unknown> | undefined {
  const { around, whenMissing, share } = filling;
  const { value, isFound } = membersIn(schema, filling);
  if (!isFound && around.length > 0) return undefined;
  const isWhole = around.length > 0 || whenMissing === 'placeholder';
  return isWhole ? filling.least.members(value, schema, share) : value;
}

/** The members of an object that a text gives. */
function membersIn(schema: Schema, filling: Filling): { value: Record<string, unknown>; isFound: boolean } {
  const value: Record<string, unknown> = {};
  const properties = Object.entries(schema.properties ?? {});
  const inside = {
    ...filling,
    around: [...filling.around, schema],
    share: filling.share / properties.length,
  };
  let isFound = false;
  for (const [name, part] of properties) {
    const filled = fillValue(name, asSchema(part), inside);
    isFound ||= filled !== undefined;
    if (filled !== undefined) value[name] = filled;
    else if (filling.alternatives(asSchema(part)).allowsNull) value[name] = null;
  }
  return { value, isFound };
}

/** Of a longer list, this many parts are read. */
const mostItems = 200;

/** Of more options these are looked for, and of a longer one its beginning. */
const mostOptions = 1_000;
const longestOption = 200;

function fillArray(name: string, schema: Schema, filling: Filling): unknown[] | undefined {
  const { text } = filling;
  const places = placesOf(schema);
  const inside = { ...filling, around: [...filling.around, schema] };
  if (places.length > 0) return fillTuple(name, places, inside);
  const [item = {}] = filling.alternatives(asSchema(schema.items)).options;
  if (Array.isArray(item.enum)) return some(namedOptions(item.enum, filling).map(({ option }) => option));
  if (/^(?:integer|number)$/.test(typeOf(item))) {
    return some(numbersIn(text).filter((number) => isNumberOf(number, item)));
  }
  if (typeOf(item) === 'object') return fillItems(item, inside);
  const singular = spokenName(name)
    .replace(/ies$/, 'y')
    .replace(/(?<=[sxh])es$|s$/, '');
  const noun = singular.split(' ').at(-1) ?? '';
  const ofKind = namedOfKind(noun, text);
  if (ofKind !== undefined) return some(ofKind.filter((one) => isTextOf(one, item)));
  const value = typeOf(item) === 'string' ? fillString(singular, item, text) : undefined;
  return value === undefined ? undefined : [value];
}

/** The parts of a text that have two members of an object, or its only one, and all that it must have. */
function fillItems(item: Schema, filling: Filling): unknown[] | undefined {
  if (filling.around.includes(item)) return undefined;
  const fewest = Math.min(2, Object.keys(item.properties ?? {}).length);
  const texts = segments(filling.text);
  const share = filling.share / texts.length;
  return some(
    texts.flatMap((text) => {
      const { value } = membersIn(item, { ...filling, text, share });
      const found = Object.values(value).filter((one) => one !== null).length;
      const isWhole = found >= fewest && (item.required ?? []).every((key) => value[key] !== undefined);
      return isWhole ? [value] : [];
    }),
  );
}

function some<T>(values: T[]): T[] | undefined {
  return values.length > 0 ? values : undefined;
}

/** Each place by its own schema, numbers in the order in which the text has those that fit; none where a place stays empty. */
function fillTuple(name: string, places: readonly Schema[], filling: Filling): unknown[] | undefined {
  const numbers = numbersIn(filling.text);
  const values: unknown[] = [];
  for (const place of places) {
    const [schema = {}] = filling.alternatives(place).options;
    const isChoice = schema.const !== undefined || Array.isArray(schema.enum);
    const value =
      !isChoice && /^(?:integer|number)$/.test(typeOf(schema))
        ? numbers.find((number) => isNumberOf(number, schema))
        : fillValue(name, place, { ...filling, share: filling.share / places.length });
    if (value === undefined) return undefined;
    const at = numbers.indexOf(value as number);
    if (at >= 0) numbers.splice(at, 1);
    values.push(value);
  }
  return values;
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

/** The options that a text names, in their order, and where it does, in characters of its words. */
function namedOptions(
  options: readonly unknown[],
  { text, effort }: Filling,
): { option: unknown; at: number }[] {
  const read = options.slice(0, mostOptions);
  effort.left -= read.length * (20 + text.length / 50);
  const said = ` ${wordsOf(text).join(' ')} `;
  return read
    .map((option) => {
      const words = wordsOf(String(option).slice(0, longestOption).replace(/[_-]/g, ' ')).join(' ');
      return { option, at: words === '' ? -1 : said.indexOf(` ${words} `) };
    })
    .filter(({ at }) => at >= 0);
}

const classes =
  /categor|type|class|topic|intent|priority|urgen|department|kind|severity|reason|label|sentiment|mood|tone|opinion|emotion/i;

/** The option that the text names first, else for several words the one that fits as a label. */
function fillEnum(name: string, schema: Schema, filling: Filling): unknown {
  const { text, seed } = filling;
  const options = schema.enum ?? [];
  const [named] = namedOptions(options, filling).sort((one, other) => one.at - other.at);
  if (named !== undefined) return named.option;
  const strings = options.slice(0, 100).filter((option) => typeof option === 'string');
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
  return isNumberOf(value, schema) ? value : undefined;
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
