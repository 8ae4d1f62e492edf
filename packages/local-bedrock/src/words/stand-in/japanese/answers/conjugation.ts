import type { Strength } from '../../strength.ts';
import { type AdjectiveForm, inflect } from '../adjective.ts';
import { conjugate } from '../conjugate.ts';
import { askedForms, type TaughtForm, taughtForms } from '../forms.ts';
import { list, table } from '../layout.ts';
import { romajiOf, type Style, spell, spellWithReading } from '../style.ts';
import { type Adjective, glossOf, type Verb, type VerbGroup } from '../word.ts';

const groups: Readonly<Record<VerbGroup, string>> = {
  godan: 'a godan verb (group 1): its last kana moves along the rows of the syllabary',
  ichidan: 'an ichidan verb (group 2): る is dropped and an ending is added',
  suru: 'an irregular verb (group 3): it changes as する does',
  kuru: 'an irregular verb (group 3)',
};

/** How a verb is conjugated: the forms that were asked for, or the ones of the student's level. Pure. */
export function conjugationAnswer(verb: Verb, asked: string, style: Style, strength: Strength): string {
  const known = strength === 'small' ? misread(verb) : verb;
  const wanted = askedForms(
    asked,
    !style.isCasual && !/\bplain|\bcasual|\bshort form|\bta\b|\bnai\b|た|ない/i.test(asked),
  );
  const forms =
    wanted.length > 0
      ? wanted
      : taughtForms.filter(({ isForBeginners }) => isForBeginners || style.level !== 'beginner');
  const gloss = verb.english === '' ? '' : `, "${glossOf(verb)}",`;
  const source = verb.english === '' ? ' It is not in my vocabulary: I tell its group from its ending.' : '';
  const opening = `${spellWithReading(known, style)}${gloss} is ${groups[known.group]}.${source}`;
  if (wanted.length > 0 && wanted.length <= 2) {
    const lines = forms.map((form) => {
      const made = howMade(known, form);
      const answer = spellWithReading(conjugate(known, form.form), style);
      return `The ${form.name} is ${answer}${made === undefined ? '' : `: ${made}`}.`;
    });
    return [opening, ...lines].join('\n\n');
  }
  const heads = [
    'Form',
    'Japanese',
    ...(showsReading(style) ? ['Reading'] : []),
    ...(style.hasRomaji ? ['Romaji'] : []),
    'Meaning',
  ];
  const rows = forms.map(({ form, name, meaning }) => {
    const made = conjugate(known, form);
    return [
      name,
      spell(made, style),
      ...(showsReading(style) ? [made.reading] : []),
      ...(style.hasRomaji ? [romajiOf(made.reading)] : []),
      meaning,
    ];
  });
  return `${opening}\n\n${style.usesTables && strength === 'capable' ? table(heads, rows) : list(rows)}`;
}

/** The rule for this verb: of a godan verb's て-form only the ending that it has. */
function howMade(verb: Verb, { form, rule }: TaughtForm): string | undefined {
  if (verb.group !== 'godan' || (form !== 'te' && form !== 'ta')) return rule[verb.group];
  const last = verb.reading.slice(-1);
  return `${last} becomes ${conjugate(verb, form).reading.slice(verb.reading.length - 1)}`;
}

function showsReading({ furigana, kanaOnly }: Style): boolean {
  return furigana === undefined && !kanaOnly;
}

/** A small model takes one group of verbs for the other: 食べる becomes 食べります. */
function misread(verb: Verb): Verb {
  if (verb.group === 'ichidan') return { ...verb, group: 'godan' };
  return verb.group === 'godan' ? { ...verb, group: 'ichidan' } : verb;
}

const adjectiveForms: readonly (readonly [AdjectiveForm, string])[] = [
  ['polite', 'polite'],
  ['negative', 'negative'],
  ['past', 'past'],
  ['past-negative', 'past negative'],
  ['te', 'て-form'],
  ['adverb', 'adverb'],
  ['before-noun', 'before a noun'],
];

/** How an adjective changes. Pure. */
export function adjectiveAnswer(adjective: Adjective, style: Style): string {
  const kind =
    adjective.kind === 'i-adjective'
      ? 'an い-adjective: its last い changes'
      : 'a な-adjective: what follows it changes';
  const rows = adjectiveForms.map(([form, name]) => {
    const made = inflect(adjective, form);
    return [
      name,
      spell(made, style),
      ...(showsReading(style) ? [made.reading] : []),
      ...(style.hasRomaji ? [romajiOf(made.reading)] : []),
    ];
  });
  const heads = [
    'Form',
    'Japanese',
    ...(showsReading(style) ? ['Reading'] : []),
    ...(style.hasRomaji ? ['Romaji'] : []),
  ];
  const opening = `${spellWithReading(adjective, style)}, "${glossOf(adjective)}", is ${kind}.`;
  return `${opening}\n\n${style.usesTables ? table(heads, rows) : list(rows)}`;
}
