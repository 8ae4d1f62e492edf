import type { Strength } from '../../strength.ts';
import { list, table } from '../layout.ts';
import type { Meaning, Pattern } from '../meaning.ts';
import { type Style, spell, vocabularyColumns } from '../style.ts';
import { glossOf, type Word } from '../word.ts';
import { type Piece, piecesOf, writeSentence } from '../write-sentence.ts';

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
export function vocabulary(words: readonly Word[], style: Style): string {
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
