import type { Word } from './word.ts';

/** The state of reading: where in the words we are, and what was found. */
export interface Reader {
  readonly words: readonly string[];
  at: number;
  readonly found: Word[];
  readonly unknown: string[];
}

/** The words of a sentence, with the short forms of English written out. Pure. */
export function tokensOf(text: string): string[] {
  return (
    text
      .replaceAll('’', "'")
      .replace(/\bcan't\b|\bcannot\b/gi, 'can not')
      .replace(/\bwon't\b/gi, 'will not')
      .replace(/\blet's\b/gi, 'lets')
      .replace(/n't\b/gi, ' not')
      .replace(/\b(I)'d like to\b/gi, '$1 want to')
      .replace(/\bwould like to\b/gi, 'want to')
      .replace(/\b(?:I)'m\b/gi, 'I am')
      .replace(/\b(you|we|they)'re\b/gi, '$1 are')
      .replace(/\b(he|she|it|that|what|where|who)'s\b/gi, '$1 is')
      .match(/[A-Za-zÀ-ÿ]+(?:'[a-z]+)?|\d+/g) ?? []
  );
}

/** The word at hand or ahead, in lower case; empty behind the end. */
export function peek(reader: Reader, ahead = 0): string {
  return (reader.words[reader.at + ahead] ?? '').toLowerCase();
}

export function skip(reader: Reader, count: number): void {
  reader.at += count;
}

/** Steps over a word, if it is the one at hand. */
export function accept(reader: Reader, word: string): boolean {
  if (peek(reader) !== word) return false;
  skip(reader, 1);
  return true;
}

/** Keeps a word that was found, and steps over it. */
export function take(reader: Reader, match: { word: Word; length: number }): void {
  reader.found.push(match.word);
  skip(reader, match.length);
}
