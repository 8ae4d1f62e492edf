import { findEnglish } from './find-word.ts';
import type { Part, Phrase } from './meaning.ts';
import { determiners, phraseOf, readPhrase } from './read-phrase.ts';
import { peek, type Reader, skip, take } from './sentence-reader.ts';
import type { Verb } from './word.ts';

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
