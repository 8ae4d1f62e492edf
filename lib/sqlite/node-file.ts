import type { DatabaseSync } from 'node:sqlite';
import { type Database, type DatabaseFile, transact } from './database.ts';
import { fileLock } from './file-lock.ts';
import { guardedFile } from './guarded-file.ts';
import { fileState } from './header.ts';
import { nodeDatabase } from './node-database.ts';
import { checkedBytes, checkOwner, checkPages, prepareTables, settings } from './prepare.ts';
import { removed } from './trouble.ts';

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
  let connected: Connected | undefined;

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

  /** The database in the file that has the name now. */
  async function current(mayBeEmpty = false): Promise<Database> {
    const state = await fileState(path);
    if (state === undefined || (state.header === undefined && !mayBeEmpty)) throw removed(path);
    if (state.identity !== connected?.identity) {
      checkOwner(path, state.header);
      disconnect();
    }
    return (connected ?? connect(state.identity)).database;
  }

  return await guardedFile(path, fileLock(path), {
    async prepare({ size }) {
      const database = await current(true);
      if (size <= checkedBytes) checkPages(path, database);
      // SQLite's oldest kind of journal: after a commit the file is whole by itself, and sql.js reads nothing else.
      database.script('PRAGMA journal_mode = DELETE');
      prepareTables(database);
    },
    read: async (work) => transact(await current(), work, 'BEGIN'),
    write: async (work) => transact(await current(), work),
    close: disconnect,
  });
}
