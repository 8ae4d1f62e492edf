import type { Strength } from '../question.ts';
import { type AdjectiveForm, conjugate, inflect } from './conjugate.ts';
import { findJapanese } from './find-word.ts';
import { askedForms, type TaughtForm, taughtForms } from './forms.ts';
import { romajiOf, type Style, spell, spellWithReading, vocabularyColumns } from './style.ts';
import {
  type Adjective,
  glossOf,
  type Meaning,
  type Pattern,
  type Verb,
  type VerbGroup,
  type Word,
} from './word.ts';
import { type Piece, piecesOf, writeSentence } from './write-sentence.ts';

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

/** What each pattern asks of the student, in words that do not give the form away. */
const tasks: Readonly<Record<Pattern, readonly [string, string]>> = {
  statement: ['verb', 'The verb comes last. Ask yourself: is it past or not, positive or negative?'],
  lets: [
    'verb, volitional',
    '"Let\'s …" asks for the volitional; the polite one ends in ましょう, the plain one in よう or おう.',
  ],
  'shall-we': [
    'verb, volitional + か',
    '"Shall we …?" is the polite volitional with the question particle か.',
  ],
  want: [
    'verb, たい',
    '"Want to …" is the たい-form: it stands on the ます-stem and then changes as an い-adjective does.',
  ],
  can: ['verb, potential', '"Can …" asks for the potential form, which is conjugated as an ichidan verb.'],
  please: [
    'verb, て-form + ください',
    'A request is the て-form with ください; a negative one is ないで with ください.',
  ],
  must: ['verb, must', '"Must …" is the ない-form without い, with ければなりません.'],
  should: ['verb, た-form + ほうがいい', '"Should …" is the た-form with ほうがいいです.'],
  may: ['verb, て-form + もいいですか', '"May I …?" is the て-form with もいいですか.'],
  progressive: ['verb, て-form + いる', 'What is going on, or is so now, is the て-form with いる.'],
  'like-doing': [
    'verb, dictionary form + のが好き',
    'What one likes to do: the dictionary form with のが好きです.',
  ],
  is: [
    'description',
    'An い-adjective takes its tense itself; nouns and な-adjectives are followed by です.',
  ],
};

const particles: Readonly<Record<string, string>> = {
  は: 'marks the topic',
  が: 'marks the subject, and what is liked, needed or understood',
  を: 'marks what the verb acts on',
  に: 'marks a destination, a moment, or the place where something is',
  で: 'marks the place where something is done, or the means',
  と: 'means "with" or "and"',
  から: 'means "from"',
  まで: 'means "until"',
  の: 'joins an owner to what is owned',
  について: 'means "about"',
};

