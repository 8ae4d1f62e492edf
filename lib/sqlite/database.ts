import { setTimeout as delay } from 'node:timers/promises';
import { createQueue } from '../base/one-at-a-time.ts';
import { closed, fileError, isBusy, isReadOnly, notWritable } from './database-errors.ts';

/** What a column holds. Numbers are integers below 2^53 or reals. */
export type SqlValue = number | string | Uint8Array | null;
export type Row = Record<string, SqlValue>;

/** An open database, the same for both drivers. Everything in it is synchronous. */
export interface Database {
  /** Runs one statement and gives the number of rows that it changed. */
  run(sql: string, ...values: SqlValue[]): number;
  all(sql: string, ...values: SqlValue[]): Row[];
  /** The first row; `undefined` when there is none. */
  first(sql: string, ...values: SqlValue[]): Row | undefined;
  /** Hands over each row as it is read, so that a large result is never whole in memory. */
  each(sql: string, values: readonly SqlValue[], visit: (row: Row) => void): void;
  /** Runs several statements that take no values. */
  script(sql: string): void;
}

/** A database in a file (or in memory) that others may use as well. */
export interface DatabaseFile {
  /** The absolute path, or `:memory:`. */
  readonly location: string;
  /** Runs `work` on what the file holds now. `work` is synchronous and only reads. */
  read<Result>(work: (database: Database) => Result): Promise<Result>;
  /**
   * Runs `work` in one transaction, alone among all programs that use the file. When it has returned, what `work` wrote
   * is on disk; when it throws, or `work` does, nothing of it is. `work` is synchronous, and is run again from the
   * beginning when another program was in its way.
   */
  write<Result>(work: (database: Database) => Result): Promise<Result>;
  /** Waits for what is under way. May be called again. */
  close(): Promise<void>;
}

/** `node` is SQLite in Node itself; `sql.js` is SQLite in WebAssembly. Both use the same file. */
export type DatabaseDriver = 'node' | 'sql.js';

/** What a driver does with a file. It throws what SQLite and the file system throw, and never waits. */
export interface OpenFile {
  read<Result>(work: (database: Database) => Result): Result;
  write<Result>(work: (database: Database) => Result): Result;
  close(): void;
}

/** Milliseconds to wait for a program that is writing. */
const limitMs = 10_000;

/** Does one thing after the other, waits for other programs, and says what is wrong and what to do next. */
export async function databaseFile(location: string, open: () => OpenFile): Promise<DatabaseFile> {
  const file = await untilFree(location, open);
  const inTurn = createQueue();
  let closing: Promise<void> | undefined;

  async function guarded<Result>(action: () => Result): Promise<Result> {
    if (closing) throw closed(location);
    return await inTurn(() => untilFree(location, action));
  }

  return {
    location,
    read: (work) => guarded(() => file.read(work)),
    write: (work) => guarded(() => writeTo(location, file, work)),
    close() {
      closing ??= inTurn(async () => file.close());
      return closing;
    },
  };
}

function writeTo<Result>(location: string, file: OpenFile, work: (database: Database) => Result): Result {
  try {
    return file.write(work);
  } catch (error) {
    // Whatever else stood in its way: where nothing may be written, that is the reason to give.
    throw mayOnlyBeRead(file) ? notWritable(location, error) : error;
  }
}

function mayOnlyBeRead(file: OpenFile): boolean {
  try {
    file.write((database) => database.run('UPDATE session SET name = name WHERE false'));
    return false;
  } catch (error) {
    return isReadOnly(error);
  }
}

/** Tries again while another program holds the file; this process goes on with other things meanwhile. */
async function untilFree<Result>(location: string, action: () => Result): Promise<Result> {
  // A clock that nobody sets.
  const deadline = performance.now() + limitMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 25)) {
    try {
      return action();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw fileError(location, error);
      await delay(pauseMs * (0.5 + Math.random()));
    }
  }
}

/**
 * Runs `work` in one transaction of an open database.
 *
 * @param begin `BEGIN` for one that only reads: all of its reading sees the same state
 */
export function transact<Result>(
  database: Database,
  work: (database: Database) => Result,
  begin: 'BEGIN IMMEDIATE' | 'BEGIN' = 'BEGIN IMMEDIATE',
): Result {
  database.script(begin);
  try {
    const result = work(database);
    database.script('COMMIT');
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** SQLite has rolled back by itself after some failures (a full disk), and then refuses to do it again. */
function rollBack(database: Database): void {
  try {
    database.script('ROLLBACK');
  } catch {}
}
