import type { Turn } from '../../invoke/family.ts';
import { recallFact } from './memory-facts.ts';
import { namedOfKind } from './places.ts';
import { type Question, readTranscript } from './question.ts';
import { contentWords, sentencesOf, stem } from './words.ts';

/** A longer prompt is a task with words of its own, not a question about the conversation. In characters. */
const longestQuestion = 400;

/** Whom, or what, every question about the conversation names. */
const speakers = /\b(?:i|my|we|our|your?|repeat|questions|mention(?:ed)?)\b/i;
const aboutMe =
  /\b(?:what|which|who|where|when|how old|how many|how much|how long|why)\b.{0,60}\b(?:my|i|we|our)\b|\b(?:remember|recall|know|remind me|tell me)\b.{0,40}\b(?:my|i|we|our)\b|\bwho am i\b|\bmention(?:ed)?\b/i;
const asksForAdvice =
  /\b(?:how|where|what|when|which|why) (?:do|can|could|should|would|to|must|might|shall|may) (?:i|we)\b(?! (?:live|like|love|prefer|hate|want|work|study|play|come from|do\b(?! (?:with|about|if|to))|speak|collect|own|have\b(?! to)))|\b(?:help|teach|explain|show|translate|conjugat\w*)\b/i;
const aboutTalk =
  /\b(?:i|we|you) (?:just |first |already )?(?:mentioned|said|told|asked|decided|agreed|chose|wanted|ordered|planned)\b|\b(?:did|have) (?:i|we) \w+|\b(?:remember|recall|remind)\b/i;

const talkWords = new Set(
  'mention said say told tell ask decid agre remember recall know remind just again earlier before did name conversation talk question please what which'.split(
    ' ',
  ),
);

/**
 * Questions about the conversation itself: what the user said of themselves, asked, or mentioned. It is answered from
 * the earlier turns and from a summary in the system prompt, and from nothing else: what was not said is not known.
 */
export function memory(question: Question): string | undefined {
  const { prompt, earlier } = question;
  if (prompt.length > longestQuestion || !speakers.test(prompt)) return undefined;
  const told = readTold(question);
  const answers = clausesOf(prompt).map((clause) => recall(clause, told, earlier));
  const known = answers.filter((answer) => answer !== undefined);
  return known.length === 0 ? undefined : [...new Set(known)].join(' ');
}

function clausesOf(prompt: string): string[] {
  return prompt
    .replaceAll('’', "'")
    .split(/(?<=[.?!])\s+|,?\s+and\s+(?=(?:what|which|who|where|when|how|do you)\b)/i)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');
}

function recall(clause: string, told: Told, earlier: Question['earlier']): string | undefined {
  if (/\b(?:best|good|better|easy|right) way\b|\bhow to\b|\btips\b/i.test(clause)) return undefined;
  const message = recallMessage(clause, told.messages, earlier);
  if (message !== undefined) return message;
  if (!aboutMe.test(clause) || (asksForAdvice.test(clause) && !aboutTalk.test(clause))) return undefined;
  if (
    !/\?\s*$|^(?:please |can you |do you |could you )?(?:tell|remind|what|which|who|where|when|how)\b/i.test(
      clause,
    )
  ) {
    return undefined;
  }
  const fact = recallFact(clause, told.sentences);
  if (fact?.answer !== undefined) return fact.answer;
  const named = recallKind(clause, told);
  if (named !== undefined) return named;
  const sentence = nearest(clause, told.sentences);
  if (sentence !== undefined) return `You said: "${sentence}"`;
  return fact !== undefined || aboutTalk.test(clause) ? unknown(fact?.subject, told) : undefined;
}

/** `Which city did I mention?` from a list of cities, and so on for other kinds of things. */
function recallKind(clause: string, told: Told): string | undefined {
  const kind = /\b(?:which|what) ((?:\p{L}+ )?\p{L}+) (?:did|have|had|do|am|was|were|are) (?:i|we)\b/iu.exec(
    clause,
  )?.[1];
  const noun = kind?.split(' ').at(-1);
  const said = told.sentences.filter((sentence) => sentence !== clause);
  const names = noun === undefined ? undefined : namedOfKind(noun, said.join('\n'));
  if (names === undefined) return undefined;
  if (names.length === 0) return `You have not mentioned a ${noun} in this conversation.`;
  const preferred = /\b(?:like|love|prefer|favou?rite)\b/i.test(clause) ? names.slice(-1) : names;
  return `You mentioned ${joined(preferred)}.`;
}

/** The sentence that shares most words with the question, the last of those that share equally many. */
function nearest(clause: string, sentences: readonly string[]): string | undefined {
  const wanted = new Set(contentWords(clause).filter((word) => !talkWords.has(word)));
  if (wanted.size === 0) return undefined;
  let best: { sentence: string; share: number } | undefined;
  for (const sentence of sentences) {
    if (sentence === clause) continue;
    const words = new Set(contentWords(sentence).map(stem));
    const share = [...wanted].filter((word) => words.has(stem(word))).length / wanted.size;
    if (share >= 0.5 && share >= (best?.share ?? 0)) best = { sentence, share };
  }
  return best?.sentence;
}

function unknown(subject: string | undefined, { messages }: Told): string {
  const why =
    messages.length === 0
      ? 'this is the first message I have been sent.'
      : 'you have not told me in this conversation.';
  return `I do not know ${subject ?? 'that'}: ${why}`;
}

