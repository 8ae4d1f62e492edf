import type { Turn } from '../../invoke/family.ts';
import { answerForm } from './answer-form.ts';
import { type Question, readTranscript } from './question.ts';
import { contentWords, sentencesOf, wordsOf } from './words.ts';

const summaryCue = /\bsummar(?:y|i[sz]e)|\btl;?dr\b|\bkey points\b|\bmain points?\b/i;
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
  if (!summaryCue.test(instruction) && !summaryCue.test(system)) return undefined;
  const sentences = proseSentences(sourceText(question));
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
  const rest = paragraphs.filter((paragraph) => !summaryCue.test(paragraph)).join('\n');
  if (wordsOf(rest).length > 5) return rest;
  if (earlier.length > 0) return earlier.map(({ text }) => text).join('\n');
  return summaryCue.test(system) ? prompt : '';
}

function proseSentences(text: string): string[] {
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

const conversationCue = /\bsummar(?:y|i[sz]e)|\btl;?dr\b|\brecap\b|\bkey points\b|\bmain points?\b/i;
const transcriptTag = /<(conversation|transcript|dialogue|dialog|chat|history|messages)>([\s\S]*?)<\/\1>/i;
const earlierTag = /<(summary|previous_summary|earlier_summary|earlier)>([\s\S]*?)<\/\1>/i;
const quotedTurn = /\bThe (user|assistant) (?:said|asked): "([^"]*)"/g;

/** What a summary must not lose: who somebody is, what they want, what was decided. Weights are by hand. */
const weights: readonly (readonly [RegExp, number])[] = [
  [/\b(?:my|user's) name\b|\bcall me\b|\bI(?:'m| am) \p{Lu}/u, 8],
  [
    /\bI(?:'m| am| live| work| like| love| prefer| have| want| need| study|'d like)\b|\bmy \p{L}+ (?:is|are)\b/iu,
    4,
  ],
  [
    /\b(?:decid|agree|let's|let us|we will|we'll|plan|chose|choose|book|confirm|deadline|due|must|important)\w*/i,
    3,
  ],
  [/\d/, 2],
  [/(?<=\S )\p{Lu}\p{L}+/u, 1],
  [/\?$/, 1],
];
const empty =
  /^(?:hi|hello|hey|thanks?|thank you|ok(?:ay)?|yes|no|good|great|nice to meet you|you're welcome|here are)\b.{0,30}$/i;

/** Of a summary that names no limit: this share of the conversation's words, and at most so many. */
const usual = { share: 1 / 3, words: 120 };
const wordsAToken = 0.55;
const numerals: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
};

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
  const { prompt, earlier } = question;
  if (!conversationCue.test(prompt)) return undefined;
  const tagged = transcriptTag.exec(prompt)?.[2];
  const instruction = (tagged === undefined ? prompt : prompt.replace(transcriptTag, () => '')).replace(
    earlierTag,
    () => '',
  );
  const written = readTranscript(tagged ?? prompt);
  const asking = written.length === 0 ? instruction : instruction.slice(0, 1_500);
  if (!conversationCue.test(asking) || /\bjson\b|\bclassif/i.test(asking)) return undefined;
  const isAboutTalk =
    /\b(?:conversation|chat|discussion|dialogue|so far|we (?:talked|discussed|said)|our talk|transcript)\b/i.test(
      asking,
    );
  const spoken =
    written.length >= 2 || tagged !== undefined
      ? written
      : isAboutTalk && instruction.length < 300
        ? earlier
        : [];
  const before = earlierTag.exec(prompt)?.[2] ?? '';
  const turns = [...fromSummary(before), ...spoken];
  if (turns.length === 0) return undefined;
  const statements = turns.flatMap(statementsOf);
  const limit = wordLimit(asking, turns, question.maxTokens);
  const chosen =
    question.strength === 'small'
      ? statements
      : [...statements].sort((one, other) => other.score - one.score);
  return write(fitting(chosen, limit, sentenceLimit(asking)));
}

/** A summary of this kind read back, or any other text as the assistant's. */
function fromSummary(text: string): Turn[] {
  const quoted = [...text.matchAll(quotedTurn)].map(
    ([, who, said = '']) => ({ role: who === 'user' ? 'user' : 'assistant', text: said }) as const,
  );
  if (quoted.length > 0) return quoted;
  return text.trim() === '' ? [] : [{ role: 'assistant', text: text.trim() }];
}

function statementsOf({ role, text }: Turn, turn: number): Statement[] {
  return sentencesOf(text)
    .filter((sentence) => !/^[|`>#]|^\s*[-*] |^[-\s|:]+$/.test(sentence) && wordsOf(sentence).length > 1)
    .map((sentence, index) => {
      const weight = weights.reduce((sum, [pattern, value]) => sum + (pattern.test(sentence) ? value : 0), 0);
      const isOwn = role === 'user' ? 1.5 : 1;
      const length = Math.max(6, contentWords(sentence).length);
      const score = empty.test(sentence) ? 0 : (isOwn * (weight + 1)) / Math.sqrt(length);
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
    const last = runs.at(-1);
    const plain = text.replace(/["“”]/g, "'");
    if (last?.role === role) last.texts.push(plain);
    else runs.push({ role, texts: [plain] });
  }
  return runs
    .map(({ role, texts }) => {
      const verb = role === 'user' && texts.every((text) => text.endsWith('?')) ? 'asked' : 'said';
      return `The ${role} ${verb}: "${texts.join(' ')}"`;
    })
    .join(' ');
}

/** The most words the summary may have: the prompt's limit, the token limit, and in any case fewer than its source. */
function wordLimit(instruction: string, turns: readonly Turn[], maxTokens: number): number {
  const source = turns.reduce((sum, { text }) => sum + text.split(/\s+/).length, 0);
  const named = /\b(\d{1,4})\s+(words?|tokens?|characters?)\b/i.exec(instruction);
  const unit = (named?.[2] ?? '').toLowerCase();
  const perUnit = unit.startsWith('token') ? wordsAToken : unit.startsWith('char') ? 1 / 6 : 1;
  const wanted =
    named === null ? Math.min(usual.words, Math.max(25, source * usual.share)) : Number(named[1]) * perUnit;
  return Math.max(4, Math.floor(Math.min(wanted, maxTokens * wordsAToken, 0.9 * source)));
}

function sentenceLimit(instruction: string): number {
  const found =
    /\b(\d|an?|one|two|three|four|five|six)\s+(?:short\s+|brief\s+)?(?:sentences?|bullets?|points?|lines?)\b/i.exec(
      instruction,
    )?.[1];
  return found === undefined ? Number.POSITIVE_INFINITY : (numerals[found.toLowerCase()] ?? Number(found));
}
