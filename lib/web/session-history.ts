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
