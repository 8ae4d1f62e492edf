import type { Strength } from '../question.ts';
import { conjugate } from './conjugate.ts';
import { askedForms, type TaughtForm, taughtForms } from './forms.ts';
import lessons from './lessons.json' with { type: 'json' };
import { columns, type Style, withReading } from './style.ts';
import { glossOf, type Meaning, type Verb, type Word } from './word.ts';
import { type Piece, piecesOf, writeSentence } from './write-sentence.ts';

/** How a verb is conjugated: the forms that were asked for, or the ones of the student's level. Pure. */
export function conjugationAnswer(verb: Verb, asked: string, style: Style, strength: Strength): string {
  const known = strength === 'small' ? misread(verb) : verb;
  const wanted = askedForms(asked, !/\bplain|\bcasual|\bshort form|\bta\b|\bnai\b|た|ない/i.test(asked));
  const opening = `${withReading(known, style)}, "${glossOf(verb)}", is ${lessons.groups[known.group][1]}.`;
  if (wanted.length > 0 && wanted.length <= 2) {
    const lines = wanted.map((form) => {
      const made = howMade(known, form);
      const answer = withReading(conjugate(known, form.form), style);
      return `The ${form.name} is ${answer}${made === undefined ? '' : `: ${made}`}.`;
    });
    return [opening, ...lines].join('\n\n');
  }
  const level = taughtForms.filter(({ isForBeginners }) => isForBeginners || !style.isForBeginners);
  const { heads, cells } = columns(style);
  const rows = (wanted.length > 0 ? wanted : level).map(({ form, name, meaning }) => [
    name,
    ...cells(conjugate(known, form)),
    meaning,
  ]);
  const shown = strength === 'capable' ? table(['Form', 'Japanese', ...heads, 'Meaning'], rows) : list(rows);
  return `${opening}\n\n${shown}`;
}

/** The rule for this verb: of a godan verb's て-form only the ending that it has. */
function howMade(verb: Verb, { form, rule }: TaughtForm): string | undefined {
  if (verb.group !== 'godan' || (form !== 'te' && form !== 'ta')) return rule[verb.group];
  return `${verb.reading.slice(-1)} becomes ${conjugate(verb, form).reading.slice(verb.reading.length - 1)}`;
}

/** A small model takes one group of verbs for the other: 食べる becomes 食べります. */
function misread(verb: Verb): Verb {
  if (verb.group === 'ichidan') return { ...verb, group: 'godan' };
  return verb.group === 'godan' ? { ...verb, group: 'ichidan' } : verb;
}

/** The Japanese sentence, with its readings and its words. Pure. */
export function translation(meaning: Meaning, style: Style, strength: Strength): string {
  const pieces = piecesOf(meaning);
  const { written, reading, romaji } = writeSentence(pieces);
  const hasReading = reading.replaceAll(' ', '') !== written && !style.hasFurigana;
  const lines = [
    style.hasFurigana ? writeSentence(pieces.map(withFurigana)).written : written,
    ...(hasReading ? [reading] : []),
    ...(style.hasRomaji ? [romaji] : []),
  ].join('\n');
  return strength === 'small' ? lines : paragraphs(lines, vocabulary(meaning, style), notKnown(meaning));
}

function withFurigana({ written, reading, ...piece }: Piece): Piece {
  return { ...piece, written: written === reading ? written : `${written}(${reading})`, reading };
}

/** What each particle does. */
const particles: Readonly<Record<string, string>> = lessons.particles;

/** What leads to the sentence without giving it: words, structure, a sentence with gaps. Pure. */
export function clues(meaning: Meaning, style: Style): string {
  const pieces = piecesOf(meaning);
  const [task = '', rule = ''] = lessons.patterns[meaning.pattern];
  const marks = pieces.filter(({ kind }) => kind === 'particle').map(({ written }) => written);
  const structure = pieces.map(({ kind, written }) =>
    kind === 'particle' ? written : kind === 'predicate' ? `[${task}]` : '[word]',
  );
  const uses = [...new Set(marks)].map((mark) => `- ${mark} ${particles[mark] ?? 'is a particle'}.`);
  return paragraphs(
    'Here are clues. The sentence is yours to make.',
    vocabulary(meaning, style),
    `Structure: ${structure.join(' ')}`,
    [...uses, `- ${rule}`].join('\n'),
    `Fill the gaps: ${gapped(pieces, style)}`,
    notKnown(meaning),
    'Write your sentence, and ask me how to conjugate a word if you are not sure.',
  );
}

/** Beginners are given the particles. */
function gapped(pieces: readonly Piece[], { isForBeginners }: Style): string {
  const text = pieces.map(({ kind, written }) => {
    if (kind === 'predicate') return '＿＿＿＿';
    return kind === 'particle' && !isForBeginners ? '（　）' : written;
  });
  return `${text.join('')}。`;
}

/** The words of a sentence that are to be learnt. */
function vocabulary({ words }: Meaning, style: Style): string {
  const shown = words.filter(
    ({ kind, english }) => kind !== 'pronoun' || /^(?:what|where|when|who|why)$/.test(english),
  );
  return shown.length === 0 ? '' : wordTable(shown, style);
}

function notKnown({ unknown }: Meaning): string {
  return unknown.length === 0 ? '' : `My vocabulary does not have: ${[...new Set(unknown)].join(', ')}.`;
}

/** Words as a table of dictionary form, reading and English. Pure. */
export function wordTable(words: readonly Word[], style: Style): string {
  const { heads, cells } = columns(style);
  return table(
    ['Dictionary form', ...heads, 'English'],
    words.map((word) => [...cells(word), glossOf(word)]),
  );
}

/** What one word means, or how it is said. Pure. */
export function wordAnswer(word: Word, style: Style): string {
  const kind = word.kind === 'verb' ? lessons.groups[word.group][0] : word.kind;
  const shown = kind === 'time' || kind === 'pronoun' ? 'word' : kind;
  return `${withReading(word, style)}: ${glossOf(word)}${kind === 'phrase' ? '' : ` (${shown})`}.`;
}

const signs = /[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/gu;

/** Whether a sentence that the student wrote is the one that was asked for. Pure. */
export function attemptAnswer(attempt: string, meaning: Meaning): string {
  const { written, reading } = writeSentence(piecesOf(meaning));
  const isRight = [written, reading].some((one) => one.replace(signs, '') === attempt.replace(signs, ''));
  return isRight
    ? 'Correct: that is the sentence. Shall we change it to the past, or to a question?'
    : 'Not yet: that is not the sentence I have in mind. Compare it with the clues, piece by piece.';
}

function paragraphs(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

/** A Markdown table. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The same rows as a list, which is what a small model makes of a table. */
function list(rows: readonly (readonly string[])[]): string {
  return rows
    .map(([first, ...others]) => `- ${first} (${others.slice(0, -1).join(', ')}): ${others.at(-1)}`)
    .join('\n');
}
