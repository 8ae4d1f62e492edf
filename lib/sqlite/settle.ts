import { existsSync, rmSync } from 'node:fs';
import { type FileState, fileState } from './header.ts';
import { locked } from './trouble.ts';

/**
 * Whether part of what the file holds is in another file: the journal of a program that was killed while it wrote, or
 * a write-ahead log.
 */
export function isUnsettled(path: string, state: FileState | undefined): boolean {
  if (state === undefined) return false;
  return state.header?.writeAhead === true || existsSync(`${path}-journal`) || existsSync(`${path}-wal`);
}

/** What is at the path after it was made whole; `undefined` when nothing is. Only for the holder of the file's lock. */
export async function settledState(path: string): Promise<FileState | undefined> {
  const state = await fileState(path);
  if (!isUnsettled(path, state)) return state;
  await settle(path);
  return await fileState(path);
}

/**
 * Makes the file whole again, so that it can be read as bytes: SQLite in Node rolls the journal back, or moves the log
 * into the file. sql.js sees only bytes and cannot.
 *
 * @throws LibError of kind `file` when another program holds the file open in that state
 */
async function settle(path: string): Promise<void> {
  const { DatabaseSync } = await import('node:sqlite');
  const connection = new DatabaseSync(path, { timeout: 2000 });
  try {
    const mode = connection.prepare('PRAGMA journal_mode = DELETE').get()?.journal_mode;
    if (mode !== 'delete') throw locked(path);
    // Whoever gets this lock has rolled back what was to be rolled back. A journal that is still there is one that its
    // program had not begun to fill: SQLite passes over it, and would write it anew.
    connection.exec('BEGIN IMMEDIATE');
    rmSync(`${path}-journal`, { force: true });
    connection.exec('ROLLBACK');
  } finally {
    connection.close();
  }
}
