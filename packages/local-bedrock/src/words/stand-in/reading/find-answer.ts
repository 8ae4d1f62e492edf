import { sentencesOf } from '../memory/told.ts';
import { contentWords, wordsOf } from '../words.ts';
import type { Passage } from './passages.ts';

/** A sentence that answers, and the passage it stands in. */
export interface Finding {
  readonly sentence: string;
  readonly id?: string;
}

interface Candidate extends Finding {
  readonly words: ReadonlySet<string>;
  /** The words of its passage and of the passage's name. */
  readonly around: ReadonlySet<string>;
  readonly order: number;
}

/** How much of a question's words an answer must have, weighed by how rare they are. */
const neededShare = 0.45;

const types: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^(?:when|what time|what day|what date|which day|what year|by when)\b/i,
    /\b\d{1,2}(?::\d{2}| ?(?:am|pm))|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b|\b(?:1[5-9]|20)\d{2}\b|\b(?:morning|evening|noon|midnight|o'clock|daily|weekly)\b/i,
  ],
  [
    /^how (?:many|much|long|old|far|tall|big|high|often)\b/i,
    /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twice|once|every)\b/i,
  ],
  [/^where\b/i, /\b(?:in|at|on|near|behind|room|street|floor|to|from)\b/i],
  [/^who(?:se|m)?\b/i, /\p{Lu}\p{Ll}+/u],
];

/** Words of the question that say what kind of answer is wanted, and not what it is about. */
const typeWords = new Set([
  'time',
  'dai',
  'day',
  'date',
  'many',
  'much',
  'mani',
  'place',
  'name',
  'thing',
  'something',
  'someth',
  'kind',
  'allow',
  'bring',
  'need',
  'must',
  'use',
  'say',
  'tell',
  'know',
  'mean',
  'word',
]);

const alike: readonly string[] = [
  'cost price fee pay charge euro dollar pound usd eur cent expensive',
  'person people persons human man woman',
  'begin start open opens commence',
  'end finish close stop',
  'buy purchase order acquire',
  'big large huge size',
  'work job employ profession',
  'allow permit may can',
  'build make create construct found invent',
  'live home reside',
  'phone telephone call',
  'mail email e-mail address',
  'exam test',
  'lesson class course',
  'deliver ship send arrive',
  'return refund',
];
const groupOf = new Map<string, string>();
for (const group of alike) {
  const words = group.split(' ').flatMap(contentWords);
  for (const word of words) groupOf.set(word, words[0] ?? word);
}

/** The sentences that answer a question, each part of it on its own; none where the passages do not say. Pure. */
export function findAnswers(passages: readonly Passage[], question: string, isCareful: boolean): Finding[] {
  const candidates = passages.flatMap(readCandidates);
  const found: Candidate[] = [];
  let subject: string[] = [];
  for (const part of partsOf(question)) {
    const own = meaningful(part);
    const wanted =
      own.length < 2 && /\b(?:it|they|he|she|that|this|there)\b/i.test(part) ? [...own, ...subject] : own;
    subject = wanted;
    found.push(...best(candidates, wanted, part, isCareful));
  }
  return [...new Set(found)].sort((one, other) => one.order - other.order);
}

function readCandidates({ id, text }: Passage, index: number): Candidate[] {
  const around = new Set([...meaningful(text), ...meaningful((id ?? '').replace(/[-_]/g, ' '))]);
  return sentencesOf(text).map((sentence, position) => ({
    sentence,
    ...(id === undefined ? {} : { id }),
    words: new Set(allWords(sentence)),
    around,
    order: index * 10_000 + position,
  }));
}

function best(
  candidates: readonly Candidate[],
  wanted: readonly string[],
  part: string,
  isCareful: boolean,
): Candidate[] {
  const unique = [...new Set(wanted)];
  if (unique.length === 0) return [];
  const rarity = new Map(
    unique.map((word) => {
      const count = candidates.filter(({ words }) => words.has(word)).length;
      return [word, Math.log((candidates.length + 2) / (count + 1))];
    }),
  );
  const total = unique.reduce((sum, word) => sum + (rarity.get(word) ?? 0), 0) || 1;
  const type = types.find(([pattern]) => pattern.test(part))?.[1];
  const scored = candidates
    .map((candidate) => {
      const own = unique.filter((word) => candidate.words.has(word));
      const near = unique.filter((word) => !candidate.words.has(word) && candidate.around.has(word));
      const weigh = (words: readonly string[]) =>
        words.reduce((sum, word) => sum + (rarity.get(word) ?? 0), 0) / total;
      const share = weigh(own) + 0.6 * weigh(near);
      return {
        candidate,
        share,
        own: own.length,
        score: share + (type?.test(candidate.sentence) === true ? 0.3 : 0),
      };
    })
    .filter(
      ({ share, own, score }) => share >= (isCareful ? neededShare : 0.1) && (own > 0 || score > share),
    );
  const top = Math.max(0, ...scored.map(({ score }) => score));
  const leader = scored.find(({ score }) => score === top);
  return scored
    .filter(
      (one) =>
        one === leader ||
        (one.candidate.around === leader?.candidate.around && one.own > 0 && one.own >= 0.75 * leader.own),
    )
    .slice(0, isCareful ? 3 : 1)
    .map(({ candidate }) => candidate);
}

/** `When is it, and may I bring a book?` is two questions. */
function partsOf(question: string): string[] {
  return question
    .split(
      /\?\s+|,?\s+and\s+(?=(?:what|when|where|who|how|which|why|may|can|could|is|are|do|does|did|will|must|should)\b)/i,
    )
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function meaningful(text: string): string[] {
  const words = allWords(text);
  const particular = words.filter((word) => !typeWords.has(word));
  return particular.length > 0 ? particular : words;
}

function allWords(text: string): string[] {
  const signs = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu) ?? [];
  return [
    ...contentWords(text).map((word) => groupOf.get(word) ?? word),
    ...(wordsOf(text).length === 0 ? signs : []),
  ];
}
