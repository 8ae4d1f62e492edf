import { createHash } from 'node:crypto';
import type { Model } from 'bedrock-models';
import type { ModelRequest, SpokenBlock, Tool, Turn } from '../../invoke/family.ts';

/** A call of a tool in the turn under way, with what came back; without a result the call is still open. */
export interface ToolRun {
  readonly name: string;
  readonly input: unknown;
  readonly result?: { readonly text: string; readonly isError: boolean };
}

/** What a skill is asked. */
export interface Question {
  readonly system: string;
  /** The user's last words, without `Human:`/`Assistant:` or `User:`/`Bot:` around them. */
  readonly prompt: string;
  /** The turns before the last one by the user. */
  readonly earlier: readonly Turn[];
  /** Where the caller already began the answer; empty when not. */
  readonly prefill: string;
  /** The longest answer, in tokens. */
  readonly maxTokens: number;
  readonly strength: Strength;
  /** Says nothing beside a call of a tool, as models that do not take such words back: Llama 4 was recorded so. */
  readonly isSilent?: boolean;
  /**
   * A whole number made from the prompt: for choices that must look free and yet always come out the same. Made when
   * it is asked for, since few skills ask and a hash costs more than most of them.
   */
  readonly seed: () => number;
  /** The tools on offer; none when the caller forbids their use. */
  readonly tools: readonly Tool[];
  /** `auto`: the model decides; `any`: it must call one; otherwise the tool it must call. */
  readonly toolChoice: 'auto' | 'any' | { readonly name: string };
  /** The tools called since the user's last words, in order. */
  readonly toolRuns: readonly ToolRun[];
  /** Texts to answer from, as the request marks them; the prompt has them too. */
  readonly passages: readonly string[];
  /** A JSON Schema that the answer must follow; `undefined` when the caller gives none. */
  readonly answerSchema: unknown;
}

/** The parts of an answer: texts, reasoning and tool calls. */
export type AnswerBlock = SpokenBlock;

/**
 * A skill answers a question it understands, and gives `undefined` for any other. The answer is a text, or blocks
 * where it calls tools. Pure.
 */
export type Skill = (question: Question) => string | readonly AnswerBlock[] | undefined;

/**
 * Skills read this much of a text, half from its start and half from its end. In characters: few enough that a pattern
 * which tries every place against every other costs no more than the counting of a long text's tokens.
 */
const readingLimit = 8_000;

/** Skills read this many turns before the last (the first one always), this much of each, and this much of all. */
const memory = { turns: 200, characters: 4_000, allCharacters: 40_000 };

/** Takes a request apart for the skills. */
export function readQuestion(request: ModelRequest, strength: Strength): Question {
  const { system, maxTokens, toolChoice = 'auto', answerSchema, passages = [] } = request;
  const end = request.turns.findLastIndex(({ role }) => role === 'user');
  const begun = request.turns.slice(end + 1).map(({ text }) => text);
  const asking = request.turns.slice(0, end + 1).findLastIndex(isWords);
  const last = asking < 0 ? end : asking;
  const { preamble, turns, prompt, prefill } = splitTranscript(clip(wordsIn(request.turns[last])));
  const share = Math.min(readingLimit, Math.max(400, (2 * readingLimit) / passages.length));
  const wholeSystem = [clip(system), preamble].filter((part) => part !== '').join('\n\n');
  return {
    system: wholeSystem,
    prompt,
    earlier: [...remembered(request.turns.slice(0, Math.max(0, last))), ...turns],
    prefill: [prefill, ...begun].join('').trim(),
    maxTokens,
    strength,
    seed: () => seedOf(`${wholeSystem}\n${prompt}`),
    tools: toolChoice === 'none' ? [] : (request.tools ?? []),
    toolChoice: toolChoice === 'none' ? 'auto' : toolChoice,
    toolRuns: readToolRuns(request.turns.slice(startOfTurn(request.turns, last))),
    answerSchema,
    // What is read of them together does not grow with how many they are.
    passages: passages.slice(0, 40).map((text) => clip(text, share)),
  };
}

/** What one side has said in the turns before, oldest first. Pure. */
export function saidBy(role: Turn['role'], turns: readonly Turn[]): string[] {
  return turns.filter((turn) => turn.role === role).map(({ text }) => text);
}

/** Where the turn under way begins: words beside tool results belong to the turn whose tools they answer. */
function startOfTurn(turns: readonly Turn[], last: number): number {
  const isPure = (turn: Turn) =>
    isWords(turn) && turn.blocks?.some(({ type }) => type === 'toolResult') !== true;
  return turns.slice(0, last + 1).findLastIndex(isPure) + 1;
}

function isWords(turn: Turn): boolean {
  return turn.role === 'user' && wordsIn(turn).trim() !== '';
}

