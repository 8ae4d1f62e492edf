import { answerForm } from './answer-form.ts';
import type { Question } from './question.ts';
import lists from './reading.json' with { type: 'json' };
import { contentWords, sentencesOf, wordsOf } from './words.ts';

/**
 * Questions about a text that the prompt gives: the sentences that answer, as they stand, with the names of their
 * notes in brackets where notes have names. What the text does not say is not answered.
 */
export function reading(question: Question): string | undefined {
  const task = markedTask(question) ?? readReadingTask(question.system, question.prompt);
  if (task === undefined) return undefined;
  const findings = findAnswers(task.passages, task.question);
  const { prefix, suffix } = answerForm(question, true);
  if (findings.length === 0) {
    const verb = /s$/.test(task.noun) ? 'do' : 'does';
    return `${prefix}The ${task.noun} ${verb} not say.${suffix}`;
  }
  const sentences = findings.map(({ sentence, id }, index) => {
    const isLastOfNote = findings[index + 1]?.id !== id;
    return id !== undefined && isLastOfNote ? `${sentence} [${id}]` : sentence;
  });
  return `${prefix}${sentences.join(' ')}${suffix}`;
}

/** A question behind a few sentences that answer it: `The sky is green. What colour is the sky?` */
export function given({ prompt }: Question): string | undefined {
  const sentences = prompt.length > 1_000 ? [] : sentencesOf(prompt);
  const question = sentences.pop();
  const isTold = sentences.length > 0 && sentences.every((sentence) => /^\p{Lu}.*[.!]$/u.test(sentence));
  if (question === undefined || !question.endsWith('?') || !isTold) return undefined;
  const findings = findAnswers([{ text: sentences.join('\n') }], question);
  return findings.length === 0 ? undefined : findings.map(({ sentence }) => sentence).join(' ');
}

/** A text that a prompt gives to answer from. */
interface Passage {
  /** How the prompt calls it, to be named in the answer; absent: it has no name. */
  readonly id?: string;
  readonly text: string;
}

/** A prompt that gives passages and asks a question about them, taken apart. */
interface ReadingTask {
  readonly passages: readonly Passage[];
  readonly question: string;
  /** What the prompt calls its passages: `notes`, `text`, `context` and so on. */
  readonly noun: string;
}

const named =
  /<([A-Za-z][\w-]{0,30})\s+(?:id|name|source|number|index|title)\s*=\s*["']([^"'\n]{1,80})["'][^>]{0,200}>([\s\S]*?)<\/\1>/g;
const numbered =
  /^\s*\[([\w.-]{1,40})\][:.]?\s+(\S[^\n]*(?:\n(?!\s*\[[\w.-]{1,40}\]|\s*\n|\s*(?:question|q)\s*:)[^\n]+)*)/gim;
const tagged =
  /<(text|context|document|passage|article|knowledge|notes?|source|facts|information|reference|manual|faq)>([\s\S]*?)<\/\1>/gi;
const labelled =
  /(?:^|\n)\s*(?:the )?(text|context|document|passage|article|knowledge|notes?|facts|information|background|story)\s*:\s*([\s\S]+?)(?=\n\s*(?:question|q|answer|a|instructions?)\s*:|\n\s*\n\s*[^\n]{3,200}\?\s*$|$)/i;
const source =
  '(?:text|context|documents?|passages?|article|knowledge|notes?|facts|information|sources?|paragraph|story|following|below|above)';
const cue = new RegExp(
  `\\b(?:answer|reply|respond|use|using|based|according|rely|refer|consult|look)\\b[^.\\n]{0,80}\\b${source}\\b|\\b(?:from|in|given) (?:the |this |these |my )${source}\\b[^.\\n]{0,40}\\b(?:answer|only)`,
  'i',
);
const asked =
  /(?:^|\n)\s*(?:question|q)\s*:\s*([\s\S]+?)(?=\n\s*(?:answer|a|context|text|notes?)\s*:|\n\s*\n|$)/gi;
const otherTask = /\bsummar|\bclassif|\bjson\b|\bsentiment\b|\bexactly one of\b|\btranslate\b|\bcategor/i;

/** Documents and search results that the request wants cited, and the question beside them. */
function markedTask({ passages, prompt }: Question): ReadingTask | undefined {
  const asked = passages.reduce((left, text) => left.split(text).join('\n'), prompt);
  const question = passages.length === 0 ? undefined : questionOf(asked);
  if (question === undefined) return undefined;
  return { passages: passages.map((text) => ({ text })), question, noun: 'documents' };
}

