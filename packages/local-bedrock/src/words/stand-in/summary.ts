import type { Turn } from '../../invoke/family.ts';
import { answerForm, lastFenced } from './answer-form.ts';
import { type Question, readTranscript } from './question.ts';
import weightTable from './summary-weights.json' with { type: 'json' };
import { contentWords, sentencesOf, wordsOf } from './words.ts';

const cue = /\bsummar(?:y|i[sz]e)|\btl;?dr\b|\brecap\b|\bkey points\b|\bmain points?\b/i;
const counted =
  /\b(\d|an?|one|single|two|three|four|five|six)\s+(?:short\s+|brief\s+)?(sentences?|bullets?|bullet points?|points?|lines?)\b/i;
const numerals = ['', 'one', 'two', 'three', 'four', 'five', 'six'];

/** How many sentences a prompt wants, and whether as a list; `undefined` where it does not say. */
function wishOf(instruction: string): { count: number; isList: boolean } | undefined {
  const [, number = '', unit = ''] = counted.exec(instruction) ?? [];
  if (number === '') return undefined;
  const count = Number(number) || Math.max(1, numerals.indexOf(number.toLowerCase()));
  return { count, isList: /bullet|point/i.test(unit) };
}

/**
 * Summaries by extraction: the sentences whose words are most central to the text, in the order they stand there. A
 * small model takes the first ones instead. Without a text, the conversation so far is summed up.
 */
export function summary(question: Question): string | undefined {
  const { prompt, system, strength } = question;
  const instruction = prompt.length > 600 ? `${prompt.slice(0, 300)}\n${prompt.slice(-300)}` : prompt;
  if (!cue.test(instruction) && !cue.test(system)) return undefined;
  const sentences = sentencesOf(sourceText(question)).filter((sentence) => wordsOf(sentence).length > 2);
  if (sentences.length === 0) return undefined;
  const { count = 2, isList = false } = wishOf(`${instruction}\n${system}`) ?? {};
  const chosen = strength === 'small' ? sentences.slice(0, count) : mostCentral(sentences, count);
  const { prefix, suffix } = answerForm(question, true);
  return `${prefix}${isList ? chosen.map((sentence) => `- ${sentence}`).join('\n') : chosen.join(' ')}${suffix}`;
}

/** The text to sum up: in a tag, after the line that asks, or the conversation. */
function sourceText({ prompt, earlier, system }: Question): string {
  const fenced = lastFenced(prompt)?.text ?? '';
  if (wordsOf(fenced).length > 5) return fenced;
  const paragraphs = prompt.split(/\n+|(?<=(?:summar|tl;?dr|points?|sentences?)[^.\n:]{0,80}:)\s+/i);
  const rest = paragraphs.filter((paragraph) => !cue.test(paragraph)).join('\n');
  if (wordsOf(rest).length > 5) return rest;
  return earlier.length > 0 ? earlier.map(({ text }) => text).join('\n') : cue.test(system) ? prompt : '';
}

/** The sentences whose words occur most in the whole text, for their length; in their own order. */
function mostCentral(sentences: readonly string[], count: number): string[] {
  const frequency = new Map<string, number>();
  const words = sentences.map((sentence) => [...new Set(contentWords(sentence))]);
  for (const word of words.flat()) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const weighed = words.map((list, index) => ({
    index,
    weight: list.reduce((sum, word) => sum + (frequency.get(word) ?? 0), 0) / (list.length + 3),
  }));
  const best = weighed.sort((one, other) => other.weight - one.weight).slice(0, count);
  return sentences.filter((_, index) => best.some((one) => one.index === index));
}

