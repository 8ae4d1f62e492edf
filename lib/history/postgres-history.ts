import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { stoppedError } from '../base/aws-errors/stopped.ts';
import { isEmbedded, openPostgres } from '../postgres/open-postgres.ts';
import { numberOf, type PostgresRow, type Query } from '../postgres/postgres.ts';
import { prepareSchema } from '../postgres/schema.ts';
import { busy, checkEntry, checkSessionId } from './check-entry.ts';
import { encodeEntry } from './entries.ts';
import type { Claim, History, SessionInfo } from './history.ts';
import { checkPart } from './log-part.ts';
import type { HistoryOptions } from './open-history.ts';
import {
  appendEntry,
  decodedEntry,
  entryColumns,
  findLog,
  lockSession,
  type PostgresClient,
  repairLog,
  stateOf,
} from './postgres-log.ts';
import { createOwner, forgetAllBut } from './postgres-owner.ts';
import { historyTables } from './postgres-tables.ts';
import { readable, titleEntries, titleOf } from './sessions.ts';
import { readRepaired } from './transcript.ts';
import { openHistories } from './turn-owner.ts';

/** How long after its last sign of life a history on PostgreSQL has lost what it had. It gives three in that time. */
const abandonedMs = 60_000;
/** How long a claim waits for a session that somebody else has. */
const longestWaitMs = 5 * 60_000;

/** What `openHistory` does with the address of a PostgreSQL database. */
export async function openPostgresHistory(location: string, options: HistoryOptions): Promise<History> {
  const { abandonedAfterMs = abandonedMs, onConflict = 'wait' } = options;
  const postgres = await openPostgres(location, options);
  const { schema } = postgres;
  const client: PostgresClient = { schema, owner: randomUUID() };
  const owner = createOwner(postgres, client.owner, abandonedAfterMs);
  let closing: Promise<void> | undefined;
  try {
    await prepareSchema(postgres, historyTables);
    // What others have left there is nobody's: no other process has it open.
    if (isEmbedded(location))
      await postgres.write((query) => forgetAllBut(query, schema, [...openHistories]));
    openHistories.add(client.owner);
  } catch (error) {
    await postgres.close();
    throw error;
  }

  /** Queues up for the session, unless that is not wanted and somebody has it. */
  async function queueUp(query: Query, sessionId: string, claim: string): Promise<void> {
    await lockSession(query, client, sessionId);
    if (onConflict === 'fail') {
      const { owner: other } = await stateOf(query, client, sessionId, 0, claim);
      if (other) throw busy(sessionId, other);
    }
    await owner.register(query);
    await query(
      `INSERT INTO ${schema}.claim (id, session, owner) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`,
      [claim, sessionId, client.owner],
    );
  }

  async function isQueued(query: Query, claim: string): Promise<boolean> {
    const sql = `SELECT 1 FROM ${schema}.claim JOIN ${schema}.owner ON owner.id = claim.owner
      WHERE claim.id = $1 AND alive_until > clock_timestamp()`;
    return (await query(sql, [claim])).length > 0;
  }

  async function waitFor(sessionId: string, claim: string, signal: AbortSignal | undefined): Promise<number> {
    const deadline = performance.now() + longestWaitMs;
    for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
      if (signal?.aborted) throw stoppedError('The turn was stopped before it began', signal.reason, {});
      const found = await postgres.read(async (query) => ({
        ...(await stateOf(query, client, sessionId, 0, claim)),
        isQueued: await isQueued(query, claim),
      }));
      if (!found.isQueued) await postgres.write((query) => queueUp(query, sessionId, claim));
      else if (found.owner === undefined) return found.last;
      else if (performance.now() > deadline) throw busy(sessionId, found.owner);
      else
        await delay(pauseMs * (0.5 + Math.random()), undefined, signal && { signal }).catch(() => undefined);
    }
  }

  return {
    async append(sessionId, entry, expectedSequence) {
      checkSessionId(sessionId);
      checkEntry(entry, expectedSequence);
      const encoded = encodeEntry(entry);
      const append = randomUUID();
      if (encoded.open) owner.hold(`turn ${sessionId}`);
      const sequence = await postgres.write(async (query) => {
        if (encoded.open) await owner.register(query);
        return await appendEntry(query, client, sessionId, encoded, expectedSequence, append);
      });
      if (!encoded.open) owner.letGo(`turn ${sessionId}`);
      return sequence;
    },
    async read(sessionId, part = {}) {
      checkSessionId(sessionId);
      checkPart(part);
      return await readRepaired(
        () => postgres.read((query) => findLog(query, client, sessionId, part)),
        () => postgres.write((query) => repairLog(query, client, sessionId, part)),
      );
    },
    async claim(sessionId, { signal } = {}): Promise<Claim> {
      checkSessionId(sessionId);
      const claim = randomUUID();
      owner.hold(claim);
      try {
        await postgres.write((query) => queueUp(query, sessionId, claim));
        const sequence = await waitFor(sessionId, claim, signal);
        let released: Promise<void> | undefined;
        return {
          sequence,
          release() {
            released ??= owner.drop(claim);
            return released;
          },
        };
      } catch (error) {
        await owner.drop(claim);
        throw error;
      }
    },
    sessions: () => postgres.read((query) => listSessions(query, client)),
    async delete(sessionId) {
      checkSessionId(sessionId);
      return await postgres.write(async (query) => {
        await lockSession(query, client, sessionId);
        const sql = `DELETE FROM ${schema}.session WHERE name = $1 RETURNING id`;
        return (await query(sql, [sessionId])).length > 0;
      });
    },
    close() {
      // An append that is under way may still say that this history is alive.
      closing ??= postgres.close(owner.end).finally(() => openHistories.delete(client.owner));
      return closing;
    },
  };
}

async function listSessions(query: Query, { schema }: PostgresClient): Promise<SessionInfo[]> {
  const rows = await query(
    `SELECT session.id, name, session.created_at AS created, max(entry.created_at) AS updated,
       count(*) FILTER (WHERE kind = 'turn' AND NOT open) AS turns
     FROM ${schema}.session JOIN ${schema}.entry ON entry.session = session.id
     GROUP BY session.id ORDER BY max(entry.id) DESC`,
  );
  const beginnings = await query(
    `SELECT session.name, beginning.* FROM ${schema}.session CROSS JOIN LATERAL (
       SELECT ${entryColumns} FROM ${schema}.entry WHERE session = session.id AND kind = 'turn'
       ORDER BY sequence LIMIT ${titleEntries}) AS beginning`,
  );
  const titled = new Map<unknown, PostgresRow[]>();
  for (const row of beginnings) titled.set(row.name, [...(titled.get(row.name) ?? []), row]);
  return rows.map(({ name, turns, created, updated }) => ({
    sessionId: String(name),
    turns: numberOf(turns),
    createdAt: String(created),
    updatedAt: String(updated),
    title: titleOf(
      (titled.get(name) ?? []).flatMap((row) => readable(() => decodedEntry(String(name), row))),
    ),
  }));
}
