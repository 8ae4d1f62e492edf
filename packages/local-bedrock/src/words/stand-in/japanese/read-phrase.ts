import { findEnglish } from './find-word.ts';
import type { Phrase } from './meaning.ts';
import { peek, type Reader, skip, take } from './sentence-reader.ts';
import type { Adjective, Noun } from './word.ts';

export const determiners = /^(?:a|an|the|some|any|this|that|these|those)$/;
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
        return { noun, adjectives, ...(ownerNoun === undefined ? {} : { owner: ownerNoun }) };
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
      return { noun: match.word, adjectives, ...(ownerNoun === undefined ? {} : { owner: ownerNoun }) };
    }
    break;
  }
  reader.found.splice(known);
  return undefined;
}

/** A phrase of one word. Pure. */
export function phraseOf(noun: Noun): Phrase {
  return { nouns: [{ noun, adjectives: [] }] };
}
