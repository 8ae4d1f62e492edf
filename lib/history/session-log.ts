import { LibError } from '../base/errors.ts';
import type { Database } from '../sqlite/database.ts';
import { refused } from './check-entry.ts';
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
import { describeOwner, isAlive, type Owner, ownerHere } from './turn-owner.ts';

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
  if (last !== expectedSequence) throw outOfStep(sessionId, last, expectedSequence);
  const { state, owner } = stateOfTurn(database, client, session, last);
  if (owner) throw busy(sessionId, owner);
  if (state === 'left') throw conflict(sessionId, 'has a turn that a crash left open', readAgain);
  checkPlace(database, session, encoded, state === 'mine');
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

interface TurnState {
  /** Whether the session's last turn is finished, or who has it open: this client, another one, or nobody any more. */
  readonly state: 'finished' | 'mine' | 'elsewhere' | 'left';
  /** With `elsewhere`. */
  readonly owner?: Owner;
}

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

/** A summary must not end inside a turn, and a turn that says nothing can only finish one. */
function checkPlace(
  database: Database,
  session: number | undefined,
  { entry }: EncodedEntry,
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
  return conflict(
    sessionId,
    `has ${has}, not ${expected}: something else has written to it, or removed it`,
    readAgain,
  );
}

function busy(sessionId: string, owner: Owner): LibError {
  const hint =
    owner.pid === process.pid
      ? 'Let that turn finish, or close the history that began it; then read the session again, and append.'
      : 'Wait until that turn is finished, or end the program; then read the session again, and append. Or use a session id of your own.';
  return conflict(sessionId, `is in the middle of a turn of ${describeOwner(owner)}`, hint);
}

const readAgain =
  'Read the session again, and append with the sequence number that it gives; or use a session id of your own.';

function conflict(sessionId: string, what: string, hint: string): LibError {
  return new LibError(`Session "${sessionId}" ${what}`, {
    kind: 'conflict',
    hint: `${hint} Nothing was stored.`,
  });
}
