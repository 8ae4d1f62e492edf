import { randomUUID } from 'node:crypto';
import { numberOf, type PostgresRow, type Query } from '../postgres/postgres.ts';
import type { SqlValue } from '../sqlite/database.ts';
import { checksumOf } from '../sqlite/json.ts';
import { checkAppend, type Place } from './check-entry.ts';
import { type EncodedEntry, encodeEntry, entryOf } from './entries.ts';
import type { HistoryEntry, LogPart, SessionLog } from './history.ts';
import { beginnings, partOf } from './log-part.ts';
import { type FoundLog, isSummary, repairOf, withRepair } from './transcript.ts';
import { describeOwner, type Owner } from './turn-owner.ts';

/** Who reads and appends, and where. */
export interface PostgresClient {
  /** As it stands in SQL. */
  readonly schema: string;
  /** The history's id. */
  readonly owner: string;
}

/** Whoever changes a session does so alone: what is seen after this stays so until the transaction ends. */
export async function lockSession(
  query: Query,
  { schema }: PostgresClient,
  sessionId: string,
): Promise<void> {
  await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [`${schema} ${sessionId}`]);
}

/** A session as it is at the moment, for this client. */
export interface SessionState extends Place {
  /** The number of the session's row; `undefined` when there is none. */
  readonly session: string | undefined;
  /** The id of the append that stored the last entry. */
  readonly lastAppend: string | undefined;
  /** Who else has the session: has claimed it first, or is in the middle of a turn. */
  readonly owner?: Owner;
}

const isAlive = 'owner.alive_until > clock_timestamp()';

/**
 * @param coversTo the entry that a summary covers last
 * @param except a claim that is not counted, with all that were made after it
 */
export async function stateOf(
  query: Query,
  { schema, owner: me }: PostgresClient,
  sessionId: string,
  coversTo = 0,
  except?: string,
): Promise<SessionState> {
  const turns = `SELECT entry.* FROM ${schema}.entry WHERE session = session.id AND kind = 'turn'`;
  const [row = {}] = await query(
    `SELECT session.id AS session, last.sequence AS last, last.append, turn.open, turn.owner = $2 AS mine,
       owner.host AS turn_host, owner.pid AS turn_pid, owner.id AS turn_owner, covered.open AS ends_in_turn,
       holder.id AS holder, holder.host AS holder_host, holder.pid AS holder_pid
     FROM (VALUES (true)) AS one
     LEFT JOIN ${schema}.session ON name = $1
     LEFT JOIN LATERAL (SELECT sequence, append FROM ${schema}.entry WHERE session = session.id
       ORDER BY sequence DESC LIMIT 1) AS last ON true
     LEFT JOIN LATERAL (${turns} ORDER BY sequence DESC LIMIT 1) AS turn ON true
     LEFT JOIN LATERAL (${turns} AND sequence <= $3 ORDER BY sequence DESC LIMIT 1) AS covered ON true
     LEFT JOIN ${schema}.owner ON owner.id = turn.owner AND turn.open AND ${isAlive}
     LEFT JOIN LATERAL (SELECT owner.*, claim.id AS claim FROM ${schema}.claim JOIN ${schema}.owner ON owner.id = claim.owner
       WHERE claim.session = $1 AND ${isAlive} ORDER BY ticket LIMIT 1) AS holder ON holder.claim IS DISTINCT FROM $4::uuid`,
    [sessionId, me, coversTo, except ?? null],
  );
  const isMine = row.open === true && row.mine === true;
  const inTurn = isMine ? undefined : ownerOf(row.turn_owner, row.turn_host, row.turn_pid);
  const isHeldByMe = except === undefined && row.holder === me;
  const holder = isHeldByMe ? undefined : ownerOf(row.holder, row.holder_host, row.holder_pid);
  const owner = inTurn ?? holder;
  return {
    session: row.session === null || row.session === undefined ? undefined : String(row.session),
    last: numberOf(row.last),
    lastAppend: typeof row.append === 'string' ? row.append : undefined,
    state: row.open !== true ? 'finished' : isMine ? 'mine' : inTurn ? 'elsewhere' : 'left',
    endsInTurn: row.ends_in_turn === true,
    ...(owner && { owner }),
  };
}

function ownerOf(id: unknown, host: unknown, pid: unknown): Owner | undefined {
  return typeof id === 'string' ? { history: id, host: String(host), pid: numberOf(pid) } : undefined;
}

