import { isLibError } from '../base/errors.ts';
import type { Database } from '../sqlite/database.ts';
import { checkAppend, type Place } from './check-append.ts';
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
import { type HistoryEntry, isSummary, type SessionLog, type Turn } from './history.ts';
import { repairOf } from './repair.ts';
import { describeOwner, isAlive, ownerHere } from './turn-owner.ts';

/** Who reads and appends. */
export interface Client {
  /** The open `History`. */
  readonly history: string;
  /** Milliseconds, as in `HistoryOptions`. */
  readonly abandonedAfterMs: number;
}

/** The log as it was found, and what is to be appended to it to finish a turn that was left open. */
export interface FoundLog {
  readonly log: SessionLog;
  readonly repair?: Turn;
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

export function findLog(database: Database, client: Client, sessionId: string): FoundLog {
  const session = findSession(database, sessionId);
  if (session === undefined) return { log: { entries: [], sequence: 0, repairs: [] } };
  const entries = readEntries(database, sessionId, session);
  const sequence = entries.at(-1)?.sequence ?? 0;
  const { state, owner } = stateOfTurn(database, client, session, sequence);
  const log = { entries, sequence, repairs: [], ...(owner && { openElsewhere: describeOwner(owner) }) };
  const repair = owner || state === 'mine' ? undefined : repairOf(entries);
  return { log, ...(repair && { repair }) };
}

/** Reads the log once more, and appends the repair that it needs now: somebody else may have been faster. */
export function repairLog(database: Database, client: Client, sessionId: string): SessionLog {
  const { log, repair } = findLog(database, client, sessionId);
  const session = findSession(database, sessionId);
  if (repair === undefined || session === undefined) return log;
  const now = new Date().toISOString();
  addEntry(database, session, log.sequence + 1, encodeEntry(repair), now);
  return { ...withRepair(log, repair, now), sequence: log.sequence + 1 };
}

/** The log with the repair as its last entry. Pure. */
export function withRepair(log: SessionLog, repair: Turn, createdAt: string): SessionLog {
  const entry: HistoryEntry = { ...repair, sequence: log.sequence + 1, createdAt };
  return { ...log, entries: [...log.entries, entry], repairs: [repair.repair ?? ''] };
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
