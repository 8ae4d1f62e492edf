import { closeSync, openSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LibError } from '../base/errors.ts';
import type { DatabaseDriver, DatabaseFile } from './database.ts';
import { corrupt, fileError, isDenied, isFolder, notWritable } from './database-errors.ts';

export interface OpenOptions {
  /**
   * `node`, the default, is SQLite in Node itself. `sql.js` is SQLite in WebAssembly, as notebook 003 teaches it: it
   * works on a copy of the whole database in memory, which is made again after another program has written, so that it
   * is for small files. Node's SQLite writes its changes into the file. Both use the same file, several programs at
   * once.
   */
  readonly driver?: DatabaseDriver;
}

/**
 * Opens a database file, or makes it. `:memory:` is a database that ends with its `close`.
 *
 * @param location a path, relative to the current folder. Its folder must exist
 * @throws LibError of kind `file` (no such folder, not writable, another program's database, a newer version) or
 *   `corrupt`
 */
export async function openDatabase(location: string, options: OpenOptions = {}): Promise<DatabaseFile> {
  const driver = options.driver ?? 'node';
  if (driver !== 'sql.js' && driver !== 'node') {
    throw new LibError(`There is no database driver ${JSON.stringify(driver)}`, {
      kind: 'request',
      hint: "Use { driver: 'node' }, which is the default, or { driver: 'sql.js' }.",
    });
  }
  if (typeof location !== 'string' || location === '' || location.includes('\0')) {
    throw new LibError('The database has no file name', {
      kind: 'request',
      hint: "Give a path, such as 'chats.sqlite', or ':memory:'.",
    });
  }
  const path = location === ':memory:' ? location : existingFile(resolve(location));
  if (driver === 'sql.js') return await (await import('./sql-js.ts')).openSqlJs(path);
  return await (await import('./node.ts')).openNode(path);
}

/** The same for a file that must be there: none is begun. */
export async function openExisting(location: string): Promise<DatabaseFile> {
  if (statSync(location, { throwIfNoEntry: false }) !== undefined) return await openDatabase(location);
  throw new LibError(`There is no file ${location}`, {
    kind: 'file',
    hint: `Check the path. A relative path starts at ${process.cwd()}.`,
  });
}

/** The path of the file itself, not of a link to it. A file that is missing is made, empty. */
function existingFile(path: string): string {
  try {
    const isThere = statSync(path, { throwIfNoEntry: false });
    if (isThere?.isDirectory()) throw isFolder(path);
    const file = isThere ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
    if (!isThere) makeFile(file);
    // SQLite takes one byte for none, and overwrites it.
    else if (isThere.size === 1) throw corrupt(file, 'is not a SQLite database');
    return file;
  } catch (error) {
    throw fileError(path, error);
  }
}

function makeFile(path: string): void {
  try {
    // What people have said is read by this user only; whoever shares it, says so.
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return; // Somebody was faster.
    throw isDenied(error) ? notWritable(path, error) : error;
  }
}
