import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { checkInput } from '../base/check-input.ts';
import { endingOf } from '../base/endings.ts';
import { isLibError } from '../base/errors.ts';
import type { Message } from '../base/message.ts';
import type { HistoryEntry, SessionLog, Summary, Turn } from './history.ts';

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

/**
 * What finishes the last turn of a log when its program ended in the middle of it: an error result for each tool that
 * was still to be run, and a short answer, so that the transcript is legal again. `undefined` when nothing is missing.
 *
 * An unanswered question gets an entry without messages: it stays in the log and is left out of the transcript. Pure.
 */
export function repairOf(log: readonly HistoryEntry[]): Turn | undefined {
  const entries = branchOf(log);
  const covered = entries.findLast(isSummary)?.coversTo ?? 0;
  const turns = entries.filter((entry): entry is HistoryEntry & Turn => !isSummary(entry));
  const parts = wholeTurns(turns.filter((turn) => turn.sequence > covered)).at(-1);
  const last = parts?.at(-1);
  if (parts === undefined || last === undefined || last.repair !== undefined) return undefined;
  if (isNotSent(last) || last.waiting) return undefined;

  const said = parts.flatMap((part) => part.messages);
  const where = `The turn of entry ${parts[0]?.sequence} was cut off`;
  const results = missingResults(said);
  if (results.length > 0) {
    const names = results.length === 1 ? 'a tool call' : `${results.length} tool calls`;
    const repair = `${where}: ${names} had no result, and got one that says so.`;
    return { messages: [{ role: 'user', content: results }, interrupted], repair };
  }
  if (said.at(-1)?.role === 'user') {
    if (said.some((message) => message.role === 'assistant')) {
      return { messages: [interrupted], repair: `${where} before the answer; it got one that says so.` };
    }
    return {
      messages: [],
      repair: `${where}: its question was not answered, and is left out of the transcript.`,
    };
  }
  return last.open
    ? { messages: [], repair: `${where} after its last message; it is finished now.` }
    : undefined;
}

const interrupted: Message = {
  role: 'assistant',
  content: [{ text: '(This answer was interrupted and not finished.)' }],
};

/** An error result for each tool call of the last answer that has none. Pure. */
function missingResults(messages: readonly Message[]): ContentBlock[] {
  const answer = messages.findLastIndex((message) => message.role === 'assistant');
  const given = new Set(
    messages.slice(answer + 1).flatMap(({ content }) => content.map((block) => block.toolResult?.toolUseId)),
  );
  return (messages[answer]?.content ?? []).flatMap((block) => {
    const { toolUseId } = block.toolUse ?? {};
    if (toolUseId === undefined || given.has(toolUseId)) return [];
    const text = 'The program ended before this tool had given a result.';
    return [{ toolResult: { toolUseId, content: [{ text }], status: 'error' as const } }];
  });
}

/** Whether an entry is a summary; else it is a turn. Pure. */
export function isSummary<Entry extends Turn | Summary>(entry: Entry): entry is Entry & Summary {
  return 'summary' in entry;
}

/** The log with the repair as its last entry. Pure. */
export function withRepair(log: SessionLog, repair: Turn, createdAt: string): SessionLog {
  const entry: HistoryEntry = { ...repair, sequence: log.sequence + 1, createdAt };
  return { ...log, entries: [...log.entries, entry], repairs: [repair.repair ?? ''] };
}

/** The log as it was found, and what is to be appended to it to finish a turn that was left open. */
export interface FoundLog {
  readonly log: SessionLog;
  readonly repair?: Turn;
}

/**
 * What `History.read` does with every store: a log that needs a repair is repaired where it is kept, or, where this
 * program may not write, for this reader alone.
 */
export async function readRepaired(
  find: () => Promise<FoundLog>,
  repairStored: () => Promise<SessionLog>,
): Promise<SessionLog> {
  const { log, repair } = await find();
  if (repair === undefined) return log;
  try {
    return await repairStored();
  } catch (error) {
    if (!isLibError(error) || !['file', 'access-denied'].includes(error.kind)) throw error;
    return withRepair(log, repair, new Date().toISOString());
  }
}
