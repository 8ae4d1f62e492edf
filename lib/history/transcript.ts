import type { Message } from '../base/message.ts';
import { type HistoryEntry, isSummary, type Turn } from './history.ts';

/** What of a session's log is to be sent with the next question. */
export interface Transcript {
  /** The messages of the finished turns after the last summary. */
  readonly messages: readonly Message[];
  /** The last summary's text: what was said before `messages`. */
  readonly summary?: string;
  /** The messages of a turn that is still open. They make no legal transcript: something is still to come. */
  readonly unfinished: readonly Message[];
}

/**
 * Builds the transcript from the log. A question that a crash has left unanswered is in the log and not in the
 * transcript. Pure.
 */
export function transcriptOf(entries: readonly HistoryEntry[]): Transcript {
  const summary = entries.findLast(isSummary);
  const turns = entries.filter((entry): entry is HistoryEntry & Turn => !isSummary(entry));
  const messages: Message[] = [];
  let unfinished: readonly Message[] = [];
  for (const parts of wholeTurns(turns.filter((turn) => turn.sequence > (summary?.coversTo ?? 0)))) {
    const said = joinNeighbours(parts.flatMap((part) => part.messages));
    const last = parts.at(-1);
    if (last?.open) unfinished = said;
    else if (!isUnanswered(parts)) messages.push(...said);
  }
  return { messages, unfinished, ...(summary && { summary: summary.summary }) };
}

/** Puts the parts of each turn together: all that are open, and the one that finishes or repairs them. Pure. */
export function wholeTurns<Part extends Turn>(parts: readonly Part[]): Part[][] {
  const turns: Part[][] = [];
  let isOpen = false;
  for (const part of parts) {
    const turn = turns.at(-1);
    if (turn && (isOpen || part.repair !== undefined)) turn.push(part);
    else turns.push([part]);
    isOpen = part.open === true;
  }
  return turns;
}

/** A question that was repaired because nobody answered it. */
function isUnanswered(parts: readonly Turn[]): boolean {
  const hasAnswer = parts.some((part) => part.messages.some((message) => message.role === 'assistant'));
  return !hasAnswer && parts.at(-1)?.repair !== undefined;
}

/** The results of tools that ran at the same time belong into one message, also when they were stored one by one. */
function joinNeighbours(messages: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const before = joined.at(-1);
    if (before?.role === message.role) {
      joined[joined.length - 1] = { ...before, content: [...before.content, ...message.content] };
    } else joined.push(message);
  }
  return joined;
}