/** The Japanese sentence, with its readings and its words. Pure. */
export function translation(meaning: Meaning, style: Style, strength: Strength): string {
  const sentence = writeSentence(piecesOf(meaning, style.isCasual), style, meaning.isQuestion);
  const hasReading =
    style.furigana === undefined &&
    !style.kanaOnly &&
    sentence.reading.replaceAll(' ', '') !== sentence.written;
  const lines = [
    sentence.written,
    ...(hasReading ? [sentence.reading] : []),
    ...(style.hasRomaji ? [sentence.romaji] : []),
  ];
  if (strength === 'small') return lines.join('\n');
  return [lines.join('\n'), vocabulary(meaning.words, style), notKnown(meaning)]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What leads to the sentence without giving it: words, structure, a sentence with gaps. Pure. */
export function clues(meaning: Meaning, style: Style): string {
  const pieces = piecesOf(meaning, style.isCasual);
  const [task, rule] = tasks[meaning.pattern];
  const marks = [...new Set(pieces.filter(({ kind }) => kind === 'particle').map(({ written }) => written))];
  return [
    'Here are clues. The sentence is yours to make.',
    vocabulary(meaning.words, style),
    `Structure: ${structure(pieces, task)}`,
    [...marks.map((mark) => `- ${mark} ${particles[mark] ?? 'is a particle'}.`), `- ${rule}`].join('\n'),
    `Fill the gaps: ${gapped(pieces, style)}`,
    notKnown(meaning),
    'Write your sentence, and ask me how to conjugate a word if you are not sure.',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The words of a sentence as a table: dictionary form, reading, English. Pure. */
function vocabulary(words: readonly Word[], style: Style): string {
  const shown = words.filter(
    ({ kind, english }) => kind !== 'pronoun' || /^(?:what|where|when|who|why)$/.test(english),
  );
  const { heads, cells } = vocabularyColumns(style);
  const rows = shown.map((word) => cells(word, glossOf(word)));
  if (rows.length === 0) return '';
  return style.usesTables ? table(heads, rows) : list(rows);
}

function structure(pieces: readonly Piece[], task: string): string {
  return pieces
    .map((piece) =>
      piece.kind === 'particle' ? piece.written : piece.kind === 'predicate' ? `[${task}]` : '[word]',
    )
    .join(' ');
}

/** Beginners are given the particles. */
function gapped(pieces: readonly Piece[], style: Style): string {
  const text = pieces.map((piece) => {
    if (piece.kind === 'predicate') return '＿＿＿＿';
    return piece.kind === 'particle' && style.level !== 'beginner' ? '（　）' : spell(piece, style);
  });
  return `${text.join('')}。`;
}

function notKnown({ unknown }: Meaning): string {
  return unknown.length === 0 ? '' : `My vocabulary does not have: ${[...new Set(unknown)].join(', ')}.`;
}

/** Words as a table of dictionary form, reading and English. Pure. */
export function wordTable(words: readonly Word[], style: Style): string {
  const { heads, cells } = vocabularyColumns(style);
  const rows = words.map((word) => cells(word, glossOf(word)));
  return style.usesTables ? table(heads, rows) : list(rows);
}

/** What one word means, or how it is said. Pure. */
export function wordAnswer(word: Word, style: Style): string {
  const kinds = {
    godan: 'godan verb',
    ichidan: 'ichidan verb',
    suru: 'irregular verb',
    kuru: 'irregular verb',
  };
  const kind = word.kind === 'verb' ? kinds[word.group] : word.kind;
  const shown = kind === 'time' || kind === 'pronoun' ? 'word' : kind;
  const note = word.kind === 'phrase' ? '' : ` (${shown})`;
  return `${spellWithReading(word, style)}: ${glossOf(word)}${note}.`;
}

const particleLessons: Readonly<Record<string, readonly [string, string, string]>> = {
  は: ['wa', 'marks the topic: what the sentence is about', '私は学生です。'],
  が: ['ga', 'marks the subject, and what is liked, wanted or understood', '寿司が好きです。'],
  を: ['o', 'marks what the verb acts on', '本を読みます。'],
  に: ['ni', 'marks a destination, a moment, or where something is', '東京に行きます。'],
  で: ['de', 'marks the place where something is done, or the means', 'レストランで食べます。'],
  と: ['to', 'means "and" between nouns, and "with" somebody', '友達と話します。'],
  へ: ['e', 'marks a direction', '駅へ行きます。'],
  も: ['mo', 'means "also" and takes the place of は, が and を', '私も行きます。'],
  の: ['no', 'joins an owner to what is owned', '私の本です。'],
  から: ['kara', 'means "from"', '九時から働きます。'],
  まで: ['made', 'means "until" or "as far as"', '駅まで歩きます。'],
  か: ['ka', 'ends a polite question', '学生ですか。'],
};

/** What a particle does, with an example; `undefined` for anything that is not a particle. Pure. */
export function particleAnswer(asked: string, style: Style): string | undefined {
  const kana = /(から|まで|[はがをにでとへものか])/.exec(asked.replace(/particles?/gi, ''))?.[1];
  const romaji =
    /particles?\s+["“]?(wa|ga|o|wo|ni|de|to|e|mo|no|kara|made|ka)\b|\b(wa|ga|wo|ni|de|mo|no|kara|made|ka)["”]?\s+particle/i.exec(
      asked,
    );
  const name = (romaji?.[1] ?? romaji?.[2] ?? '').toLowerCase().replace('wo', 'o');
  const particle = kana ?? Object.entries(particleLessons).find(([, [sound]]) => sound === name)?.[0];
  const lesson = particle === undefined ? undefined : particleLessons[particle];
  if (particle === undefined || lesson === undefined) return undefined;
  const [sound, meaning, example] = lesson;
  return `${particle}${style.hasRomaji ? ` (${sound})` : ''} ${meaning}. An example: ${example}`;
}

const signs = /[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/gu;

/** What is right and what is missing in a sentence the student wrote, or else its words. Pure. */
export function attemptAnswer(
  attempt: string,
  meaning: Meaning | undefined,
  style: Style,
): string | undefined {
  const words = findJapanese(attempt);
  if (meaning === undefined) {
    return words.length === 0
      ? undefined
      : `I read these words in your sentence:\n\n${wordTable(words, style)}`;
  }
  const pieces = piecesOf(meaning, style.isCasual);
  const { written, reading } = writeSentence(
    pieces,
    { ...style, furigana: undefined, kanaOnly: false },
    meaning.isQuestion,
  );
  const plain = attempt.replace(signs, '');
  if (plain === written.replace(signs, '') || plain === reading.replace(signs, '')) {
    return 'Correct: that is the sentence. Shall we change it to the past, or to a question?';
  }
  const missing = pieces.filter((piece) => !plain.includes(piece.written) && !plain.includes(piece.reading));
  const advice = missing.map((piece) => {
    if (piece.kind === 'particle')
      return '- Look at your particles again: one that this sentence needs is missing.';
    if (piece.kind === 'predicate')
      return '- The form of the last word is not the one this sentence asks for.';
    const word = meaning.words.find(({ written: known }) => known === piece.written);
    return `- A word is missing${word === undefined ? '' : `: ${glossOf(word)}`}.`;
  });
  if (advice.length === 0) return 'All the pieces are there. Check their order: the verb comes last.';
  return `Not yet. ${[...new Set(advice)].length === 1 ? 'One thing is' : 'These things are'} left to do:\n\n${[...new Set(advice)].join('\n')}`;
}

/** A Markdown table. Pure. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The same rows as a list, for a caller who wants no tables. Pure. */
function list(rows: readonly (readonly string[])[]): string {
  return rows
    .map(([first = '', ...others]) => {
      const last = others.pop();
      return `- ${first}${others.length > 0 ? ` (${others.join(', ')})` : ''}${last === undefined ? '' : `: ${last}`}`;
    })
    .join('\n');
}