/**
 * @param append the id of this append: done twice, because nobody knows whether it was done, it is done once
 * @throws LibError of kind `conflict` or `request`, as `History.append`
 */
export async function appendEntry(
  query: Query,
  client: PostgresClient,
  sessionId: string,
  encoded: EncodedEntry,
  expectedSequence: number,
  append: string,
): Promise<number> {
  await lockSession(query, client, sessionId);
  const { entry } = encoded;
  const state = await stateOf(query, client, sessionId, isSummary(entry) ? entry.coversTo : 0);
  if (state.lastAppend === append) return state.last;
  checkAppend(sessionId, encoded, expectedSequence, state);
  const now = new Date().toISOString();
  const session = state.session ?? (await addSession(query, client, sessionId, now));
  await addEntry(query, client, session, state.last + 1, encoded, now, append);
  return state.last + 1;
}

async function addSession(
  query: Query,
  { schema }: PostgresClient,
  sessionId: string,
  createdAt: string,
): Promise<string> {
  const sql = `INSERT INTO ${schema}.session (name, created_at) VALUES ($1, $2) RETURNING id`;
  const [row] = await query(sql, [sessionId, createdAt]);
  return String(row?.id);
}

async function addEntry(
  query: Query,
  { schema, owner }: PostgresClient,
  session: string,
  sequence: number,
  { entry, open, json }: EncodedEntry,
  createdAt: string,
  append: string,
): Promise<void> {
  await query(
    `INSERT INTO ${schema}.entry (session, sequence, kind, open, owner, append, created_at, checksum, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      session,
      sequence,
      isSummary(entry) ? 'summary' : 'turn',
      open,
      open ? owner : null,
      append,
      createdAt,
      checksumOf(json),
      json,
    ],
  );
}

export async function findLog(
  query: Query,
  client: PostgresClient,
  sessionId: string,
  part: LogPart,
): Promise<FoundLog> {
  const { session, state, owner, last } = await stateOf(query, client, sessionId);
  if (session === undefined) return { log: { entries: [], sequence: 0, repairs: [] } };
  const entries = await readPart(query, client, sessionId, session, part, last);
  // Somebody else may have appended since, unless nothing of what they append was asked for.
  const sequence = part.before === undefined ? (entries.at(-1)?.sequence ?? 0) : last;
  const isElsewhere = state === 'elsewhere' && owner !== undefined;
  const log: SessionLog = {
    entries,
    sequence,
    repairs: [],
    ...(isElsewhere && { openElsewhere: describeOwner(owner) }),
  };
  const isLeft = !isElsewhere && state !== 'mine' && part.before === undefined;
  const repair = isLeft ? repairOf(entries) : undefined;
  return { log, ...(repair && { repair }) };
}

async function readPart(
  query: Query,
  { schema }: PostgresClient,
  sessionId: string,
  session: string,
  part: LogPart,
  last: number,
): Promise<readonly HistoryEntry[]> {
  const { before } = part;
  const sql = `SELECT ${entryColumns} FROM ${schema}.entry
    WHERE session = $1 AND sequence >= $2 AND ($3::int IS NULL OR sequence < $3) ORDER BY sequence`;
  let entries: readonly HistoryEntry[] = [];
  const end = Math.min(before ?? last + 1, last + 1);
  for (const from of beginnings(part, end)) {
    const rows = await query(sql, [session, from, before === undefined ? null : end]);
    entries = rows.map((row) => decodedEntry(sessionId, row));
    const found = partOf(entries, part);
    if (found) return found;
  }
  return entries;
}

/** Reads the log once more, and appends the repair that it needs now: somebody else may have been faster. */
export async function repairLog(
  query: Query,
  client: PostgresClient,
  sessionId: string,
  part: LogPart,
): Promise<SessionLog> {
  await lockSession(query, client, sessionId);
  const { log, repair } = await findLog(query, client, sessionId, part);
  const { session } = await stateOf(query, client, sessionId);
  if (repair === undefined || session === undefined) return log;
  const now = new Date().toISOString();
  await addEntry(query, client, session, log.sequence + 1, encodeEntry(repair), now, randomUUID());
  return { ...withRepair(log, repair, now), sequence: log.sequence + 1 };
}

/** What `entryOf` reads, of the types that SQLite gives. */
export const entryColumns =
  'sequence, kind, body, checksum::float8 AS checksum, open::int AS open, created_at';

export function decodedEntry(sessionId: string, row: PostgresRow): HistoryEntry {
  return entryOf(sessionId, row as Record<string, SqlValue>);
}
