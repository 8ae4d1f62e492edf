import type { History, HistoryEntry, Turn } from '../history/history.ts';
import { branchOf, isSummary, wholeTurns } from '../history/transcript.ts';

/** One turn that the conversation has, and those in whose place it stands, oldest first. */
export interface ShownTurn {
  readonly turn: readonly (HistoryEntry & Turn)[];
  readonly earlier: readonly (readonly (HistoryEntry & Turn)[])[];
}

/** The turns of a log, each with its earlier answers. Summaries are for the model only. Pure. */
export function shownTurns(entries: readonly HistoryEntry[]): ShownTurn[] {
  const shown: ShownTurn[] = [];
  for (const turn of wholeTurns(entries.filter((entry): entry is HistoryEntry & Turn => !isSummary(entry)))) {
    const { replaces = Number.POSITIVE_INFINITY } = turn[0] ?? {};
    let replaced: ShownTurn | undefined;
    while ((shown.at(-1)?.turn[0]?.sequence ?? 0) >= replaces) replaced = shown.pop();
    shown.push({ turn, earlier: replaced ? [...replaced.earlier, replaced.turn] : [] });
  }
  return shown;
}

/**
 * The same history, for one turn that is to stand in the place of those from entry `from` on: whoever answers does not
 * see them, and the first turn that is appended says so. Until then nothing has changed: it is one transaction.
 */
export function inPlaceOf(history: History, sessionId: string, from: number): History {
  let isBegun = false;
  return {
    read: async (id) => {
      const log = await history.read(id);
      if (id !== sessionId) return log;
      return { ...log, entries: branchOf(log.entries).filter(({ sequence }) => sequence < from) };
    },
    append: async (id, entry, expectedSequence) => {
      const isFirst = id === sessionId && !isBegun && !isSummary(entry);
      const stored = isFirst ? { ...entry, replaces: from } : entry;
      const sequence = await history.append(id, stored, expectedSequence);
      isBegun ||= isFirst;
      return sequence;
    },
    ...(history.claim && { claim: history.claim.bind(history) }),
    sessions: () => history.sessions(),
    delete: (id) => history.delete(id),
    // Whoever answers one turn does not end the others.
    close: async () => undefined,
  };
}
