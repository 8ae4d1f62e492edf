import { open } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import { type Database, type DatabaseFile, transact } from './database.ts';
import { fileLock } from './file-lock.ts';
import { inTurn } from './file-queue.ts';
import { checkSize, fileState } from './header.ts';
import { nodeDatabase } from './node-database.ts';
import { checkedBytes, checkOwner, checkPages, prepareTables, settings } from './prepare.ts';
import { removeLeftovers } from './save-file.ts';
import { settledState } from './settle.ts';
import { closed, fileTrouble, isReadOnly, removed } from './trouble.ts';

interface Connected {
  readonly connection: DatabaseSync;
  readonly database: Database;
  /** Which file it is connected to: the name may lead to another one by now. */
  readonly identity: string;
}

/** Milliseconds that a transaction waits, with the process standing still, for a program that is not ours. */
const waitMs = 2000;

/**
 * A database file through Node's own SQLite. Besides SQLite's locks it takes the file's lock, because a save by sql.js
 * puts another file in the place of the one that is open here: before each use the name is looked up again.
 */
export async function openNodeFile(path: string): Promise<DatabaseFile> {
  const { DatabaseSync } = await import('node:sqlite');
  const inMemory = path === ':memory:';
  const queue = inMemory ? Symbol(path) : path;
  const lock = inMemory ? undefined : fileLock(path);
  let connected: Connected | undefined;
  let isClosed = false;

  function disconnect() {
    connected?.connection.close();
    connected = undefined;
  }

  function connect(identity: string): Connected {
    const connection = new DatabaseSync(path, { timeout: waitMs });
    connected = { connection, database: nodeDatabase(connection), identity };
    // EXTRA forces each commit to disk, and the removal of its journal as well.
    connection.exec(`${settings} PRAGMA synchronous = EXTRA;`);
    return connected;
  }

  /** The connection to the file that has the name now. */
  async function current(): Promise<Database> {
    if (inMemory && connected) return connected.database;
    const state = await fileState(path);
    if (state === undefined) throw removed(path);
    if (state.identity !== connected?.identity) {
      checkOwner(path, state.header);
      disconnect();
    }
    return (connected ?? connect(state.identity)).database;
  }

  async function openForWriting(): Promise<void> {
    if ((await fileState(path)) === undefined) await (await open(path, 'a')).close();
    const state = await settledState(path);
    if (state) checkSize(path, state);
    await removeLeftovers(path);
    const database = await current();
    if ((state?.size ?? 0) <= checkedBytes) checkPages(path, database);
    // SQLite's oldest kind of journal: after a commit the file is whole by itself, and sql.js reads nothing else.
    database.script('PRAGMA journal_mode = DELETE');
    prepareTables(database);
  }

  async function openFile(): Promise<void> {
    const state = await fileState(path);
    checkOwner(path, state?.header);
    try {
      await lock?.hold(openForWriting);
    } catch (error) {
      // What may not be written may still be read.
      if (state?.header === undefined || !isReadOnly(error)) throw error;
      checkPages(path, await current());
    }
  }

  function close() {
    disconnect();
    lock?.close();
  }

  if (inMemory) prepareTables(connect('').database);
  else {
    await inTurn(queue, openFile).catch((error) => {
      close();
      throw error;
    });
  }

  async function guarded<Result>(action: () => Promise<Result>): Promise<Result> {
    if (isClosed) throw closed(path);
    return await inTurn(queue, action).catch((error) => {
      throw fileTrouble(path, error);
    });
  }

  return {
    location: path,
    read: (work) => guarded(async () => snapshot(await current(), work)),
    write: (work) =>
      guarded(async () => {
        const change = async () => transact(await current(), work);
        return lock ? lock.hold(change) : change();
      }),
    async close() {
      isClosed = true;
      await inTurn(queue, async () => close());
    },
  };
}

/** All reading of one `work` sees the same state. */
function snapshot<Result>(database: Database, work: (database: Database) => Result): Result {
  database.script('BEGIN');
  try {
    return work(database);
  } finally {
    database.script('COMMIT');
  }
}
