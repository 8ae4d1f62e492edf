import { createHash } from 'node:crypto';
import type { ModelRequest, Turn } from '../families/family.ts';
import type { Strength } from '../strength.ts';

/** What a skill is asked. */
export interface Question {
  readonly system: string;
  /** The user's last turn, without `Human:`/`Assistant:` or `User:`/`Bot:` around it. */
  readonly prompt: string;
  /** The turns before the last one by the user. */
  readonly earlier: readonly Turn[];
  /** Where the caller already began the answer; empty when not. */
  readonly prefill: string;
  /** The longest answer, in tokens. */
  readonly maxTokens: number;
  readonly strength: Strength;
  /** A whole number made from the prompt: for choices that must look free and yet always come out the same. */
  readonly seed: number;
}

/** A skill answers a question it understands, and gives `undefined` for any other. Pure. */
export type Skill = (question: Question) => string | undefined;

/** Skills read this much of a text, half from its start and half from its end. In characters. */
const readingLimit = 40_000;

/** Skills read this many turns before the last, and this much of each. */
const memory = { turns: 40, characters: 8_000 };

/** Takes a request apart for the skills. */
export function readQuestion(request: ModelRequest, strength: Strength): Question {
  const { turns, system, maxTokens } = request;
  const last = turns.findLastIndex(({ role }) => role === 'user');
  const { prompt, prefill } = withoutFrame(clip(turns[last]?.text ?? ''));
  const begun = turns.slice(last + 1).map(({ text }) => text);
  return {
    system: clip(system),
    prompt,
    earlier: turns
      .slice(Math.max(0, last - memory.turns), Math.max(0, last))
      .map(({ role, text }) => ({ role, text: clip(text, memory.characters) })),
    prefill: [prefill, ...begun].join('').trim(),
    maxTokens,
    strength,
    seed: seedOf(`${system}\n${prompt}`),
  };
}

/** Prompts written for older models name the speakers inside the text; a last `Assistant:` may begin the answer. */
function withoutFrame(text: string): { prompt: string; prefill: string } {
  const started = text
    .trim()
    .replace(/^(?:Human|User)[ \t]*:/, '')
    .trim();
  const lastLine = started.lastIndexOf('\n') + 1;
  const end = /^[ \t]*(?:Assistant|Bot)[ \t]*:(.*)$/.exec(started.slice(lastLine));
  if (end === null) return { prompt: started, prefill: '' };
  return { prompt: started.slice(0, lastLine).trim(), prefill: (end[1] ?? '').trim() };
}

/** Shortens what no skill needs whole: runs of white space, and the middle of very long texts. */
function clip(text: string, limit = readingLimit): string {
  const tidy = text.replace(/[^\S\n]{5,}/g, '    ').replace(/\n{4,}/g, '\n\n\n');
  if (tidy.length <= limit) return tidy;
  return `${tidy.slice(0, limit / 2)}\n${tidy.slice(-limit / 2)}`;
}

function seedOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}
