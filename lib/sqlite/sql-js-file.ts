import { readFile } from 'node:fs/promises';
import type { Database as SqlJsDatabase } from 'sql.js';
import { type Database, type DatabaseFile, transact } from './database.ts';
import { fileLock } from './file-lock.ts';
import { guardedFile } from './guarded-file.ts';
import { checkSize, fileState } from './header.ts';
import { checkedBytes, checkOwner, checkPages, prepareTables, settings } from './prepare.ts';
import { saveFile } from './save-file.ts';
import { isUnsettled, settledState } from './settle.ts';
import { loadSqlJs, sqlJsDatabase } from './sql-js-database.ts';
import { isReadOnly, removed } from './trouble.ts';

interface Loaded {
  readonly connection: SqlJsDatabase;
  readonly database: Database;
  /** The version of the file that it holds. */
  readonly version: string;
  /** The file's permissions. */
  readonly mode: number;
}

/**
 * A database file through sql.js: held in memory, and written whole after each change. Before each use the file is
 * looked at, and read again when somebody else has written it, so that `work` always sees the newest state; the file's
 * lock keeps others from writing between that look and the rename.
 */
export async function openSqlJsFile(path: string): Promise<DatabaseFile> {
  const sqlJs = await loadSqlJs();
  const lock = fileLock(path);
  let loaded: Loaded | undefined;

  function forget() {
    loaded?.connection.close();
    loaded = undefined;
  }

  function hold(connection: SqlJsDatabase, version: string, mode: number): Loaded {
    const database = sqlJsDatabase(connection);
    database.script(settings);
    loaded = { connection, database, version, mode };
    return loaded;
  }

  /** The newest state. Only while nobody else can write, or where nobody can. */
  async function load(mayBeEmpty = false): Promise<Loaded> {
    const state = await settledState(path);
    if (state === undefined || (state.header === undefined && !mayBeEmpty)) throw removed(path);
    if (state.version === loaded?.version) return loaded;
    checkOwner(path, state.header);
    checkSize(path, state);
    forget();
    const bytes = await readFile(path);
    const connection = new sqlJs.Database(bytes);
    try {
      if (bytes.length <= checkedBytes) checkPages(path, sqlJsDatabase(connection));
      return hold(connection, state.version, state.mode);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async function save({ connection, mode }: Loaded): Promise<void> {
    try {
      await saveFile(path, connection.export(), mode);
      const state = await fileState(path);
      // `export` opens the database anew, which sets everything back to its default.
      hold(connection, state?.version ?? '', mode);
    } catch (error) {
      forget();
      throw error;
    }
  }

  async function current(): Promise<Loaded> {
    const state = await fileState(path);
    if (loaded && state?.version === loaded.version && !isUnsettled(path, state)) return loaded;
    try {
      return await lock.hold(() => load());
    } catch (error) {
      if (!isReadOnly(error)) throw error;
      return await load();
    }
  }

  return await guardedFile(path, lock, {
    async prepare() {
      const held = await load(true);
      if (prepareTables(held.database)) await save(held);
    },
    read: async (work) => work((await current()).database),
    async write(work) {
      const held = await load();
      const before = changesOf(held.database);
      const result = transact(held.database, work);
      if (changesOf(held.database) !== before) await save(held);
      return result;
    },
    close: forget,
  });
}

function changesOf(database: Database): number {
  return Number(database.first('SELECT total_changes() AS changes')?.changes);
}
