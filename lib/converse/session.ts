import {
  type History,
  type HistoryEntry,
  isSummary,
  type SessionLog,
  type Summary,
  type Turn,
} from '../history/history.ts';
import type { TokenUsage } from '../models/cost.ts';

/** The log of one conversation: in memory, and in a history when there is one. */
export interface Session {
  readonly sessionId: string;
  /** All entries that are known. Without `load` first: those of this program. */
  readonly entries: readonly HistoryEntry[];
  /** Reads the log from the history, once. Gives what a crash had left behind and reading has repaired. */
  load(): Promise<readonly string[]>;
  /**
   * Stores an entry, in the history first.
   *
   * @throws LibError of kind `conflict` or `file`; nothing has changed then. After a conflict the next `load` reads the
   *   log again
   */
  append(entry: Turn | Summary): Promise<void>;
}

/** The log of a session. Whoever uses it does so one at a time. */
export function createSession(history: History | undefined, sessionId: string): Session {
  let entries: readonly HistoryEntry[] = [];
  let sequence = 0;
  let loaded: Promise<SessionLog> | undefined;

  async function load(): Promise<readonly string[]> {
    if (history === undefined || loaded !== undefined) return [];
    loaded = history.read(sessionId);
    try {
      const log = await loaded;
      ({ entries, sequence } = log);
      return log.repairs;
    } catch (error) {
      loaded = undefined;
      throw error;
    }
  }

  async function append(entry: Turn | Summary): Promise<void> {
    try {
      sequence = (await history?.append(sessionId, entry, sequence)) ?? sequence + 1;
    } catch (error) {
      loaded = undefined;
      throw error;
    }
    entries = [...entries, { ...entry, sequence, createdAt: new Date().toISOString() }];
  }

  return {
    sessionId,
    get entries() {
      return entries;
    },
    load,
    append,
  };
}

/** Token use of all entries, summaries included; `undefined` when it is not known of one. Pure. */
export function totalUsage(entries: readonly HistoryEntry[]): TokenUsage | undefined {
  let total: TokenUsage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
  for (const entry of entries) {
    if (entry.usage === undefined) {
      if (isMadeByModel(entry)) return undefined;
      continue;
    }
    total = addUsage(total, entry.usage);
  }
  return total;
}

/** US dollars of all entries, summaries included; `undefined` when one of them is not known. Pure. */
export function totalCost(entries: readonly HistoryEntry[]): number | undefined {
  let total = 0;
  for (const entry of entries) {
    if (entry.costUsd === undefined && isMadeByModel(entry)) return undefined;
    total += entry.costUsd ?? 0;
  }
  return total;
}

/** Whether a call was made for the entry: not for one that only repairs, nor for a question without an answer. */
function isMadeByModel(entry: HistoryEntry): boolean {
  if (isSummary(entry)) return true;
  return entry.repair === undefined && entry.messages.some(({ role }) => role === 'assistant');
}

function addUsage(total: TokenUsage, usage: TokenUsage): TokenUsage {
  const read = sum(total.cacheReadInputTokens, usage.cacheReadInputTokens);
  const write = sum(total.cacheWriteInputTokens, usage.cacheWriteInputTokens);
  return {
    inputTokens: total.inputTokens + usage.inputTokens,
    outputTokens: total.outputTokens + usage.outputTokens,
    totalTokens: total.totalTokens + usage.totalTokens,
    ...(read === undefined ? {} : { cacheReadInputTokens: read }),
    ...(write === undefined ? {} : { cacheWriteInputTokens: write }),
  };
}

function sum(first: number | undefined, second: number | undefined): number | undefined {
  return first === undefined && second === undefined ? undefined : (first ?? 0) + (second ?? 0);
}
