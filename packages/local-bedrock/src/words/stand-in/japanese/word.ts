import grammar from './grammar.json' with { type: 'json' };

/** How a verb changes its form. */
export type VerbGroup = keyof typeof grammar.stems;

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

/** What an English sentence does with its verb. */
export type Pattern = keyof typeof grammar.patterns;

/** A noun with what stands before it: `my new book`. */
export interface Phrase {
  readonly nouns: readonly {
    readonly noun: Noun;
    readonly owner?: Noun;
    readonly adjectives: readonly Adjective[];
  }[];
}

/** A part of a sentence with the particle that marks it; an empty particle for `today` and its like. */
export interface Part {
  readonly phrase: Phrase;
  readonly particle: string;
}

/** A simple English sentence, understood. */
export interface Meaning {
  readonly pattern: Pattern;
  readonly isPast: boolean;
  readonly isNegative: boolean;
  readonly isQuestion: boolean;
  /** Absent where the sentence says what something is. */
  readonly verb?: Verb;
  readonly subject?: Phrase;
  readonly parts: readonly Part[];
  /** What the subject is. */
  readonly predicate?:
    | { readonly adjective: Adjective; readonly isVery: boolean }
    | { readonly phrase: Phrase };
  /** The words found, in the order of the English sentence, each once. */
  readonly words: readonly Word[];
  /** Words that the vocabulary does not have. */
  readonly unknown: readonly string[];
}
