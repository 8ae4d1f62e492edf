import { LibError } from '../base/errors.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { checksumOf, storedJson, toJson } from '../sqlite/json.ts';
import type { HistoryEntry, Summary, Turn } from './history.ts';
import { isSummary } from './transcript.ts';
import type { Owner } from './turn-owner.ts';

/** The last turn that was stored, as far as it decides who may append. */
export interface LastTurn {
  readonly open: boolean;
  /** Absent in a row that was written by hand. */
  readonly owner?: Owner;
  readonly createdAt: string;
}

/** The number of a session's row; `undefined` when there is no such session. */
export function findSession(database: Database, sessionId: string): number | undefined {
  return database.first('SELECT id FROM session WHERE name = ?', sessionId)?.id as number | undefined;
}

export function addSession(database: Database, sessionId: string, createdAt: string): number {
  const sql = 'INSERT INTO session (name, created_at) VALUES (?, ?) RETURNING id';
  return Number(database.first(sql, sessionId, createdAt)?.id);
}

export function lastSequence(database: Database, session: number | undefined): number {
  if (session === undefined) return 0;
  const sql = 'SELECT max(sequence) AS last FROM entry WHERE session = ?';
  return Number(database.first(sql, session)?.last ?? 0);
}

/** The last turn at or before an entry. */
export function lastTurn(
  database: Database,
  session: number | undefined,
  sequence: number,
): LastTurn | undefined {
  if (session === undefined) return undefined;
  const sql = `SELECT open, owner, created_at FROM entry
    WHERE session = ? AND sequence <= ? AND kind = 'turn' ORDER BY sequence DESC LIMIT 1`;
  const row = database.first(sql, session, sequence);
  if (row === undefined) return undefined;
  const owner = storedJson(row.owner, null) as Owner | undefined;
  return { open: row.open === 1, createdAt: String(row.created_at), ...(owner && { owner }) };
}

/** An entry as it goes into its row. */
export interface EncodedEntry {
  readonly entry: Turn | Summary;
  readonly open: boolean;
  /** All of it but `open`, which has a column of its own. */
  readonly json: string;
}

/** @throws LibError of kind `request` when JSON cannot hold it. Pure */
export function encodeEntry(entry: Turn | Summary): EncodedEntry {
  const { open, ...body } = { open: undefined, ...entry };
  try {
    return { entry, open: open === true, json: toJson(body) };
  } catch (cause) {
    throw new LibError(`The entry cannot be stored: ${(cause as Error).message}`, {
      kind: 'request',
      hint: 'Messages are plain JSON, and bytes as Uint8Array: no BigInt, and no object that contains itself.',
      cause,
    });
  }
}

export function addEntry(
  database: Database,
  session: number,
  sequence: number,
  { entry, open, json }: EncodedEntry,
  createdAt: string,
  owner?: Owner,
): void {
  database.run(
    `INSERT INTO entry (session, sequence, kind, open, owner, created_at, checksum, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    session,
    sequence,
    isSummary(entry) ? 'summary' : 'turn',
    open ? 1 : 0,
    owner ? JSON.stringify(owner) : null,
    createdAt,
    checksumOf(json),
    json,
  );
}

/** The entries from number `from` on, before number `end`. */
export function readEntries(
  database: Database,
  sessionId: string,
  session: number,
  from: number,
  end: number,
): HistoryEntry[] {
  const sql = `SELECT sequence, kind, body, checksum, open, created_at FROM entry
    WHERE session = ? AND sequence >= ? AND sequence < ? ORDER BY sequence`;
  const entries: HistoryEntry[] = [];
  database.each(sql, [session, from, end], (row) => entries.push(entryOf(sessionId, row)));
  return entries;
}

/** @throws LibError of kind `corrupt` when the row does not hold what was stored. Pure */
export function entryOf(sessionId: string, row: Row): HistoryEntry {
  const body = storedJson(row.body, row.checksum) as Record<string, unknown> | undefined;
  const isWhole = row.kind === 'summary' ? typeof body?.summary === 'string' : isTurn(body);
  if (!isWhole) {
    throw new LibError(`Entry ${row.sequence} of session "${sessionId}" is damaged`, {
      kind: 'corrupt',
      hint: 'Restore the file from a copy, or delete this session; the other sessions can still be read.',
    });
  }
  const entry = { ...body, sequence: row.sequence, createdAt: row.created_at } as unknown as HistoryEntry;
  return row.open === 1 ? { ...entry, open: true } : entry;
}

function isTurn(body: Record<string, unknown> | undefined): boolean {
  const messages = body?.messages;
  return Array.isArray(messages) && messages.every((message) => Array.isArray(message?.content));
}
