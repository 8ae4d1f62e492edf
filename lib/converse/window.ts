import type { Message } from '../base/message.ts';
import { estimateTokens } from './estimate-tokens.ts';

/** How much of a conversation is sent with the next question. Both limits may be given. */
export interface Window {
  /** The last so many turns, the new one included. */
  readonly turns?: number;
  /** So many tokens, by estimate. */
  readonly tokens?: number;
}

export interface Windowed {
  readonly messages: readonly Message[];
  /** How many messages were left out. They stay in the conversation. */
  readonly leftOut: number;
}

/**
 * The newest part of a transcript that fits the window. It is cut only in front of something the user said, never
 * between a tool call and its result. Of a single long turn the user's question stays, and the newest complete pairs
 * of calls and results. The last turn's question and last pair are kept even when they alone are too long. Pure.
 *
 * @param messages a transcript that ends with what the user says now, or with tool results
 */
export function windowOf(messages: readonly Message[], window: Window, modelId?: string): Windowed {
  const { turns = Number.POSITIVE_INFINITY, tokens = Number.POSITIVE_INFINITY } = window;
  const cuts = messages.flatMap((message, index) => (isQuestion(message) ? [index] : []));
  const allowed = cuts.slice(Number.isFinite(turns) ? -Math.max(1, Math.floor(turns)) : 0);
  if (allowed.length === 0) return { messages, leftOut: 0 };
  const sizes = sizesFromEnd(messages, tokens, modelId);
  const first = cuts.length > allowed.length ? (allowed[0] ?? 0) : 0;
  const fitting = [first, ...allowed].find((cut) => (sizes[cut] ?? 0) <= tokens);
  if (fitting !== undefined) return { messages: messages.slice(fitting), leftOut: fitting };
  const kept = shortenTurn(messages.slice(allowed.at(-1)), tokens, modelId);
  return { messages: kept, leftOut: messages.length - kept.length };
}

/** Whether it is what the user said, not what tools gave. Pure. */
export function isQuestion({ role, content }: Message): boolean {
  return role === 'user' && !content.some(({ toolResult }) => toolResult !== undefined);
}

/** For each message, the estimate of it and all that follow. Without a limit nothing is counted. */
function sizesFromEnd(messages: readonly Message[], limit: number, modelId: string | undefined): number[] {
  const sizes: number[] = new Array(messages.length).fill(0);
  if (!Number.isFinite(limit)) return sizes;
  let sum = 0;
  for (let index = messages.length - 1; index >= 0; index--) {
    sum += estimateTokens(messages.slice(index, index + 1), modelId);
    sizes[index] = sum;
  }
  return sizes;
}

/** The question of a turn, and as many of its newest pairs of tool calls and results as fit, at least one. */
function shortenTurn(turn: readonly Message[], tokens: number, modelId: string | undefined): Message[] {
  const [question, ...rest] = turn;
  if (question === undefined) return [];
  let kept: Message[] = [];
  for (let end = rest.length; end > 0; ) {
    let begin = end - 1;
    while (begin > 0 && rest[begin]?.role !== 'assistant') begin--;
    const more = [...rest.slice(begin, end), ...kept];
    if (kept.length > 0 && estimateTokens([question, ...more], modelId) > tokens) break;
    kept = more;
    end = begin;
  }
  return [question, ...kept];
}
