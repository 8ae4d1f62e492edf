import { type History, type HistoryEntry, isSummary, type Turn } from '../history/history.ts';
import { wholeTurns } from '../history/transcript.ts';

/**
 * Begins a session that has all of another one but its last turn. The log is only ever added to, so another answer to
 * the last question belongs to a session of its own; the old answer stays where it is.
 *
 * @returns the new session's last sequence number
 */
export async function copyAllButLast(history: History, from: string, to: string): Promise<number> {
  const { entries } = await history.read(from);
  const turns = entries.filter((entry): entry is HistoryEntry & Turn => !isSummary(entry));
  let copied = 0;
  for (const { sequence: _, createdAt: __, ...turn } of wholeTurns(turns).slice(0, -1).flat())
    copied = await history.append(to, turn, copied);
  return copied;
}

/** Takes back a session in which nothing was said that it did not begin with. */
export async function dropUnused(history: History, sessionId: string, begunWith: number): Promise<void> {
  const { sequence } = await history.read(sessionId);
  if (sequence === begunWith && sequence > 0) await history.delete(sessionId);
}

/**
 * The same history, for one turn of one session: `onTurn` sees what is appended to the session once it is stored. So
 * what a visitor sees while tools run is what is seen again after a reload.
 */
export function watchHistory(history: History, sessionId: string, onTurn: (turn: Turn) => void): History {
  return {
    append: async (id, entry, expectedSequence) => {
      const sequence = await history.append(id, entry, expectedSequence);
      if (id === sessionId && !isSummary(entry)) onTurn(entry);
      return sequence;
    },
    read: (id) => history.read(id),
    ...(history.claim && { claim: history.claim.bind(history) }),
    sessions: () => history.sessions(),
    delete: (id) => history.delete(id),
    // Whoever answers one turn does not end the others.
    close: async () => undefined,
  };
}
