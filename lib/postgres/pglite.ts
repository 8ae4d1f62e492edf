import { mkdirSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Transaction } from '@electric-sql/pglite';
import { LibError } from '../base/errors.ts';
import { notInstalled } from '../base/not-installed.ts';
import { processGlobal } from '../base/process-global.ts';
import { fileError } from '../sqlite/database-errors.ts';
import { nodeSqlite } from '../sqlite/node.ts';
import type { PostgresDriver, PostgresRow, Query } from './postgres.ts';

interface Shared {
  readonly driver: Promise<PostgresDriver>;
  users: number;
}

/** The folders that this process has open: one PGlite each, which takes some 700 MB, for all that use it. */
const openFolders = processGlobal('lib.openPglite', () => new Map<string, Shared>());

/**
 * PostgreSQL in this process. Everything in it happens one after the other.
 *
 * @param folder where it is kept, relative to the current folder; made when it is missing. `:memory:` is kept nowhere
 * @throws LibError of kind `file` when another process has the folder open: PGlite itself would go on unhindered, and
 *   the two would overwrite each other
 */
export async function openPglite(folder: string): Promise<PostgresDriver> {
  if (folder === ':memory:') return await start();
  if (folder === '') {
    throw new LibError('PGlite has no folder', {
      kind: 'request',
      hint: "Name one, such as 'pglite:chats', or ':memory:'.",
    });
  }
  const path = placeOf(folder);
  const known = openFolders.get(path);
  const shared = known ?? { driver: startIn(path), users: 0 };
  shared.users++;
  openFolders.set(path, shared);
  try {
    return { ...(await shared.driver), close: leave };
  } catch (error) {
    openFolders.delete(path);
    throw error;
  }

  async function leave(): Promise<void> {
    if (--shared.users > 0) return;
    openFolders.delete(path);
    await (await shared.driver).close();
  }
}

function placeOf(folder: string): string {
  const path = resolve(folder);
  try {
    mkdirSync(dirname(path), { recursive: true });
    // Conversations are for nobody else's eyes. Whose folder is there already has chosen who sees it.
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return realpathSync(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

async function startIn(path: string): Promise<PostgresDriver> {
  const unlock = lockFolder(path);
  try {
    const driver = await start(path);
    return {
      ...driver,
      async close() {
        await driver.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Held by SQLite's lock on a file beside the folder: the system drops it when the process ends, however it does. */
function lockFolder(path: string): () => void {
  const connection = new (nodeSqlite().DatabaseSync)(`${path}.lock`, { timeout: 0 });
  try {
    connection.exec('BEGIN EXCLUSIVE');
    return () => connection.close();
  } catch (cause) {
    connection.close();
    throw new LibError(`${path} is open in another process, and PGlite is for one at a time`, {
      kind: 'file',
      hint: "End that program or kernel, or use another folder. Several processes share a PostgreSQL server: openHistory('postgres://…').",
      cause,
    });
  }
}

async function start(dataDir?: string): Promise<PostgresDriver> {
  const names = '@electric-sql/pglite@0.4';
  const { PGlite } = await import('@electric-sql/pglite').catch(notInstalled(names, 'PGlite'));
  const { vector } = await import('@electric-sql/pglite/vector').catch(notInstalled(names, 'PGlite'));
  const database = await PGlite.create({ ...(dataDir !== undefined && { dataDir }), extensions: { vector } });
  const queryOf = (source: Pick<Transaction, 'query'>): Query => {
    return async (sql, values = []) => (await source.query<PostgresRow>(sql, [...values])).rows;
  };
  return {
    query: queryOf(database),
    // There is one connection: nobody else is ever in the middle of anything.
    transaction: (_begin, work) => database.transaction((transaction) => work(queryOf(transaction))),
    close: () => database.close(),
  };
}
