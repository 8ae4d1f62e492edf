import english from './english.json' with { type: 'json' };
import { findEnglish } from './find-word.ts';
import type { Adjective, Noun, Part, Phrase, Verb, Word } from './word.ts';

/** The state of reading: where in the words we are, and what was found. */
export interface Reader {
  readonly words: readonly string[];
  at: number;
  readonly found: Word[];
  readonly unknown: string[];
}

const contractions = english.contractions.map(
  ([pattern = '', words = '']) => [new RegExp(pattern, 'gi'), words] as const,
);

/** The words of a sentence, with the short forms of English written out. Pure. */
export function tokensOf(text: string): string[] {
  const whole = contractions.reduce((left, [pattern, words]) => left.replace(pattern, words), text);
  return whole.match(/[A-Za-zÀ-ÿ]+(?:'[a-z]+)?|\d+/g) ?? [];
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
const owners: Readonly<Record<string, string>> = english.owners;

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
  const word = peek(reader);
  const owner = findEnglish([owners[word] ?? ''], 0, 'noun')?.word as Noun | undefined;
  const next = findEnglish(reader.words, reader.at + 1, 'noun')?.word.kind;
  const isDeterminer = determiners.test(word) && next !== undefined && next !== 'verb' && next !== 'time';
  const isOwner = owner !== undefined && !(word === 'her' && next === undefined);
  if (isOwner || isDeterminer || /^(?:a|an|the|some|any)$/.test(word)) skip(reader, 1);
  const adjectives: Adjective[] = [];
  const whole = (noun: Noun) => ({ noun, adjectives, ...(owner !== undefined && { owner }) });
  for (;;) {
    const match = findEnglish(reader.words, reader.at, 'noun');
    const kind = match?.word.kind;
    if (match === undefined) {
      const name = reader.words[reader.at];
      if (name === undefined || reader.at === 0 || !/^\p{Lu}\p{Ll}/u.test(name)) break;
      skip(reader, 1);
      return whole({ kind: 'noun', topic: 'name', written: name, reading: name, english: name });
    }
    if (kind === 'verb' || kind === 'time' || kind === 'phrase') break;
    take(reader, match);
    if (kind === 'noun' || kind === 'pronoun') return whole(match.word as Noun);
    adjectives.push(match.word as Adjective);
  }
  reader.found.splice(known);
  return undefined;
}

/** A word for a time at hand, such as `yesterday`, which no particle marks. */
export function readTime(reader: Reader): Part | undefined {
  const match = findEnglish(reader.words, reader.at);
  if (match?.word.kind !== 'time') return undefined;
  take(reader, match);
  return { phrase: { nouns: [{ noun: match.word, adjectives: [] }] }, particle: '' };
}

const ignored = /^(?:please|just|so|then|to|of|it|really|now then|also|too|there|oh|well|as|my|your)$/;
const whither = new Set(['行く', '来る', '帰る', '旅行する', '入る', '着く', '歩く', '走る', '住む', '座る']);

/** Everything behind the verb: objects, places, times and companions, each with its particle. */
export function readParts(reader: Reader, verb: Verb | undefined): Part[] {
  const parts: Part[] = [];
  while (reader.at < reader.words.length) {
    const word = peek(reader);
    const isPreposition = /^(?:at|in|on|to|into|from|until|till|with|by|for|about)$/.test(word);
    const start = reader.at;
    if (isPreposition) skip(reader, 1);
    const time = readTime(reader);
    const phrase = time === undefined ? readPhrase(reader) : undefined;
    if (time !== undefined) parts.push(time);
    else if (phrase !== undefined)
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

const particles: Readonly<Record<string, string>> = english.particles;

function particleFor(preposition: string, phrase: Phrase, verb: Verb | undefined): string {
  const topic = phrase.nouns[0]?.noun.topic ?? '';
  if (preposition === 'with') return /^(?:person|pronoun|animal|name)$/.test(topic) ? 'と' : 'で';
  const moment = topic === 'moment' || topic === 'time';
  if (moment && !/^(?:from|until|till|about|by)$/.test(preposition)) return 'に';
  const fixed = particles[preposition];
  if (fixed !== undefined || topic === 'study') return fixed ?? 'で';
  return verb !== undefined && whither.has(verb.written) ? 'に' : 'で';
}
