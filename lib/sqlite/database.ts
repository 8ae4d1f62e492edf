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
   * Runs `work` in one transaction, alone among all programs that open the file through this module. When it has
   * returned, what `work` wrote is on disk; when it throws, or `work` does, nothing of it is.
   */
  write<Result>(work: (database: Database) => Result): Promise<Result>;
  /** Waits for what is under way. May be called again. */
  close(): Promise<void>;
}

/** `sql.js` is SQLite in WebAssembly; `node` is SQLite in Node itself. Both use the same file. */
export type DatabaseDriver = 'sql.js' | 'node';

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