function joined(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** What the user has said, a sentence each, oldest first. */
interface Told {
  /** Their messages before the one that asks, whole; of a summary, its sentences. */
  readonly messages: readonly string[];
  /** The sentences of a summary in the system prompt, of those messages and of the asking one. */
  readonly sentences: readonly string[];
}

const summaryCue =
  /summar|conversation so far|earlier (?:turns|messages|conversation)|previous(?:ly)?|\buser(?:'s)?\b/i;

/** Everything the user is known to have said: in a summary, in earlier turns and in the prompt itself. Pure. */
function readTold({ system, earlier, prompt }: Question): Told {
  const turns = earlier.filter(({ role }) => role === 'user').map(({ text }) => text);
  const summary = fromSummary(system);
  const messages = summary === undefined ? turns : [...summary.said, ...turns];
  const said = [...(summary?.said ?? []), ...(summary?.prose ?? []), ...turns, prompt].flatMap(sentencesOf);
  return { messages, sentences: said.filter((sentence) => !sentence.endsWith('?')) };
}

/** A summary is prose, or lines of `User: …` and `Assistant: …`, of which only the user's count. */
function fromSummary(system: string): { said: string[]; prose: string[] } | undefined {
  if (!summaryCue.test(system)) return undefined;
  const turns = readTranscript(system);
  if (turns.length > 0) {
    return { said: turns.filter(({ role }) => role === 'user').map(({ text }) => text), prose: [] };
  }
  const quoted = [...system.matchAll(/\buser (?:said|asked|wrote|told)[^"“]{0,40}["“]([^"”]+)["”]/gi)];
  if (quoted.length > 0) return { said: quoted.flatMap((match) => sentencesOf(match[1] ?? '')), prose: [] };
  return { said: [], prose: [system] };
}

const ordinals = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];
const ordinal = new RegExp(`\\b(${ordinals.join('|')}|last|previous|latest)\\b`, 'i');
const said = '(?:ask|say|said|tell|told|write|wrote|send|sent|want|request|type)';
const mine = new RegExp(
  `\\bwhat (?:did|had|have) i (?:just |first |last |previously |originally )?(?:${said})(?:ed)?(?: you)?(?: (?:first|last|before|earlier|just now|about|at the (?:start|beginning)|to you|you|of you|a moment ago|in my (?:\\w+) (?:message|question)))*\\s*\\??$|\\bmy (?:${ordinals.join('|')}|last|previous|latest|earlier) (?:question|message|request|sentence|words?|thing)|\\brepeat (?:my|what i)\\b|\\bwhich question did i\\b|\\bthe (?:first|last|previous) (?:thing|question|message) i (?:ask|said|sent|wrote|told)`,
  'i',
);
const yours =
  /\bwhat (?:did|have) you (?:just |first |last )?(?:say|said|answer|answered|tell|told|reply|replied|recommend|suggest|suggested)\b|\byour (?:first|last|previous) (?:answer|reply|message|response|words)\b|\brepeat (?:that|your|what you)\b/i;
const count = /\bhow many (?:questions|messages|things|times)\b.{0,30}\b(?:i|we)\b/i;
const all =
  /\bwhat (?:have|did) we (?:talk|discuss|spoke|speak|cover)|\blist (?:all )?(?:my|the) questions\b|\bwhat (?:have i|did i) ask(?:ed)? (?:you )?so far\b|\bwhat were my questions\b/i;

/**
 * Answers what was said in the conversation; `undefined` for a question about anything else. Pure.
 *
 * @param own the user's messages before the one that asks, oldest first
 */
function recallMessage(asked: string, own: readonly string[], earlier: readonly Turn[]): string | undefined {
  const answers = earlier.filter(({ role }) => role === 'assistant').map(({ text }) => text.trim());
  if (count.test(asked)) {
    return `You have sent ${own.length} message${own.length === 1 ? '' : 's'} before this one.`;
  }
  if (all.test(asked)) {
    if (own.length === 0) return nothing;
    return `Your messages before this one:\n${own.map((text, index) => `${index + 1}. ${short(text)}`).join('\n')}`;
  }
  if (yours.test(asked)) {
    const text = pick(answers, asked);
    return text === undefined
      ? 'I have not said anything before this: I see no answer of mine.'
      : `I answered: "${short(text)}"`;
  }
  if (!mine.test(asked)) return undefined;
  const text = pick(own, asked);
  if (text === undefined) {
    return own.length === 0
      ? nothing
      : `You have sent only ${own.length} message${own.length === 1 ? '' : 's'} before this one.`;
  }
  const verb =
    text.endsWith('?') || /^(?:how|what|which|who|when|where|why|can|could|do|does|is|are)\b/i.test(text)
      ? 'asked'
      : 'said';
  return `You ${verb}: "${short(text)}"`;
}

const nothing = 'I see no earlier message of yours: this is the first one I have been sent.';

function pick(texts: readonly string[], asked: string): string | undefined {
  const word =
    ordinal.exec(asked)?.[1]?.toLowerCase() ??
    (/at the (?:start|beginning)|originally/i.test(asked) ? 'first' : 'last');
  const index = ordinals.indexOf(word);
  return index < 0 ? texts.at(-1) : texts[index];
}

/** Long messages are quoted from their beginning. */
function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= 300 ? line : `${line.slice(0, 300)} …`;
}
