/** How a verb changes its form. */
export type VerbGroup = 'godan' | 'ichidan' | 'suru' | 'kuru';

interface Spelling {
  /** As it is usually written. */
  readonly written: string;
  /** In kana. */
  readonly reading: string;
}

export interface Verb extends Spelling {
  readonly kind: 'verb';
  readonly group: VerbGroup;
  /** English infinitive without `to`; it may have more than one word. */
  readonly english: string;
  readonly past: string;
  /** The particle of what is acted on: `を`, or `に` as with 会う and `が` as with 分かる. */
  readonly particle: string;
}

export interface Adjective extends Spelling {
  readonly kind: 'i-adjective' | 'na-adjective';
  readonly english: string;
}

export interface Noun extends Spelling {
  readonly kind: 'noun' | 'time' | 'pronoun' | 'phrase';
  readonly english: string;
  readonly topic: string;
}

export type Word = Verb | Adjective | Noun;

/** The English of a word as a dictionary lists it: `to eat`, `delicious`, `restaurant`. */
export function glossOf(word: Word): string {
  return word.kind === 'verb' ? `to ${word.english}` : word.english;
}

/** The rows of a table in this folder's data files, cells split at `|`. */
export function rowsOf(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
}
