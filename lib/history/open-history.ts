import { randomUUID } from 'node:crypto';
import { isLibError, LibError } from '../errors.ts';
import type { Database } from '../sqlite/database.ts';
import { type OpenOptions, openDatabase } from '../sqlite/open-database.ts';
import { checkEntry, checkSessionId, refused } from './check-entry.ts';
import {
  addEntry,
  addSession,
  type EncodedEntry,
  encodeEntry,
  findSession,
  lastSequence,
  lastTurn,
  readEntries,
} from './entries.ts';
import {
  type History,
  type HistoryEntry,
  isSummary,
  type SessionLog,
  type Summary,
  type Turn,
} from './history.ts';
import { defaultAbandonedAfterMs, describeOwner, isAlive, openHistories, ownerHere } from './owner.ts';
import { repairOf } from './repair.ts';
import { deleteSession, listSessions } from './sessions.ts';

export interface HistoryOptions extends OpenOptions {
  /**
   * An open turn whose program cannot be asked whether it still runs, because it is on another machine, counts as left
   * behind this long after its last entry. Milliseconds; default 15 minutes.
   */
  readonly abandonedAfterMs?: number;
}

/**
 * Opens the conversations in a file, or begins a new file. Close it after the last use.
 *
 * @param location a path, relative to the current folder; or `:memory:`, for conversations that end with the program
 * @throws LibError of kind `file` (no such folder, not writable, the database of another program or of a newer
 *   version) or `corrupt`
 */
export async function openHistory(location: string, options: HistoryOptions = {}): Promise<History> {
  const file = await openDatabase(location, options);
  const abandonedAfterMs = options.abandonedAfterMs ?? defaultAbandonedAfterMs;
  const id = randomUUID();
  openHistories.add(id);

  /** Who else is in the middle of the session's last turn. */
  function ownerElsewhere(database: Database, session: number | undefined, sequence: number) {
    const turn = lastTurn(database, session, sequence);
    if (!turn?.open || turn.owner === undefined || turn.owner.history === id) return undefined;
    return isAlive(turn.owner, turn.createdAt, abandonedAfterMs) ? turn.owner : undefined;
  }

  function isMine(database: Database, session: number | undefined, sequence: number): boolean {
    const turn = lastTurn(database, session, sequence);
    return turn?.open === true && turn.owner?.history === id;
  }

  function append(
    database: Database,
    sessionId: string,
    entry: Turn | Summary,
    encoded: EncodedEntry,
    expected: number,
  ): number {
    const session = findSession(database, sessionId);
    const last = lastSequence(database, session);
    if (last !== expected) throw outOfStep(sessionId, last, expected);
    const turn = lastTurn(database, session, last);
    const owner = ownerElsewhere(database, session, last);
    if (owner) throw conflict(sessionId, `is in the middle of a turn of ${describeOwner(owner)}`);
    if (turn?.open && turn.owner?.history !== id)
      throw conflict(sessionId, 'has a turn that a crash left open');
    checkPlace(database, session, entry, turn?.open === true);
    const now = new Date().toISOString();
    const row = session ?? addSession(database, sessionId, now);
    addEntry(database, row, last + 1, encoded, now, encoded.open ? ownerHere(id) : undefined);
    return last + 1;
  }

  function readLog(database: Database, sessionId: string): SessionLog & { readonly repair?: Turn } {
    const session = findSession(database, sessionId);
    if (session === undefined) return { entries: [], sequence: 0, repairs: [] };
    const entries = readEntries(database, sessionId, session);
    const sequence = entries.at(-1)?.sequence ?? 0;
    const log = { entries, sequence, repairs: [] };
    const owner = ownerElsewhere(database, session, sequence);
    if (owner) return { ...log, openElsewhere: describeOwner(owner) };
    const repair = isMine(database, session, sequence) ? undefined : repairOf(entries);
    return repair ? { ...log, repair } : log;
  }

  function repairOnDisk(database: Database, sessionId: string): SessionLog {
    const { repair, ...log } = readLog(database, sessionId);
    const session = findSession(database, sessionId);
    if (repair === undefined || session === undefined) return log;
    const now = new Date().toISOString();
    addEntry(database, session, log.sequence + 1, encodeEntry(repair), now);
    return { ...repaired(log, repair, now), sequence: log.sequence + 1 };
  }

  return {
    async append(sessionId, entry, expectedSequence) {
      checkSessionId(sessionId);
      checkEntry(entry, expectedSequence);
      const encoded = encodeEntry(entry);
      return await file.write((database) => append(database, sessionId, entry, encoded, expectedSequence));
    },
    async read(sessionId) {
      checkSessionId(sessionId);
      const { repair, ...log } = await file.read((database) => readLog(database, sessionId));
      if (repair === undefined) return log;
      try {
        return await file.write((database) => repairOnDisk(database, sessionId));
      } catch (error) {
        // Where nothing may be written, the conversation can still be read.
        if (!isLibError(error) || error.kind !== 'file') throw error;
        return repaired(log, repair, new Date().toISOString());
      }
    },
    sessions: () => file.read(listSessions),
    async delete(sessionId) {
      checkSessionId(sessionId);
      return await file.write((database) => deleteSession(database, sessionId));
    },
    async close() {
      await file.close();
      openHistories.delete(id);
    },
  };
}

/** The log with the repair as its last entry. Pure. */
function repaired(log: SessionLog, repair: Turn, createdAt: string): SessionLog {
  const entry: HistoryEntry = { ...repair, sequence: log.sequence + 1, createdAt };
  return { ...log, entries: [...log.entries, entry], repairs: [repair.repair ?? ''] };
}

/** A summary must not end inside a turn, and a turn that says nothing can only finish one. */
function checkPlace(
  database: Database,
  session: number | undefined,
  entry: Turn | Summary,
  isOpen: boolean,
): void {
  if (isSummary(entry)) {
    if (!lastTurn(database, session, entry.coversTo)?.open) return;
    throw refused(
      `The summary would end inside a turn: entry ${entry.coversTo} is open`,
      'Let `coversTo` be the last entry of a finished turn.',
    );
  }
  if (entry.messages.length === 0 && !isOpen) {
    throw refused('The turn has no messages', 'Store the question together with its answer.');
  }
}

function outOfStep(sessionId: string, last: number, expected: number): LibError {
  const has = last === 1 ? '1 entry' : `${last} entries`;
  return conflict(sessionId, `has ${has}, not ${expected}: something else has written to it, or removed it`);
}

function conflict(sessionId: string, what: string): LibError {
  return new LibError(`Session "${sessionId}" ${what}`, {
    kind: 'conflict',
    hint: 'Read the session again, and append with the sequence number that it gives; or use a session id of your own. Nothing was stored.',
  });
}
