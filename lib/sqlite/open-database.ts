import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LibError } from '../base/errors.ts';
import type { DatabaseDriver, DatabaseFile } from './database.ts';
import { openMemory } from './memory.ts';
import { openNodeFile } from './node-file.ts';
import { openSqlJsFile } from './sql-js-file.ts';
import { fileTrouble } from './trouble.ts';

export interface OpenOptions {
  /**
   * `sql.js`, the default, holds the whole database in memory and writes the whole file at each change: for lessons and
   * some thousand messages. `node` writes only what is new. Both use the same file, also at once. Any SQLite program may
   * read it; for one that writes to it while it is open here, use `node`: sql.js would put its own copy in the place of
   * what that program has open.
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
  const driver = options.driver ?? 'sql.js';
  if (driver !== 'sql.js' && driver !== 'node') {
    throw new LibError(`There is no database driver ${JSON.stringify(driver)}`, {
      kind: 'request',
      hint: "Use { driver: 'sql.js' }, which is the default, or { driver: 'node' }.",
    });
  }
  if (typeof location !== 'string' || location === '' || location.includes('\0')) {
    throw new LibError('The database has no file name', {
      kind: 'request',
      hint: "Give a path, such as 'chats.sqlite', or ':memory:'.",
    });
  }
  if (location === ':memory:') return await openMemory(driver);
  return await (driver === 'node' ? openNodeFile : openSqlJsFile)(realPath(location));
}

/** The path without symbolic links: the file that is replaced must be the file itself, not the link to it. */
function realPath(location: string): string {
  const path = resolve(location);
  try {
    return realpathSync(path);
  } catch {}
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    throw fileTrouble(path, error);
  }
}
