import { chooseLabel } from '../choose-label.ts';
import { sentencesOf } from '../memory/told.ts';
import { stem, wordsOf } from '../words.ts';
import { numberFor } from './numbers.ts';
import { type Schema, typeOf } from './schema.ts';
import { spokenName } from './strings.ts';

/** The option that the text names, else for several words the one that fits as a label. */
export function fillEnum(name: string, schema: Schema, text: string, seed: number): unknown {
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
export function fillNumber(name: string, schema: Schema, text: string): number | undefined {
  const found = numberFor(name, schema.description ?? '', text);
  if (found === undefined || !Number.isFinite(found)) return undefined;
  const value = typeOf(schema) === 'integer' ? Math.round(found) : found;
  if (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity)) return undefined;
  return value;
}

const denied = /\b(?:not|no|never|without|don't|doesn't|isn't|aren't|wasn't|cannot|can't|won't|n't)\b/i;
const helpers =
  /^(?:is|has|have|can|should|needs|need|wants|want|whether|the|customer|user|text|was|does|did|if|true|false|of|a|an|in|to|for|with|or|it|boolean|mentions|mentioned|message|be)$/;

/** A yes where a sentence has the property's words, a no where it also denies them. */
export function fillBoolean(name: string, schema: Schema, text: string): boolean | undefined {
  const words = wordsOf(`${spokenName(name)} ${schema.description ?? ''}`).filter(
    (word) => !helpers.test(word),
  );
  const stems = new Set(words.map(stem));
  const sentence = sentencesOf(text).find((one) => wordsOf(one).some((word) => stems.has(stem(word))));
  if (sentence !== undefined) return !denied.test(sentence);
  return undefined;
}
