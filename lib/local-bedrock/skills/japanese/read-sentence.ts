import { findEnglish } from './find-word.ts';
import type { Meaning, Part, Pattern, Phrase } from './meaning.ts';
import type { Adjective, Noun, Verb, Word } from './word.ts';

const determiners = /^(?:a|an|the|some|any|this|that|these|those)$/;
const ignored = /^(?:please|just|so|then|to|of|it|really|now then|also|too|there|oh|well|as|my|your)$/;
const be = /^(?:am|is|are|was|were|'m|'s|'re)$/;
const owners: Readonly<Record<string, string>> = {
  my: 'i',
  your: 'you',
  his: 'he',
  her: 'she',
  our: 'we',
  their: 'they',
};
/** Verbs whose ている says what is so now. */
const stative = new Set(['住む', '知る', '持つ', '結婚する']);
const moving = new Set(['行く', '来る', '帰る', '旅行する', '入る', '着く', '歩く', '走る']);
const longestSentence = 40;

/** The state of reading: where in the words we are, and what was found. */
interface Reader {
  readonly words: readonly string[];
  at: number;
  readonly found: Word[];
  readonly unknown: string[];
}

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
  const meaning = readRest(reader, opening, isQuestion || opening.asks);
  return meaning;
}

function tokensOf(text: string): string[] {
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

interface Opening {
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
function readOpening(reader: Reader): Opening {
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
      ...(part === undefined ? {} : { part }),
      ...(subject === undefined ? {} : { subject }),
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
    ...(subject === undefined ? {} : { subject }),
  };
}

function startsWithVerb(reader: Reader): boolean {
  return findEnglish(reader.words, reader.at)?.word.kind === 'verb';
}

/** The verb and everything behind it. */
function readRest(reader: Reader, opening: Opening, isQuestion: boolean): Meaning | undefined {
  let { pattern, isPast, isNegative, isBe } = opening;
  const { exists, subject } = opening;
  for (let steps = 0; steps < 8; steps += 1) {
    const word = peek(reader);
    if (/^(?:do|does|did|will|would|have been)$/.test(word) && peek(reader, 1) === 'not') {
      isPast ||= word === 'did';
      isNegative = true;
      skip(reader, 2);
    } else if (
      word === 'will' ||
      (word === 'going' &&
        isBe &&
        peek(reader, 1) === 'to' &&
        findEnglish(reader.words, reader.at + 2)?.word.kind === 'verb')
    ) {
      if (word === 'going') isBe = false;
      skip(reader, word === 'will' ? 1 : 2);
    } else if (word === 'can' || word === 'could') {
      pattern = 'can';
      isPast ||= word === 'could';
      skip(reader, 1);
    } else if (/^(?:want|wants|wanted)$/.test(word) && peek(reader, 1) === 'to') {
      pattern = 'want';
      isPast ||= word === 'wanted';
      skip(reader, 2);
    } else if (word === 'must' || (/^(?:have|has|had|need|needs)$/.test(word) && peek(reader, 1) === 'to')) {
      pattern = 'must';
      skip(reader, word === 'must' ? 1 : 2);
    } else if (word === 'should') {
      pattern = 'should';
      skip(reader, 1);
    } else if (
      /^(?:like|likes|love|loves)$/.test(word) &&
      (peek(reader, 1) === 'to' || findEnglish(reader.words, reader.at + 1)?.form === 'ing')
    ) {
      pattern = 'like-doing';
      skip(reader, peek(reader, 1) === 'to' ? 2 : 1);
    } else if (be.test(word) && !isBe) {
      isBe = true;
      isPast ||= word === 'was' || word === 'were';
      skip(reader, 1);
    } else if (word === 'not') {
      isNegative = true;
      skip(reader, 1);
    } else break;
  }
  const before = opening.part === undefined ? [] : [opening.part];
  const common = { isNegative, isQuestion, ...(subject === undefined ? {} : { subject }) };
  const liking = /^(?:like|likes|liked|love|loves|loved)$/.test(peek(reader)) && !isBe;
  if (liking) {
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
    return readExistence(reader, { ...opening, isPast, isNegative }, isQuestion);
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
function readExistence(reader: Reader, opening: Opening, isQuestion: boolean): Meaning | undefined {
  const owns = /^(?:have|has|had)$/.test(peek(reader));
  const isPast = opening.isPast || peek(reader) === 'had';
  if (owns) skip(reader, 1);
  const phrase = readPhrase(reader);
  const noun = phrase?.nouns[0]?.noun;
  if (phrase === undefined || noun === undefined) return undefined;
  const isMeal = owns && (noun.topic === 'food' || noun.topic === 'drink');
  const isAlive = noun.topic === 'person' || noun.topic === 'animal';
  const english = isMeal ? (noun.topic === 'food' ? 'eat' : 'drink') : isAlive ? 'be there' : 'exist';
  const verb = findEnglish(english.split(' '), 0)?.word as Verb;
  const before = opening.part === undefined ? [] : [opening.part];
  const parts = [...before, { phrase, particle: isMeal ? 'を' : 'が' }, ...readParts(reader, verb)];
  const place = parts.map((part) => (part.particle === 'で' && !isMeal ? { ...part, particle: 'に' } : part));
  return finish(reader, {
    pattern: opening.pattern,
    isPast,
    isNegative: opening.isNegative,
    isQuestion,
    verb,
    parts: place,
    ...(opening.subject === undefined ? {} : { subject: opening.subject }),
  });
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
    const parts = [...before, ...readParts(reader, verb)].map((part) =>
      part.particle === 'で' ? { ...part, particle: 'に' } : part,
    );
    return finish(reader, { ...common, pattern: 'statement', parts, verb });
  }
  const phrase = readPhrase(reader) ?? before[0]?.phrase;
  if (phrase === undefined) return undefined;
  const parts = [...(phrase === before[0]?.phrase ? [] : before), ...readParts(reader, undefined)];
  return finish(reader, { ...common, pattern: 'is', parts, predicate: { phrase } });
}

function finish(reader: Reader, meaning: Omit<Meaning, 'words' | 'unknown'>): Meaning {
  const helpers = new Set([
    '好き',
    ...(meaning.verb?.kind === 'verb' && /^(?:ある|いる)$/.test(meaning.verb.written)
      ? [meaning.verb.written]
      : []),
  ]);
  const extra = meaning.verb !== undefined ? [meaning.verb] : [];
  const predicate =
    meaning.predicate !== undefined && 'adjective' in meaning.predicate ? [meaning.predicate.adjective] : [];
  const words = [
    ...reader.found.filter(({ kind }) => kind !== 'verb' || meaning.verb === undefined),
    ...extra,
    ...predicate.filter(({ written }) => helpers.has(written)),
  ];
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

function readParts(reader: Reader, verb: Verb | undefined): Part[] {
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

/** A noun with its determiner, owner and adjectives; several joined by `and`. */
function readPhrase(reader: Reader): Phrase | undefined {
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

function phraseOf(noun: Noun): Phrase {
  return { nouns: [{ noun, adjectives: [] }] };
}

function peek(reader: Reader, ahead = 0): string {
  return (reader.words[reader.at + ahead] ?? '').toLowerCase();
}

function skip(reader: Reader, count: number): void {
  reader.at += count;
}

function accept(reader: Reader, word: string): boolean {
  if (peek(reader) !== word) return false;
  skip(reader, 1);
  return true;
}

function take(reader: Reader, match: { word: Word; length: number }): void {
  reader.found.push(match.word);
  skip(reader, match.length);
}
