import { randomUUID } from 'node:crypto';
import type { Database } from '../sqlite/database.ts';
import { openDatabase } from '../sqlite/open-database.ts';
import { checkAppend, checkEntry, checkSessionId, type Place } from './check-entry.ts';
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
import type { History, HistoryEntry, LogPart, SessionLog } from './history.ts';
import { beginnings, checkPart, partOf } from './log-part.ts';
import type { HistoryOptions } from './open-history.ts';
import { deleteSession, listSessions } from './sessions.ts';
import { type FoundLog, isSummary, readRepaired, repairOf, withRepair } from './transcript.ts';
import { defaultAbandonedAfterMs, describeOwner, isAlive, openHistories, ownerHere } from './turn-owner.ts';

/** What `openHistory` does. It is loaded with the first history that is opened: most programs that import lib open none. */
export async function openSqliteHistory(location: string, options: HistoryOptions): Promise<History> {
  const file = await openDatabase(location, options);
  const { abandonedAfterMs = defaultAbandonedAfterMs } = options;
  const client: Client = { history: randomUUID(), abandonedAfterMs };
  openHistories.add(client.history);

  return {
    async append(sessionId, entry, expectedSequence) {
      checkSessionId(sessionId);
      checkEntry(entry, expectedSequence);
      const encoded = encodeEntry(entry);
      return await file.write((database) =>
        appendEntry(database, client, sessionId, encoded, expectedSequence),
      );
    },
    async read(sessionId, part = {}) {
      checkSessionId(sessionId);
      checkPart(part);
      return await readRepaired(
        () => file.read((database) => findLog(database, client, sessionId, part)),
        () => file.write((database) => repairLog(database, client, sessionId, part)),
      );
    },
    sessions: () => file.read(listSessions),
    async delete(sessionId) {
      checkSessionId(sessionId);
      return await file.write((database) => deleteSession(database, sessionId));
    },
    async close() {
      await file.close();
      openHistories.delete(client.history);
    },
  };
}

/** Who reads and appends. */
export interface Client {
  /** The open `History`. */
  readonly history: string;
  /** Milliseconds, as in `HistoryOptions`. */
  readonly abandonedAfterMs: number;
}

/** @throws LibError of kind `conflict` or `request`, as `History.append` */
export function appendEntry(
  database: Database,
  client: Client,
  sessionId: string,
  encoded: EncodedEntry,
  expectedSequence: number,
): number {
  const session = findSession(database, sessionId);
  const last = lastSequence(database, session);
  const { entry } = encoded;
  const endsInTurn = isSummary(entry) && lastTurn(database, session, entry.coversTo)?.open === true;
  const turn = stateOfTurn(database, client, session, last);
  checkAppend(sessionId, encoded, expectedSequence, { ...turn, last, endsInTurn });
  const now = new Date().toISOString();
  const row = session ?? addSession(database, sessionId, now);
  addEntry(database, row, last + 1, encoded, now, encoded.open ? ownerHere(client.history) : undefined);
  return last + 1;
}

export function findLog(database: Database, client: Client, sessionId: string, part: LogPart = {}): FoundLog {
  const session = findSession(database, sessionId);
  if (session === undefined) return { log: { entries: [], sequence: 0, repairs: [] } };
  const sequence = lastSequence(database, session);
  const entries = readPart(database, sessionId, session, part, sequence);
  const { state, owner } = stateOfTurn(database, client, session, sequence);
  const log = { entries, sequence, repairs: [], ...(owner && { openElsewhere: describeOwner(owner) }) };
  const isLeft = owner === undefined && state !== 'mine' && part.before === undefined;
  const repair = isLeft ? repairOf(entries) : undefined;
  return { log, ...(repair && { repair }) };
}

function readPart(
  database: Database,
  sessionId: string,
  session: number,
  part: LogPart,
  last: number,
): readonly HistoryEntry[] {
  const end = Math.min(part.before ?? last + 1, last + 1);
  let entries: readonly HistoryEntry[] = [];
  for (const from of beginnings(part, end)) {
    entries = readEntries(database, sessionId, session, from, end);
    const found = partOf(entries, part);
    if (found) return found;
  }
  return entries;
}

/** Reads the log once more, and appends the repair that it needs now: somebody else may have been faster. */
export function repairLog(
  database: Database,
  client: Client,
  sessionId: string,
  part: LogPart = {},
): SessionLog {
  const { log, repair } = findLog(database, client, sessionId, part);
  const session = findSession(database, sessionId);
  if (repair === undefined || session === undefined) return log;
  const now = new Date().toISOString();
  addEntry(database, session, log.sequence + 1, encodeEntry(repair), now);
  return { ...withRepair(log, repair, now), sequence: log.sequence + 1 };
}

type TurnState = Pick<Place, 'state' | 'owner'>;

function stateOfTurn(
  database: Database,
  client: Client,
  session: number | undefined,
  sequence: number,
): TurnState {
  const turn = lastTurn(database, session, sequence);
  if (!turn?.open) return { state: 'finished' };
  const { owner, createdAt } = turn;
  if (owner?.history === client.history) return { state: 'mine' };
  if (owner && isAlive(owner, createdAt, client.abandonedAfterMs)) return { state: 'elsewhere', owner };
  return { state: 'left' };
}
