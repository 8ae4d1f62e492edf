import { checkInput, checkOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { harmless } from '../base/harmless.ts';
import { openPostgres, type PostgresOptions } from '../postgres/open-postgres.ts';
import type { Query } from '../postgres/postgres.ts';
import { prepareSchema } from '../postgres/schema.ts';
import type { Row } from '../sqlite/database.ts';
import { openExisting } from '../sqlite/open-database.ts';
import { lockSession } from './postgres-log.ts';
import { historyTables } from './postgres-tables.ts';

export interface CopyHistoryOptions extends PostgresOptions {
  /** Called after each session, with the numbers of sessions. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

export interface CopiedHistory {
  readonly sessions: number;
  /** Entries that were copied now; those that were there already are not counted. */
  readonly entries: number;
}

/**
 * Copies the conversations of a SQLite file into a PostgreSQL database, as they are: numbers, times and bytes stay. It
 * may be interrupted and run again, and goes on with what is missing. A session that has gone on over there since is
 * left as it is. End the programs that write to the file first.
 *
 * @param file its path. It is only read, but for tables of an older version, which are brought to this one
 * @param location as for `openHistory`
 * @throws LibError of kind `conflict` for a session that has other entries over there; of kind `corrupt` or `file`
 */
export async function copyHistory(
  file: string,
  location: string,
  options: CopyHistoryOptions = {},
): Promise<CopiedHistory> {
  checkInput('copyHistory', { file, location }, { file: 'text', location: 'text' });
  checkOptions('copyHistory', options, { onProgress: 'function?', schema: 'text?', pool: 'object?' });
  const report = harmless('onProgress', options.onProgress);
  const source = await openExisting(file);
  const target = await openPostgres(location, options).catch(async (error) => {
    await source.close();
    throw error;
  });
  const client = { schema: target.schema, owner: '' };
  try {
    await prepareSchema(target, historyTables);
    // The one that was used last comes last, as it did when it was stored.
    const sessions = await source.read((database) =>
      database.all(
        `SELECT session.id, name, session.created_at FROM session JOIN entry ON entry.session = session.id
         GROUP BY session.id ORDER BY max(entry.id)`,
      ),
    );
    let entries = 0;
    for (const [done, session] of sessions.entries()) {
      const rows = await source.read((database) =>
        database.all('SELECT * FROM entry WHERE session = ? ORDER BY sequence', session.id ?? null),
      );
      entries += await target.write(async (query) => {
        await lockSession(query, client, String(session.name));
        return await copySession(query, target.schema, session, rows);
      });
      report({ done: done + 1, total: sessions.length });
    }
    return { sessions: sessions.length, entries };
  } finally {
    await source.close();
    await target.close();
  }
}

/** Gives the number of entries that were missing. */
async function copySession(
  query: Query,
  schema: string,
  session: Row,
  rows: readonly Row[],
): Promise<number> {
  const { name = '', created_at: createdAt = '' } = session;
  const there = await query(
    `SELECT body FROM ${schema}.entry JOIN ${schema}.session ON session.id = entry.session
     WHERE name = $1 ORDER BY sequence`,
    [name],
  );
  if (there.some(({ body }, place) => place < rows.length && body !== rows[place]?.body)) {
    throw new LibError(`Session "${name}" is there already, with other entries`, {
      kind: 'conflict',
      hint: 'Copy into a schema of its own (schema), or delete that session there. What was copied before it stays.',
    });
  }
  const missing = rows.slice(there.length);
  if (missing.length === 0) return 0;
  const [row] = await query(
    `INSERT INTO ${schema}.session (name, created_at) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id`,
    [name, createdAt],
  );
  for (const { sequence, kind, open, created_at, checksum, body } of missing) {
    // Whoever had it open is not asked any more: the next reader finishes the turn.
    await query(
      `INSERT INTO ${schema}.entry (session, sequence, kind, open, created_at, checksum, body)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [row?.id, sequence, kind, open === 1, created_at, checksum, body],
    );
  }
  return missing.length;
}