const transcriptTag = /<(conversation|transcript|dialogue|dialog|chat|history|messages)>([\s\S]*?)<\/\1>/i;
const earlierTag = /<(summary|previous_summary|earlier_summary|earlier)>([\s\S]*?)<\/\1>/i;
const quotedTurn = /\b(user|assistant) (?:said|asked|wrote|told)[^"“]{0,40}["“]([^"”]+)["”]/gi;
const talk =
  /\b(?:conversation|chat|discussion|dialogue|so far|we (?:talked|discussed|said)|our talk|transcript)\b/i;

/** What a summary must not lose: who somebody is, what they want, what was decided. Weights are by hand. */
const weights = weightTable.map(({ has, flags, weight }) => ({ pattern: new RegExp(has, flags), weight }));
const empty =
  /^(?:hi|hello|hey|thanks?|thank you|ok(?:ay)?|yes|no|good|great|nice to meet you|you're welcome|here are)\b.{0,30}$/i;

interface Statement {
  readonly role: Turn['role'];
  readonly text: string;
  readonly order: number;
  readonly score: number;
}

/**
 * Summaries of a conversation by extraction: what its speakers said of themselves, wanted and decided, with names
 * and numbers, in their own words and order. It is always shorter than the conversation and keeps a limit that the
 * prompt names. A small model takes what was said first instead.
 */
export function conversationSummary(question: Question): string | undefined {
  const { prompt, earlier, maxTokens, strength } = question;
  if (!cue.test(prompt)) return undefined;
  const tagged = transcriptTag.exec(prompt)?.[2];
  const instruction = prompt.replace(transcriptTag, '').replace(earlierTag, '');
  const written = readTranscript(tagged ?? prompt);
  const asking = written.length === 0 ? instruction : instruction.slice(0, 1_500);
  if (!cue.test(asking) || /\bjson\b|\bclassif/i.test(asking)) return undefined;
  const isWritten = written.length >= 2 || tagged !== undefined;
  const isEarlier = talk.test(asking) && instruction.length < 300;
  const spoken = isWritten ? written : isEarlier ? earlier : [];
  const before = earlierTag.exec(prompt)?.[2]?.trim() ?? '';
  const quoted = quotedTurns(before);
  const rest: Turn[] = quoted.length > 0 || before === '' ? [] : [{ role: 'assistant', text: before }];
  const turns = [...quoted, ...rest, ...spoken];
  if (turns.length === 0) return undefined;
  const statements = turns.flatMap(statementsOf);
  if (strength === 'capable') statements.sort((one, other) => other.score - one.score);
  const most = wishOf(asking)?.count ?? Number.POSITIVE_INFINITY;
  return write(fitting(statements, wordLimit(asking, turns, maxTokens), most));
}

/** What a summary of this kind quotes; none where it is of another. Pure. */
export function quotedTurns(text: string): Turn[] {
  return [...text.matchAll(quotedTurn)].map(([, who, quoted = '']) => ({
    role: who?.toLowerCase() === 'user' ? 'user' : 'assistant',
    text: quoted,
  }));
}

function statementsOf({ role, text }: Turn, turn: number): Statement[] {
  return sentencesOf(text)
    .filter((sentence) => !/^[|`>#]|^\s*[-*] |^[-\s|:]+$/.test(sentence) && wordsOf(sentence).length > 1)
    .map((sentence, index) => {
      const weight = weights.reduce((sum, one) => sum + (one.pattern.test(sentence) ? one.weight : 0), 1);
      const length = Math.sqrt(Math.max(6, contentWords(sentence).length));
      const score = empty.test(sentence) ? 0 : ((role === 'user' ? 1.5 : 1) * weight) / length;
      return { role, text: sentence, order: turn * 1_000 + index, score };
    });
}

/** The best statements that fit, in their order; the first one cut where not even it fits. */
function fitting(statements: readonly Statement[], limit: number, most: number): Statement[] {
  const chosen: Statement[] = [];
  let left = limit;
  let speaker: Turn['role'] | undefined;
  for (const statement of statements) {
    const words = statement.text.split(/\s+/);
    const names = speaker === statement.role ? 0 : 3;
    const isFirst = chosen.length === 0;
    if ((words.length + names > left && !isFirst) || chosen.length >= most) continue;
    if (chosen.some(({ text }) => text === statement.text)) continue;
    const text = isFirst ? words.slice(0, Math.max(1, left - names)).join(' ') : statement.text;
    chosen.push({ ...statement, text });
    left -= text.split(/\s+/).length + names;
    speaker = statement.role;
  }
  return chosen.sort((one, other) => one.order - other.order);
}

/** `The user said: "…" The assistant said: "…"`: the words stay theirs, and can be found again. */
function write(statements: readonly Statement[]): string {
  const runs: { role: Turn['role']; texts: string[] }[] = [];
  for (const { role, text } of statements) {
    if (runs.at(-1)?.role !== role) runs.push({ role, texts: [] });
    runs.at(-1)?.texts.push(text.replace(/["“”]/g, "'"));
  }
  const sentences = runs.map(({ role, texts }) => {
    const verb = role === 'user' && texts.every((text) => text.endsWith('?')) ? 'asked' : 'said';
    return `The ${role} ${verb}: "${texts.join(' ')}"`;
  });
  return sentences.join(' ');
}

/** Of a summary that names no limit: this share of the conversation's words, and at most so many. */
const usual = { share: 1 / 3, words: 120 };
const wordsAToken = 0.55;

/** The most words the summary may have: the prompt's limit, the token limit, and in any case fewer than its source. */
function wordLimit(instruction: string, turns: readonly Turn[], maxTokens: number): number {
  const source = turns.reduce((sum, { text }) => sum + text.split(/\s+/).length, 0);
  const [, number, unit = ''] = /\b(\d{1,4})\s+(word|token|character)s?\b/i.exec(instruction) ?? [];
  const perUnit = { token: wordsAToken, character: 1 / 6 }[unit.toLowerCase()] ?? 1;
  const most = Math.min(usual.words, Math.max(25, source * usual.share));
  const wanted = number === undefined ? most : Number(number) * perUnit;
  return Math.max(4, Math.floor(Math.min(wanted, maxTokens * wordsAToken, 0.9 * source)));
}
