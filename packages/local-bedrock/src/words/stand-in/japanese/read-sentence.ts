import { findEnglish } from './find-word.ts';
import {
  accept,
  peek,
  type Reader,
  readParts,
  readPhrase,
  readTime,
  skip,
  take,
  tokensOf,
} from './read-parts.ts';
import type { Adjective, Meaning, Part, Pattern, Phrase, Verb } from './word.ts';

/** Verbs whose ている says what is so now. */
const stative = new Set(['住む', '知る', '持つ', '結婚する']);
const longestSentence = 40;

/** What stands before the verb, as far as it is read. */
interface Opening {
  pattern: Pattern;
  isPast: boolean;
  isNegative: boolean;
  isQuestion: boolean;
  /** A form of `to be` was met. */
  isBe: boolean;
  /** `there is`: something exists. */
  exists: boolean;
  parts: Part[];
  subject?: Phrase | undefined;
}

/**
 * Understands a simple English sentence: one verb or one `is`, its subject, its objects, places, times and
 * companions. `undefined` when it is none, or longer than a simple sentence is.
 */
export function readSentence(text: string): Meaning | undefined {
  const words = tokensOf(text);
  if (words.length < 2 || words.length > longestSentence) return undefined;
  const reader: Reader = { words, at: 0, found: [], unknown: [] };
  const opening = readOpening(reader, /\?\s*["”']?\s*$/.test(text));
  for (let steps = 0; steps < 8 && takeAuxiliary(reader, opening, false); steps += 1);
  const word = peek(reader);
  if (/^(?:like|love)[sd]?$/.test(word) && !opening.isBe) return readLiking(reader, opening);
  if (opening.exists || /^(?:have|has|had)$/.test(word)) return readExistence(reader, opening);
  const match = findEnglish(reader.words, reader.at);
  if (match?.word.kind !== 'verb' || (opening.isBe && match.form !== 'ing'))
    return opening.isBe ? readPredicate(reader, opening) : undefined;
  take(reader, match);
  const parts = [...opening.parts, ...readParts(reader, match.word)];
  const verb = playing(match.word, parts);
  const { pattern, isPast, isNegative, isBe } = opening;
  const isState = pattern === 'statement' && stative.has(verb.written) && !isPast && !isNegative;
  opening.isPast ||= match.form === 'past' && match.word.english !== match.word.past;
  return finish(reader, opening, {
    ...((isBe || isState) && { pattern: 'progressive' }),
    parts: parts.map((part) => asObjectOf(verb, part)),
    verb,
  });
}

/** What stands before the subject, and the subject. */
function readOpening(reader: Reader, isQuestion: boolean): Opening {
  const mood = { isPast: false, isNegative: false, isQuestion, isBe: false, exists: false };
  const opening: Opening = { ...mood, pattern: 'statement', parts: [] };
  const [word, next] = [peek(reader), peek(reader, 1)];
  if (accept(reader, 'lets')) return { ...opening, pattern: 'lets' };
  if (accept(reader, 'please') || (word === 'do' && next === 'not')) return { ...opening, pattern: 'please' };
  if (word === 'shall' && next === 'we') {
    skip(reader, 2);
    return { ...opening, pattern: 'shall-we' };
  }
  const asked = /^(?:what|where|when|who|why)$/.test(word) ? readPhrase(reader) : undefined;
  if (asked !== undefined) opening.parts.push({ phrase: asked, particle: '' });
  const isThere = inverting.test(next) && accept(reader, 'there');
  const isInverted = inverting.test(peek(reader)) && takeAuxiliary(reader, opening, true);
  opening.exists = isThere || (opening.isBe && accept(reader, 'there'));
  opening.isNegative = accept(reader, 'not');
  opening.isQuestion ||= asked !== undefined || (isInverted && !isThere);
  const time = isInverted ? undefined : readTime(reader);
  if (time !== undefined) opening.parts.push(time);
  const isVerb = !isInverted && findEnglish(reader.words, reader.at)?.word.kind === 'verb';
  if (!opening.exists && !isVerb) opening.subject = readPhrase(reader);
  return opening;
}

const inverting = /^(?:do|does|did|can|could|will|would|may|must|should|am|is|are|was|were|'m|'s|'re)$/;

/** Words before the verb, each with the one behind it, and what they make of the sentence. */
const auxiliaries: readonly (readonly [RegExp, Partial<Opening>])[] = [
  [/^(?:do|does|will|would) /, {}],
  [/^did /, { isPast: true }],
  [/^not /, { isNegative: true }],
  [/^can /, { pattern: 'can' }],
  [/^could /, { pattern: 'can', isPast: true }],
  [/^may /, { pattern: 'may' }],
  [/^should /, { pattern: 'should' }],
  [/^(?:must |(?:have|has|had|needs?) to$)/, { pattern: 'must' }],
  [/^wants? to$/, { pattern: 'want' }],
  [/^wanted to$/, { pattern: 'want', isPast: true }],
  [/^(?:like|love)s? /, { pattern: 'like-doing' }],
  [/^(?:am|is|are|'m|'s|'re) /, { isBe: true }],
  [/^(?:was|were) /, { isBe: true, isPast: true }],
  [/^going to$/, { isBe: false }],
];

/** Steps over an auxiliary and keeps what it says; false where none is at hand. */
function takeAuxiliary(reader: Reader, opening: Opening, isBeforeSubject: boolean): boolean {
  const [word, next] = [peek(reader), peek(reader, 1)];
  const effect = auxiliaries.find(([pattern]) => pattern.test(`${word} ${next}`))?.[1];
  const isTo = next === 'to';
  const ahead = findEnglish(reader.words, reader.at + (isTo ? 2 : 1));
  const isVerb =
    (/^(?:d|would)/.test(word) && next !== 'not' && !isBeforeSubject) ||
    (word === 'going' && !(opening.isBe && ahead?.word.kind === 'verb')) ||
    (effect?.pattern === 'like-doing' && !isTo && ahead?.form !== 'ing') ||
    (effect?.isBe === true && opening.isBe);
  if (effect === undefined || isVerb) return false;
  Object.assign(opening, effect);
  skip(reader, isTo ? 2 : 1);
  return true;
}

/** `I like sushi`: what is liked is が, and 好き an adjective. */
function readLiking(reader: Reader, opening: Opening): Meaning | undefined {
  opening.isPast ||= /d$/.test(peek(reader));
  skip(reader, 1);
  const phrase = readPhrase(reader);
  const adjective = findEnglish(['liked'], 0)?.word as Adjective;
  if (phrase === undefined) return undefined;
  const parts = [...opening.parts, { phrase, particle: 'が' }, ...readParts(reader, undefined)];
  const meaning = finish(reader, opening, { pattern: 'is', parts, predicate: { adjective, isVery: false } });
  return { ...meaning, words: [...meaning.words, adjective] };
}

/** `There is a dog`, `I have a dog`: いる for the living, ある for the rest; meals and drinks one has are eaten and drunk. */
function readExistence(reader: Reader, opening: Opening): Meaning | undefined {
  const owns = accept(reader, 'have') || accept(reader, 'has') || peek(reader) === 'had';
  opening.isPast ||= accept(reader, 'had');
  const phrase = readPhrase(reader);
  const topic = phrase?.nouns[0]?.noun.topic ?? '';
  if (phrase === undefined) return undefined;
  const meal = owns ? { food: 'eat', drink: 'drink' }[topic] : undefined;
  const verb = verbOf(meal ?? (living.test(topic) ? 'be there' : 'exist'));
  const own = { phrase, particle: meal === undefined ? 'が' : 'を' };
  const parts = [...opening.parts, own, ...readParts(reader, verb)];
  if (meal !== undefined) return finish(reader, opening, { verb, parts });
  return finish(reader, opening, { pattern: 'statement', verb, parts: parts.map(whereItIs) });
}

const living = /^(?:person|animal)$/;

function verbOf(english: string): Verb {
  return findEnglish(english.split(' '), 0)?.word as Verb;
}

/** What is somewhere is に, not で. */
function whereItIs(part: Part): Part {
  return part.particle === 'で' ? { ...part, particle: 'に' } : part;
}

/** `X is Y`: an adjective, a noun, or a place where X is. */
function readPredicate(reader: Reader, opening: Opening): Meaning | undefined {
  const { parts: before, subject } = opening;
  const isVery = accept(reader, 'very') || accept(reader, 'really') || accept(reader, 'so');
  const match = findEnglish(reader.words, reader.at);
  const next = findEnglish(reader.words, reader.at + (match?.length ?? 0));
  if (/adjective$/.test(match?.word.kind ?? '') && match !== undefined && next?.word.kind !== 'noun') {
    take(reader, match);
    const parts = [...before, ...readParts(reader, undefined)];
    const predicate = { adjective: match.word as Adjective, isVery };
    return finish(reader, opening, { pattern: 'is', parts, predicate });
  }
  if (/^(?:at|in|on)$/.test(peek(reader))) {
    const isAlive = subject?.nouns.some(({ noun }) => /^(?:person|animal|pronoun)$/.test(noun.topic)) ?? true;
    const verb = verbOf(isAlive ? 'be there' : 'exist');
    const parts = [...before, ...readParts(reader, verb)].map(whereItIs);
    return finish(reader, opening, { pattern: 'statement', parts, verb });
  }
  const named = readPhrase(reader);
  const phrase = named ?? before[0]?.phrase;
  if (phrase === undefined) return undefined;
  const parts = [...(named === undefined ? [] : before), ...readParts(reader, undefined)];
  return finish(reader, opening, { pattern: 'is', parts, predicate: { phrase } });
}

/** The sentence as it was read, with its words: the verb behind the others. */
function finish(
  { found, unknown }: Reader,
  { pattern, isPast, isNegative, isQuestion, subject }: Opening,
  own: Pick<Meaning, 'parts'> & Partial<Meaning>,
): Meaning {
  const { verb } = own;
  const others = found.filter(({ kind }) => kind !== 'verb' || verb === undefined);
  const words = [...new Set(verb === undefined ? others : [...others, verb])];
  return {
    ...{ pattern, isPast, isNegative, isQuestion, words, unknown },
    ...(subject !== undefined && { subject }),
    ...own,
  };
}

/** Playing tennis or a game is する in Japanese; only children 遊ぶ. */
function playing(verb: Verb, parts: readonly Part[]): Verb {
  const isGame = ({ phrase, particle }: Part) =>
    particle === 'を' && phrase.nouns[0]?.noun.topic === 'leisure';
  return verb.written === '遊ぶ' && parts.some(isGame) ? verbOf('do') : verb;
}

/** A bare object gets the particle its verb asks for. */
function asObjectOf(verb: Verb, part: Part): Part {
  return part.particle === 'を' ? { ...part, particle: verb.particle } : part;
}
