import { findEnglish } from './find-word.ts';
import {
  accept,
  be,
  type Opening,
  peek,
  type Reader,
  readOpening,
  readParts,
  readPhrase,
  skip,
  take,
  tokensOf,
} from './read-parts.ts';
import type { Adjective, Meaning, Part, Verb } from './word.ts';

/** Verbs whose ている says what is so now. */
const stative = new Set(['住む', '知る', '持つ', '結婚する']);
const longestSentence = 40;

/**
 * Understands a simple English sentence: one verb or one `is`, its subject, its objects, places, times and
 * companions. `undefined` when it is none, or longer than a simple sentence is.
 */
export function readSentence(text: string): Meaning | undefined {
  const isQuestion = /\?\s*["”']?\s*$/.test(text);
  const words = tokensOf(text);
  if (words.length < 2 || words.length > longestSentence) return undefined;
  const reader: Reader = { words, at: 0, found: [], unknown: [] };
  const opening = readOpening(reader);
  return readRest(reader, opening, isQuestion || opening.asks);
}

/** The verb and everything behind it. */
function readRest(reader: Reader, opening: Opening, isQuestion: boolean): Meaning | undefined {
  const { exists, subject, parts: before } = opening;
  let { pattern, isPast, isNegative, isBe } = opening;
  for (let steps = 0; steps < 8; steps += 1) {
    const word = peek(reader);
    const isTo = peek(reader, 1) === 'to';
    const helps =
      word === 'going' && isBe && isTo && findEnglish(reader.words, reader.at + 2)?.word.kind === 'verb';
    const likes = /^(?:like|love)s?$/.test(word);
    if (/^(?:do|does|did|will|would)$/.test(word) && peek(reader, 1) === 'not') {
      isPast ||= word === 'did';
    } else if (word === 'will' || helps) {
      if (helps) isBe = false;
    } else if (word === 'can' || word === 'could') {
      pattern = 'can';
      isPast ||= word === 'could';
    } else if (/^(?:want|wants|wanted)$/.test(word) && isTo) {
      pattern = 'want';
      isPast ||= word === 'wanted';
    } else if (word === 'must' || (/^(?:have|has|had|need|needs)$/.test(word) && isTo)) {
      pattern = 'must';
    } else if (word === 'should') {
      pattern = 'should';
    } else if (likes && (isTo || findEnglish(reader.words, reader.at + 1)?.form === 'ing')) {
      pattern = 'like-doing';
    } else if (be.test(word) && !isBe) {
      isBe = true;
      isPast ||= word === 'was' || word === 'were';
    } else if (word === 'not') {
      isNegative = true;
    } else break;
    skip(reader, isTo && word !== 'will' ? 2 : 1);
  }
  const common = { isNegative, isQuestion, ...(subject !== undefined && { subject }) };
  if (/^(?:like|likes|liked|love|loves|loved)$/.test(peek(reader)) && !isBe) {
    isPast ||= /d$/.test(peek(reader));
    skip(reader, 1);
    const liked = readPhrase(reader);
    const adjective = findEnglish(['liked'], 0)?.word as Adjective;
    if (liked === undefined) return undefined;
    const parts = [...before, { phrase: liked, particle: 'が' }, ...readParts(reader, undefined)];
    return finish(reader, {
      ...common,
      pattern: 'is',
      isPast,
      parts,
      predicate: { adjective, isVery: false },
    });
  }
  if (exists || /^(?:have|has|had)$/.test(peek(reader)))
    return readExistence(reader, { ...common, pattern: opening.pattern, isPast }, before);
  const match = findEnglish(reader.words, reader.at);
  if (match?.word.kind === 'verb' && !(isBe && match.form !== 'ing')) {
    take(reader, match);
    const isProgressive = isBe && match.form === 'ing';
    const parts = [...before, ...readParts(reader, match.word)];
    const verb = playing(match.word, parts);
    const isState = pattern === 'statement' && stative.has(verb.written) && !isPast && !isNegative;
    const past = isPast || (match.form === 'past' && match.word.english !== match.word.past);
    return finish(reader, {
      ...common,
      pattern: isProgressive || isState ? 'progressive' : pattern,
      isPast: past,
      parts: parts.map((part) => asObjectOf(verb, part)),
      verb,
    });
  }
  return isBe ? readPredicate(reader, { ...common, isPast }, before) : undefined;
}

/** `There is a dog`, `I have a dog`: いる for the living, ある for the rest; meals and drinks one has are eaten and drunk. */
function readExistence(
  reader: Reader,
  common: Pick<Meaning, 'pattern' | 'isPast' | 'isNegative' | 'isQuestion' | 'subject'>,
  before: readonly Part[],
): Meaning | undefined {
  const owns = accept(reader, 'have') || accept(reader, 'has');
  const owned = accept(reader, 'had');
  const phrase = readPhrase(reader);
  const topic = phrase?.nouns[0]?.noun.topic ?? '';
  if (phrase === undefined) return undefined;
  const isMeal = (owns || owned) && (topic === 'food' || topic === 'drink');
  const english = isMeal ? (topic === 'food' ? 'eat' : 'drink') : living.test(topic) ? 'be there' : 'exist';
  const verb = findEnglish(english.split(' '), 0)?.word as Verb;
  const parts = [...before, { phrase, particle: isMeal ? 'を' : 'が' }, ...readParts(reader, verb)];
  const placed = isMeal ? parts : parts.map(whereItIs);
  return finish(reader, { ...common, isPast: common.isPast || owned, verb, parts: placed });
}

const living = /^(?:person|animal)$/;

/** What is somewhere is に, not で. */
function whereItIs(part: Part): Part {
  return part.particle === 'で' ? { ...part, particle: 'に' } : part;
}

/** `X is Y`: an adjective, a noun, or a place where X is. */
function readPredicate(
  reader: Reader,
  common: Pick<Meaning, 'isPast' | 'isNegative' | 'isQuestion' | 'subject'>,
  before: readonly Part[],
): Meaning | undefined {
  const isVery = accept(reader, 'very') || accept(reader, 'really') || accept(reader, 'so');
  const match = findEnglish(reader.words, reader.at);
  if (match?.word.kind === 'i-adjective' || match?.word.kind === 'na-adjective') {
    const next = findEnglish(reader.words, reader.at + match.length);
    if (next?.word.kind !== 'noun') {
      take(reader, match);
      const parts = [...before, ...readParts(reader, undefined)];
      return finish(reader, {
        ...common,
        pattern: 'is',
        parts,
        predicate: { adjective: match.word, isVery },
      });
    }
  }
  if (/^(?:at|in|on)$/.test(peek(reader))) {
    const phrase = common.subject;
    const isAlive = phrase?.nouns.some(({ noun }) => /^(?:person|animal|pronoun)$/.test(noun.topic)) ?? true;
    const verb = findEnglish(isAlive ? ['be', 'there'] : ['exist'], 0)?.word as Verb;
    const parts = [...before, ...readParts(reader, verb)].map(whereItIs);
    return finish(reader, { ...common, pattern: 'statement', parts, verb });
  }
  const phrase = readPhrase(reader) ?? before[0]?.phrase;
  if (phrase === undefined) return undefined;
  const parts = [...(phrase === before[0]?.phrase ? [] : before), ...readParts(reader, undefined)];
  return finish(reader, { ...common, pattern: 'is', parts, predicate: { phrase } });
}

function finish(reader: Reader, meaning: Omit<Meaning, 'words' | 'unknown'>): Meaning {
  const { verb, predicate } = meaning;
  const liked = predicate !== undefined && 'adjective' in predicate && predicate.adjective.written === '好き';
  const found = reader.found.filter(({ kind }) => kind !== 'verb' || verb === undefined);
  const words = [...found, ...(verb === undefined ? [] : [verb]), ...(liked ? [predicate.adjective] : [])];
  return { ...meaning, words: [...new Set(words)], unknown: reader.unknown };
}

/** Playing tennis or a game is する in Japanese; only children 遊ぶ. */
function playing(verb: Verb, parts: readonly Part[]): Verb {
  const plays =
    verb.written === '遊ぶ' &&
    parts.some(({ phrase, particle }) => particle === 'を' && phrase.nouns[0]?.noun.topic === 'leisure');
  return plays ? (findEnglish(['do'], 0)?.word as Verb) : verb;
}

/** A bare object gets the particle its verb asks for. */
function asObjectOf(verb: Verb, part: Part): Part {
  return part.particle === 'を' ? { ...part, particle: verb.particle } : part;
}
