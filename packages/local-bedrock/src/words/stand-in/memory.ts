import { namedOfKind } from './kinds.ts';
import { recallFact } from './memory/facts.ts';
import { recallMessage } from './memory/messages.ts';
import { readTold, type Told } from './memory/told.ts';
import type { Question } from './question.ts';
import { contentWords, stem } from './words.ts';

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
