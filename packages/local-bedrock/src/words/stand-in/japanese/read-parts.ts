import { findEnglish } from './find-word.ts';
import type { Adjective, Noun, Part, Pattern, Phrase, Verb, Word } from './word.ts';

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

const determiners = /^(?:a|an|the|some|any|this|that|these|those)$/;
const owners: Readonly<Record<string, string>> = {
  my: 'i',
  your: 'you',
  his: 'he',
  her: 'she',
  our: 'we',
  their: 'they',
};

/** A noun with its determiner, owner and adjectives; several joined by `and`. */
export function readPhrase(reader: Reader): Phrase | undefined {
  const nouns: Phrase['nouns'][number][] = [];
  for (;;) {
    const start = reader.at;
    const one = readNoun(reader);
    if (one === undefined) {
      reader.at = nouns.length === 0 ? start : start - 1;
      break;
    }
    nouns.push(one);
    if (peek(reader) !== 'and') break;
    skip(reader, 1);
  }
  return nouns.length === 0 ? undefined : { nouns };
}

function readNoun(reader: Reader): Phrase['nouns'][number] | undefined {
  const known = reader.found.length;
  const owner = owners[peek(reader)];
  const ownerNoun =
    owner === undefined ? undefined : (findEnglish([owner], 0, 'noun')?.word as Noun | undefined);
  const next = findEnglish(reader.words, reader.at + 1, 'noun')?.word.kind;
  const isDeterminer =
    owner !== undefined ||
    (determiners.test(peek(reader)) && next !== undefined && next !== 'verb' && next !== 'time');
  const isArticle = /^(?:a|an|the|some|any)$/.test(peek(reader));
  if ((isDeterminer || isArticle) && !(peek(reader) === 'her' && next === undefined)) skip(reader, 1);
  const adjectives: Adjective[] = [];
  for (;;) {
    const match = findEnglish(reader.words, reader.at, 'noun');
    if (match === undefined) {
      const name = reader.words[reader.at];
      if (name !== undefined && reader.at > 0 && /^\p{Lu}\p{Ll}/u.test(name)) {
        skip(reader, 1);
        const noun: Noun = { kind: 'noun', topic: 'name', written: name, reading: name, english: name };
        return { noun, adjectives, ...(ownerNoun !== undefined && { owner: ownerNoun }) };
      }
      break;
    }
    if (match.word.kind === 'i-adjective' || match.word.kind === 'na-adjective') {
      take(reader, match);
      adjectives.push(match.word);
      continue;
    }
    if (match.word.kind === 'noun' || match.word.kind === 'pronoun') {
      take(reader, match);
      return { noun: match.word, adjectives, ...(ownerNoun !== undefined && { owner: ownerNoun }) };
    }
    break;
  }
  reader.found.splice(known);
  return undefined;
}

/** A phrase of one word. Pure. */
function phraseOf(noun: Noun): Phrase {
  return { nouns: [{ noun, adjectives: [] }] };
}