/** What somebody said in a turn: its text without its tools' results. */
function wordsIn(turn: Turn | undefined): string {
  if (turn?.blocks?.some(({ type }) => type === 'toolResult') !== true) return turn?.text ?? '';
  return turn.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}

function remembered(turns: readonly Turn[]): Turn[] {
  const kept: Turn[] = [];
  let characters = 0;
  for (let index = turns.length - 1; index >= 0; index -= 1) {
    const turn = turns[index];
    const isFar = turns.length - index > memory.turns || characters > memory.allCharacters;
    if (turn === undefined || (isFar && index > 0)) continue;
    const text = clip(wordsIn(turn), memory.characters);
    characters += text.length;
    if (text !== '') kept.push({ role: turn.role, text });
  }
  return kept.reverse();
}

function readToolRuns(turns: readonly Turn[]): ToolRun[] {
  const blocks = turns.flatMap((turn) => turn.blocks ?? []);
  const results = new Map(
    blocks.flatMap((block) => (block.type === 'toolResult' ? [[block.id, block]] : [])),
  );
  return blocks.flatMap((block) => {
    if (block.type !== 'toolUse') return [];
    const { id, name, input } = block;
    const { text, isError = false } = results.get(id) ?? {};
    return { name, input, ...(text !== undefined && { result: { text, isError } }) };
  });
}

/** Shortens what no skill needs whole: runs of white space, and the middle of very long texts. */
function clip(text: string, limit = readingLimit): string {
  if (text.length < 4) return text;
  const most = 2 * limit;
  const near = text.length <= 2 * most ? text : `${text.slice(0, most)}\n${text.slice(-most)}`;
  const tidy = near
    .replaceAll('\r\n', '\n')
    .replace(/[^\S\n]{5,}/g, '    ')
    .replace(/(?:[^\S\n]{0,4}\n){4,}/g, '\n\n\n');
  if (tidy.length <= limit) return tidy;
  return `${tidy.slice(0, limit / 2)}\n${tidy.slice(-limit / 2)}`;
}

function seedOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}

/** How well the stand-in plays a model: a `small` one gets things wrong in the ways small models do. */
export type Strength = 'small' | 'capable';

const small = new Set([
  'amazon.titan-text-lite-v1',
  'amazon.titan-text-express-v1',
  'anthropic.claude-instant-v1',
]);

export function strengthOf(model: Model): Strength {
  return small.has(model.id) ? 'small' : 'capable';
}

const speaker = /^[ \t]*(Human|User|Student|Assistant|Bot|AI)[ \t]*:/gim;
const isUser = /^(?:human|user|student)$/i;

/** What is asked about a conversation that stands below it. */
const aboutConversation = /\b(?:conversation|transcript|dialogue|dialog|chat|summar\w*)\b/i;

/**
 * Prompts written for older models name the speakers inside one text: `User: …`, `Bot: …` and so on, up to a last
 * `Bot:` that asks for the answer. A text that does not end in the assistant's name is one prompt, whatever names
 * stand in it: then it is about a conversation and not one. What stands before the first speaker's name are
 * instructions, and what is written behind the assistant's last name is the beginning of the answer. Pure.
 */
function splitTranscript(
  text: string,
): Pick<Question, 'prompt' | 'prefill'> & { preamble: string; turns: Turn[] } {
  const trimmed = text.trim();
  const lastLine = trimmed.slice(trimmed.lastIndexOf('\n') + 1);
  const asksForAnswer = /^[ \t]*(?:Assistant|Bot|AI)[ \t]*:/i.test(lastLine);
  const parts = asksForAnswer ? readTranscript(trimmed) : [];
  const prefill = parts.at(-1)?.text ?? '';
  const last = parts.findLastIndex(({ role }) => role === 'user');
  if (last < 0) {
    const prompt = trimmed.slice(0, parts.at(-1)?.at).replace(/^(?:Human|User)[ \t]*:/, '');
    return { preamble: '', turns: [], prompt: prompt.trim(), prefill };
  }
  const preamble = trimmed.slice(0, parts[0]?.at).trim();
  if (prefill !== '' && aboutConversation.test(preamble)) {
    return { preamble: '', turns: [], prompt: trimmed, prefill: '' };
  }
  return { preamble, turns: parts.slice(0, last), prompt: parts[last]?.text ?? '', prefill };
}

/** The turns of a conversation that is written down as `User: …` and `Assistant: …` lines; none when it is not. Pure. */
export function readTranscript(text: string): (Turn & { at: number })[] {
  const names = [...text.matchAll(speaker)];
  return names.map((match, index) => ({
    role: isUser.test(match[1] ?? '') ? 'user' : 'assistant',
    text: text.slice(match.index + match[0].length, names[index + 1]?.index).trim(),
    at: match.index,
  }));
}
