import type { Adjective, Noun, Verb, Word } from './word.ts';

/** What an English sentence does with its verb. */
export type Pattern =
  | 'statement'
  | 'lets'
  | 'shall-we'
  | 'want'
  | 'can'
  | 'please'
  | 'must'
  | 'should'
  | 'may'
  | 'progressive'
  | 'like-doing'
  | 'is';

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
