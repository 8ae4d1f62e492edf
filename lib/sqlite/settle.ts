import { existsSync } from 'node:fs';
import type { FileState } from './header.ts';
import { nodeDatabase } from './node-database.ts';
import { locked } from './trouble.ts';

/**
 * Whether part of what the file holds is in another file: the journal of a program that was killed while it wrote, or
 * a write-ahead log.
 */
export function isUnsettled(path: string, state: FileState | undefined): boolean {
  if (state === undefined) return false;
  return state.header?.writeAhead === true || existsSync(`${path}-journal`) || existsSync(`${path}-wal`);
}

/**
 * Makes the file whole again, so that it can be read as bytes: SQLite in Node rolls the journal back, or moves the log
 * into the file. sql.js sees only bytes and cannot.
 *
 * @throws LibError of kind `file` when another program holds the file open in that state
 */
export async function settle(path: string): Promise<void> {
  const { DatabaseSync } = await import('node:sqlite');
  const connection = new DatabaseSync(path, { timeout: 2000 });
  try {
    const database = nodeDatabase(connection);
    database.all('SELECT count(*) FROM sqlite_schema');
    if (database.first('PRAGMA journal_mode = DELETE')?.journal_mode !== 'delete') throw locked(path);
  } finally {
    connection.close();
  }
  if (existsSync(`${path}-journal`)) throw locked(path);
}
