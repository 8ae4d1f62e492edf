import { checkInput } from '../base/check-input.ts';
import { endingOf } from '../base/endings.ts';
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
 * Builds the transcript from the log. What is never to be sent again is in the log and not in the transcript: a
 * question that has got no answer, and what a guardrail or a filter has blocked. Pure.
 */
export function transcriptOf(entries: readonly HistoryEntry[]): Transcript {
  checkInput('transcriptOf', { entries }, { entries: 'objects' });
  const branch = branchOf(entries);
  const summary = branch.findLast(isSummary);
  const turns = branch.filter((entry): entry is HistoryEntry & Turn => !isSummary(entry));
  const messages: Message[] = [];
  let unfinished: readonly Message[] = [];
  for (const parts of wholeTurns(turns.filter((turn) => turn.sequence > (summary?.coversTo ?? 0)))) {
    const said = joinNeighbours(sentOf(parts));
    if (isUnfinished(parts.at(-1))) unfinished = said;
    else messages.push(...said);
  }
  return { messages, unfinished, ...(summary && { summary: summary.summary }) };
}

/**
 * The entries that the conversation consists of now: without turns in whose place others stand, and without summaries
 * that tell of them. Pure.
 */
export function branchOf<Entry extends HistoryEntry>(entries: readonly Entry[]): readonly Entry[] {
  const replacedFrom = (entry: HistoryEntry) => (isSummary(entry) ? undefined : (entry as Turn).replaces);
  if (entries.every((entry) => replacedFrom(entry) === undefined)) return entries;
  const branch: Entry[] = [];
  for (const entry of entries) {
    const replaces = replacedFrom(entry) ?? Number.POSITIVE_INFINITY;
    const summaries: Entry[] = [];
    while ((branch.at(-1)?.sequence ?? 0) >= replaces) {
      const left = branch.pop();
      if (left && isSummary(left) && left.coversTo < replaces) summaries.unshift(left);
    }
    branch.push(...summaries, entry);
  }
  return branch;
}

/** Whether something of the turn is still to come: an answer, or a person's decision. Pure. */
export function isUnfinished(last: Turn | undefined): boolean {
  return last?.open === true || last?.waiting === true;
}

/** Puts the parts of each turn together: all that are unfinished, and the one that finishes or repairs them. Pure. */
export function wholeTurns<Part extends Turn>(parts: readonly Part[]): Part[][] {
  const turns: Part[][] = [];
  let isOpen = false;
  for (const part of parts) {
    const turn = turns.at(-1);
    const goesOn = (isOpen || part.repair !== undefined) && part.replaces === undefined;
    if (turn && goesOn) turn.push(part);
    else turns.push([part]);
    isOpen = isUnfinished(part);
  }
  return turns;
}

/**
 * What of one turn is sent with those that follow: all of it; nothing, when its question was not answered or was
 * blocked; of a turn that was blocked after its tools had run, what came before, without the results that were blocked.
 * Pure.
 */
export function sentOf(parts: readonly Turn[]): readonly Message[] {
  const end = parts.findIndex(isNotSent);
  if (end < 0) return isUnanswered(parts) ? [] : parts.flatMap(({ messages }) => messages);
  const before = parts.slice(0, end).flatMap(({ messages }) => messages);
  const passed = before.findLastIndex(({ role }) => role === 'assistant') + 1;
  if (passed === 0) return [];
  const isBlocked = endingOf(parts[end]?.stopReason ?? 'end_turn').outcome === 'blocked';
  const results = before.slice(passed);
  return [...before.slice(0, passed), ...(isBlocked ? results.map(withoutResults) : results), noAnswer];
}

/** Whether the log's entry ends a turn that is never sent again. Logs of before the mark tell it by the stop reason. Pure. */
export function isNotSent({ notSent, open, waiting, repair, stopReason = 'end_turn' }: Turn): boolean {
  if (notSent !== undefined) return true;
  return (
    !open && !waiting && repair === undefined && stopReason !== 'tool_use' && !endingOf(stopReason).isSent
  );
}

/** Every call keeps a result, because Bedrock takes none without. */
function withoutResults({ role, content }: Message): Message {
  const text = '(The result was kept back.)';
  return {
    role,
    content: content.flatMap(({ toolResult }) =>
      toolResult === undefined ? [] : [{ toolResult: { ...toolResult, content: [{ text }] } }],
    ),
  };
}

const noAnswer: Message = { role: 'assistant', content: [{ text: '(There is no answer to this.)' }] };

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
