import { readFile } from 'node:fs/promises';
import type { Database as SqlJsDatabase } from 'sql.js';
import { type Database, type DatabaseFile, transact } from './database.ts';
import { fileLock } from './file-lock.ts';
import { inTurn } from './file-queue.ts';
import { checkSize, fileState } from './header.ts';
import { checkedBytes, checkOwner, checkPages, prepareTables, settings } from './prepare.ts';
import { removeLeftovers, saveFile } from './save-file.ts';
import { isUnsettled, settledState } from './settle.ts';
import { loadSqlJs, sqlJsDatabase } from './sql-js-database.ts';
import { closed, fileTrouble, isReadOnly, removed } from './trouble.ts';

interface Loaded {
  readonly connection: SqlJsDatabase;
  readonly database: Database;
  /** The version of the file that it holds. */
  readonly version: string;
  readonly mode?: number;
}

/**
 * A database file through sql.js: held in memory, and written whole after each change. Before each use the file is
 * looked at, and read again when somebody else has written it, so that `work` always sees the newest state; the file's
 * lock keeps others from writing between that look and the rename.
 */
export async function openSqlJsFile(path: string): Promise<DatabaseFile> {
  const sqlJs = await loadSqlJs();
  const inMemory = path === ':memory:';
  const queue = inMemory ? Symbol(path) : path;
  const lock = inMemory ? undefined : fileLock(path);
  let loaded: Loaded | undefined;
  let isClosed = false;

  function forget() {
    loaded?.connection.close();
    loaded = undefined;
  }

  function hold(connection: SqlJsDatabase, version: string, mode?: number): Loaded {
    const database = sqlJsDatabase(connection);
    database.script(settings);
    loaded = { connection, database, version, ...(mode !== undefined && { mode }) };
    return loaded;
  }

  /** The newest state. Only while nobody else can write, or where nobody can. */
  async function load(): Promise<Loaded> {
    const state = await settledState(path);
    if (state === undefined) throw removed(path);
    if (state.version === loaded?.version) return loaded;
    checkOwner(path, state.header);
    checkSize(path, state);
    forget();
    const bytes = await readFile(path);
    const connection = new sqlJs.Database(bytes);
    if (bytes.length <= checkedBytes) checkPages(path, sqlJsDatabase(connection));
    return hold(connection, state.version, state.mode);
  }

  async function save(held: Loaded): Promise<void> {
    try {
      await saveFile(path, held.connection.export(), held.mode);
      const state = await fileState(path);
      // `export` opens the database anew, which sets everything back to its default.
      hold(held.connection, state?.version ?? '', held.mode);
    } catch (error) {
      forget();
      throw error;
    }
  }

  async function create(): Promise<void> {
    const state = await fileState(path);
    checkOwner(path, state?.header);
    await removeLeftovers(path);
    const held = state?.header === undefined ? hold(new sqlJs.Database(), '', state?.mode) : await load();
    if (prepareTables(held.database)) await save(held);
  }

  async function open(): Promise<void> {
    const state = await fileState(path);
    checkOwner(path, state?.header);
    try {
      await lock?.hold(create);
    } catch (error) {
      // What may not be written may still be read.
      if (state?.header === undefined || !isReadOnly(error)) throw error;
      await load();
    }
  }

  if (inMemory) prepareTables(hold(new sqlJs.Database(), '').database);
  else {
    await inTurn(queue, open).catch((error) => {
      lock?.close();
      forget();
      throw error;
    });
  }

  async function current(): Promise<Loaded> {
    if (inMemory && loaded) return loaded;
    const state = await fileState(path);
    if (loaded && state?.version === loaded.version && !isUnsettled(path, state)) return loaded;
    try {
      return await (lock?.hold(load) ?? load());
    } catch (error) {
      if (!isReadOnly(error)) throw error;
      return await load();
    }
  }

  async function change<Result>(work: (database: Database) => Result): Promise<Result> {
    const held = inMemory && loaded ? loaded : await load();
    const before = changesOf(held.database);
    const result = transact(held.database, work);
    if (!inMemory && changesOf(held.database) !== before) await save(held);
    return result;
  }

  async function guarded<Result>(action: () => Promise<Result>): Promise<Result> {
    if (isClosed) throw closed(path);
    return await inTurn(queue, action).catch((error) => {
      throw fileTrouble(path, error);
    });
  }

  return {
    location: path,
    read: (work) => guarded(async () => work((await current()).database)),
    write: (work) => guarded(async () => (lock ? lock.hold(() => change(work)) : change(work))),
    async close() {
      isClosed = true;
      await inTurn(queue, async () => {
        forget();
        lock?.close();
      });
    },
  };
}

function changesOf(database: Database): number {
  return Number(database.first('SELECT total_changes() AS changes')?.changes);
}