/** The passages and the question of a prompt; `undefined` where it gives nothing to answer from. Pure. */
function readReadingTask(system: string, prompt: string): ReadingTask | undefined {
  const whole = system === '' ? prompt : `${system}\n\n${prompt}`;
  const ids = [...whole.matchAll(named)].map(([, , id = '', text = '']) => ({ id, text: text.trim() }));
  const frame = whole.replace(named, ' ');
  const instruction = frame.length > 4_000 ? `${frame.slice(0, 2_000)}\n${frame.slice(-2_000)}` : frame;
  if (ids.length === 0 && !cue.test(instruction) && !labelled.test(frame)) return undefined;
  if (otherTask.test(instruction.replace(asked, ' '))) return undefined;
  const question = questionOf(prompt);
  if (question === undefined) return undefined;
  const passages = (ids.length > 0 ? ids : unnamed(whole, question)).filter(({ text }) => text !== '');
  const noun = (nouns.exec(instruction)?.[1] ?? 'text').toLowerCase();
  return passages.length === 0 ? undefined : { passages, question, noun };
}

const sentenceEnds =
  /\n+|(?<=[.!?])\s+|(?<=(?:text|context|notes?|facts|information|passage|document)[^.\n]{0,30}:)\s+/i;

/** Passages behind numbers, in tags, behind a word such as `Context:`, or else all that asks for nothing. */
function unnamed(whole: string, question: string): Passage[] {
  const bracketed = [...whole.matchAll(numbered)].map(([, id = '', text = '']) => ({
    id,
    text: text.trim(),
  }));
  if (bracketed.length > 0) return bracketed;
  const tags = [...whole.matchAll(tagged)].map(([, , text = '']) => ({ text: text.trim() }));
  if (tags.length > 0) return tags;
  const rest = whole.replace(question, ' ');
  const told = rest.split(sentenceEnds).filter((part) => !cue.test(part) && !/^\s*you are\b/i.test(part));
  return [{ text: (labelled.exec(rest)?.[2] ?? told.join('\n')).trim() }];
}

/** The question that is marked as one, or the last sentence that ends in a question mark outside the passages. */
function questionOf(prompt: string): string | undefined {
  const marked = [...prompt.matchAll(asked)].at(-1)?.[1]?.trim();
  if (marked !== undefined && marked !== '') return marked;
  const outside = prompt.replace(named, ' ').replace(tagged, ' ').replace(numbered, ' ');
  const parts = outside.split('?').slice(-6, -1);
  const last = parts.flatMap((part) => /[^.!\n:]{3,300}$/.exec(part.slice(-300)) ?? []).at(-1);
  if (last === undefined) return undefined;
  return `${last.trim()}?`.replace(/^(?:according to|based on|using|from|in)\b[^,]{0,60},\s*/i, '');
}

const nouns = /\b(notes|text|context|document|passage|article|sources|facts|information|manual|story)s?\b/i;

/** A sentence that answers, and the passage it stands in. */
interface Finding {
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

/** What an answer to a question of a kind has in it. */
const types = lists.answers.map(({ asked, has }) => [new RegExp(asked, 'i'), new RegExp(has, 'iu')] as const);

/** Words of the question that say what kind of answer is wanted, and not what it is about. */
const typeWords = new Set(lists.wordsOfAsking.split(' '));

/** The word that stands for all words of its meaning. */
const groupOf = new Map(
  lists.alike.flatMap((group) => {
    const words = group.split(' ').flatMap(contentWords);
    return words.map((word) => [word, words[0] ?? word] as const);
  }),
);

/** The sentences that answer a question, each part of it on its own; none where the passages do not say. Pure. */
export function findAnswers(passages: readonly Passage[], question: string): Finding[] {
  const candidates = passages.flatMap(readCandidates);
  const found: Candidate[] = [];
  let subject: string[] = [];
  for (const part of partsOf(question.slice(0, 2_000)).slice(0, 6)) {
    const own = meaningful(part);
    const wanted =
      own.length < 2 && /\b(?:it|they|he|she|that|this|there)\b/i.test(part) ? [...own, ...subject] : own;
    subject = wanted;
    found.push(...best(candidates, wanted, part));
  }
  return [...new Set(found)].sort((one, other) => one.order - other.order);
}

function readCandidates({ id, text }: Passage, index: number): Candidate[] {
  const around = new Set([...meaningful(text), ...meaningful((id ?? '').replace(/[-_]/g, ' '))]);
  return sentencesOf(text).map((sentence, position) => ({
    sentence,
    ...(id !== undefined && { id }),
    words: new Set(allWords(sentence)),
    around,
    order: index * 10_000 + position,
  }));
}

function best(candidates: readonly Candidate[], wanted: readonly string[], part: string): Candidate[] {
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
    .filter(({ share, own, score }) => share >= neededShare && (own > 0 || score > share));
  const [leader] = scored.toSorted((one, other) => other.score - one.score);
  return scored
    .filter(
      (one) =>
        one === leader ||
        (one.candidate.around === leader?.candidate.around && one.own > 0 && one.own >= 0.75 * leader.own),
    )
    .slice(0, 3)
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
