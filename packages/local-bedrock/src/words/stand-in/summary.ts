import type { Question } from './question.ts';
import { answerForm } from './short-answer.ts';
import { contentWords, wordsOf } from './words.ts';

const cue = /\bsummar(?:y|i[sz]e)|\btl;?dr\b|\bkey points\b|\bmain points?\b/i;
const numbers: Readonly<Record<string, number>> = {
  one: 1,
  a: 1,
  single: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
};

/**
 * Summaries by extraction: the sentences whose words are most central to the text, in the order they stand there. A
 * small model takes the first ones instead. Without a text, the conversation so far is summed up.
 */
export function summary(question: Question): string | undefined {
  const { prompt, system } = question;
  const instruction = prompt.length > 600 ? `${prompt.slice(0, 300)}\n${prompt.slice(-300)}` : prompt;
  if (!cue.test(instruction) && !cue.test(system)) return undefined;
  const sentences = sentencesOf(sourceText(question));
  if (sentences.length === 0) return undefined;
  const wish =
    /\b(\d|one|a|single|two|three|four|five)\s+(?:short\s+|brief\s+)?(sentences?|bullets?|bullet points?|points?|lines?)\b/i.exec(
      `${instruction}\n${system}`,
    );
  const asked = (wish?.[1] ?? '').toLowerCase();
  const count = Math.min(sentences.length, Math.max(1, numbers[asked] ?? (Number(asked) || 2)));
  const chosen = question.strength === 'small' ? sentences.slice(0, count) : mostCentral(sentences, count);
  const isList = /bullet|point/i.test(wish?.[2] ?? '');
  const { prefix, suffix } = answerForm(question, true);
  return `${prefix}${isList ? chosen.map((sentence) => `- ${sentence}`).join('\n') : chosen.join(' ')}${suffix}`;
}

/** The text to sum up: in a tag, after the line that asks, or the conversation. */
function sourceText({ prompt, earlier, system }: Question): string {
  const tagged = [...prompt.matchAll(/<([A-Za-z][\w-]{0,40})>([^<]+)<\/\1>/g)].map((match) => match[2] ?? '');
  const longest = tagged.reduce((one, other) => (other.length > one.length ? other : one), '');
  if (wordsOf(longest).length > 5) return longest;
  const paragraphs = prompt.split(/\n+|(?<=(?:summar|tl;?dr|points?|sentences?)[^.\n:]{0,80}:)\s+/i);
  const rest = paragraphs.filter((paragraph) => !cue.test(paragraph)).join('\n');
  if (wordsOf(rest).length > 5) return rest;
  if (earlier.length > 0) return earlier.map(({ text }) => text).join('\n');
  return cue.test(system) ? prompt : '';
}

function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])["”]?\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => wordsOf(sentence).length > 2);
}

/** The sentences whose words occur most in the whole text, for their length; in their own order. */
function mostCentral(sentences: readonly string[], count: number): string[] {
  const frequency = new Map<string, number>();
  const words = sentences.map((sentence) => [...new Set(contentWords(sentence))]);
  for (const word of words.flat()) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const weights = words.map(
    (list) => list.reduce((sum, word) => sum + (frequency.get(word) ?? 0), 0) / (list.length + 3),
  );
  const order = sentences
    .map((_, index) => index)
    .sort((one, other) => (weights[other] ?? 0) - (weights[one] ?? 0));
  const chosen = new Set(order.slice(0, count));
  return sentences.filter((_, index) => chosen.has(index));
}