/** Forms of `to be`. */
export const be = /^(?:am|is|are|was|were|'m|'s|'re)$/;

/** What is known of a sentence before its verb. */
export interface Opening {
  readonly pattern: Pattern;
  readonly asks: boolean;
  readonly isPast: boolean;
  readonly isNegative: boolean;
  readonly isBe: boolean;
  /** `there is`: something exists. */
  readonly exists: boolean;
  readonly part?: Part;
  readonly subject?: Phrase;
}

const plain: Opening = {
  pattern: 'statement',
  asks: false,
  isPast: false,
  isNegative: false,
  isBe: false,
  exists: false,
};

/** What stands before the subject, and the subject. */
export function readOpening(reader: Reader): Opening {
  const word = peek(reader);
  if (word === 'lets') {
    skip(reader, 1);
    return { ...plain, pattern: 'lets', isNegative: accept(reader, 'not') };
  }
  if (word === 'shall' && peek(reader, 1) === 'we') {
    skip(reader, 2);
    return { ...plain, pattern: 'shall-we', asks: true };
  }
  if (word === 'please' || (word === 'do' && peek(reader, 1) === 'not')) {
    skip(reader, word === 'please' ? 1 : 0);
    const isNegative = accept(reader, 'do') && accept(reader, 'not');
    return { ...plain, pattern: 'please', isNegative };
  }
  const asked = /^(?:what|where|when|who|why)$/.test(word) ? readPhrase(reader) : undefined;
  const part = asked === undefined ? undefined : { phrase: asked, particle: '' };
  const auxiliary = peek(reader);
  const isBe = be.test(auxiliary);
  if (
    /^(?:do|does|did|can|could|will|would|may|must|should)$/.test(auxiliary) ||
    (isBe && (asked !== undefined || reader.at === 0))
  ) {
    skip(reader, 1);
    const exists = isBe && accept(reader, 'there');
    const isNegative = accept(reader, 'not');
    const subject = exists ? undefined : readPhrase(reader);
    return {
      ...plain,
      pattern:
        ({ can: 'can', could: 'can', may: 'may', must: 'must', should: 'should' } as const)[auxiliary] ??
        'statement',
      asks: true,
      isPast: /^(?:did|was|were|could)$/.test(auxiliary),
      isNegative: isNegative || accept(reader, 'not'),
      isBe,
      exists,
      ...(part !== undefined && { part }),
      ...(subject !== undefined && { subject }),
    };
  }
  if (auxiliary === 'there' && be.test(peek(reader, 1))) {
    const isPast = /^(?:was|were)$/.test(peek(reader, 1));
    skip(reader, 2);
    return { ...plain, exists: true, isBe: true, isPast, isNegative: accept(reader, 'not') };
  }
  const lead: Part[] = [];
  const time = findEnglish(reader.words, reader.at);
  if (time?.word.kind === 'time') {
    take(reader, time);
    lead.push({ phrase: phraseOf(time.word as Noun), particle: '' });
  }
  const subject = startsWithVerb(reader) ? undefined : readPhrase(reader);
  return {
    ...plain,
    asks: asked !== undefined,
    ...(lead[0] !== undefined ? { part: lead[0] } : part === undefined ? {} : { part }),
    ...(subject !== undefined && { subject }),
  };
}

function startsWithVerb(reader: Reader): boolean {
  return findEnglish(reader.words, reader.at)?.word.kind === 'verb';
}

const ignored = /^(?:please|just|so|then|to|of|it|really|now then|also|too|there|oh|well|as|my|your)$/;
const moving = new Set(['行く', '来る', '帰る', '旅行する', '入る', '着く', '歩く', '走る']);

/** Everything behind the verb: objects, places, times and companions, each with its particle. */
export function readParts(reader: Reader, verb: Verb | undefined): Part[] {
  const parts: Part[] = [];
  while (reader.at < reader.words.length) {
    const word = peek(reader);
    const isPreposition = /^(?:at|in|on|to|into|from|until|till|with|by|for|about)$/.test(word);
    const start = reader.at;
    if (isPreposition) skip(reader, 1);
    const match = findEnglish(reader.words, reader.at);
    if (match?.word.kind === 'time') {
      take(reader, match);
      parts.push({ phrase: phraseOf(match.word), particle: '' });
      continue;
    }
    const phrase = readPhrase(reader);
    if (phrase !== undefined)
      parts.push({ phrase, particle: isPreposition ? particleFor(word, phrase, verb) : 'を' });
    else if (reader.at === start || isPreposition) {
      const next = peek(reader);
      if (next !== '' && !ignored.test(next) && !determiners.test(next))
        reader.unknown.push(reader.words[reader.at] ?? '');
      skip(reader, 1);
    }
  }
  return parts;
}

function particleFor(preposition: string, phrase: Phrase, verb: Verb | undefined): string {
  const topic = phrase.nouns[0]?.noun.topic ?? '';
  if (preposition === 'from') return 'から';
  if (preposition === 'until' || preposition === 'till') return 'まで';
  if (preposition === 'about') return 'について';
  if (preposition === 'with')
    return topic === 'person' || topic === 'pronoun' || topic === 'animal' || topic === 'name' ? 'と' : 'で';
  if (preposition === 'by') return 'で';
  if (topic === 'moment' || topic === 'time') return 'に';
  if (preposition === 'to' || preposition === 'into' || preposition === 'for') return 'に';
  if (topic === 'study') return 'で';
  return verb !== undefined &&
    (verb.written === '住む' || moving.has(verb.written) || verb.written === '座る')
    ? 'に'
    : 'で';
}
