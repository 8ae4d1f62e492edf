import { statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LibError } from '../base/errors.ts';
import {
  type Database,
  type DatabaseFile,
  databaseFile,
  type OpenFile,
  type Row,
  transact,
} from './database.ts';
import { removed } from './database-errors.ts';
import { checkPages, checkTables, prepareTables, settings } from './schema.ts';

let loaded: typeof import('node:sqlite') | undefined;

/**
 * SQLite in Node itself. Node 22 says once in each process that it is experimental, which is of no use to the reader of
 * a notebook: that one warning is held back, and only while the module is loaded, which takes no turn of the event loop.
 *
 * @throws LibError of kind `file` where it is missing
 */
export function nodeSqlite(): typeof import('node:sqlite') {
  if (loaded) return loaded;
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: []) => {
    if (!String(warning).startsWith('SQLite is an experimental')) emitWarning.call(process, warning, ...rest);
  }) as typeof emitWarning;
  try {
    loaded = process.getBuiltinModule?.('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
  if (loaded) return loaded;
  throw new LibError(`This Node (${process.version}) has no SQLite`, {
    kind: 'file',
    hint: 'Use Node 22.18 or newer.',
  });
}

/** Node's SQLite as a `Database`. Statements are compiled once. */
export function nodeDatabase(connection: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>();

  function prepared(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  return {
    run: (sql, ...values) => Number(prepared(sql).run(...values).changes),
    all: (sql, ...values) => prepared(sql).all(...values) as Row[],
    first: (sql, ...values) => prepared(sql).get(...values) as Row | undefined,
    each(sql, values, visit) {
      for (const row of prepared(sql).iterate(...values)) visit(row as Row);
    },
    script: (sql) => connection.exec(sql),
  };
}

interface Connected {
  readonly connection: DatabaseSync;
  readonly database: Database;
  /** Which file it is connected to: the name may lead to another one by now. */
  readonly identity: string | undefined;
}

/** Milliseconds that SQLite itself waits for others, with this process standing still; the longer wait is outside. */
const waitMs = 25;

/** A database in a file or in memory through Node's own SQLite. */
export function openNode(location: string): Promise<DatabaseFile> {
  return databaseFile(location, () => nodeFile(location));
}

/**
 * What Node's SQLite does with a file; its locks keep programs apart. A copy that is put back is another file of the
 * same name: in each transaction the name is looked up again.
 */
export function nodeFile(location: string): OpenFile {
  const { DatabaseSync } = nodeSqlite();
  let connected: Connected | undefined;

  function disconnect() {
    connected?.connection.close();
    connected = undefined;
  }

  function connect(): Connected {
    disconnect();
    const identity = identityOf(location);
    const connection = new DatabaseSync(location, { timeout: waitMs });
    try {
      const database = nodeDatabase(connection);
      checkTables(location, database);
      // EXTRA forces each commit to disk, and the removal of its journal as well.
      connection.exec(`${settings} PRAGMA synchronous = EXTRA;`);
      // SQLite's oldest kind of journal: after a commit the file is whole by itself.
      prepareTables(database, 'PRAGMA journal_mode = DELETE');
      // Under a name that leads elsewhere by now, the next transaction connects again.
      connected = {
        connection,
        database,
        identity: identityOf(location) === identity ? identity : undefined,
      };
      return connected;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  function transaction<Result>(work: (database: Database) => Result, begin: 'BEGIN IMMEDIATE' | 'BEGIN') {
    for (;;) {
      const identity = identityOf(location);
      if (identity === undefined) throw removed(location);
      const current = connected?.identity === identity ? connected : connect();
      const done = transact(
        current.database,
        // While it is locked, nobody who asks for the lock puts another file in its place.
        () => (identityOf(location) === current.identity ? { result: work(current.database) } : undefined),
        begin,
      );
      if (done) return done.result;
    }
  }

  checkPages(location, connect().database);
  return {
    read: (work) => transaction(work, 'BEGIN'),
    write: (work) => transaction(work, 'BEGIN IMMEDIATE'),
    close: disconnect,
  };
}

/**
 * Which file has the name: another one after a rename; `undefined` when it is gone, or empty. It is not opened to find
 * out: POSIX drops a process's locks on a file as soon as it closes any handle of it.
 */
function identityOf(location: string): string | undefined {
  if (location === ':memory:') return location;
  const stat = statSync(location, { bigint: true, throwIfNoEntry: false });
  return stat?.size ? `${stat.dev}:${stat.ino}` : undefined;
}
