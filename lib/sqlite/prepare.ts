import { LibError } from '../base/errors.ts';
import { type Database, transact } from './database.ts';
import type { Header } from './header.ts';
import { applicationId, migrations } from './schema.ts';
import { corrupt } from './trouble.ts';

/** Checked whole when it is opened, unless it is larger than this: about 0.7 ms a megabyte. */
export const checkedBytes = 256 * 1024 * 1024;

/**
 * Refuses, before anything is written, a file that is not ours or that a newer version has written. Pure.
 *
 * @throws LibError of kind `file`
 */
export function checkOwner(path: string, header: Header | undefined): void {
  if (header === undefined) return;
  if (header.applicationId !== applicationId && (header.applicationId !== 0 || header.hasTables)) {
    throw new LibError(`${path} is the database of another program`, {
      kind: 'file',
      hint: 'Use another file name; conversations and vectors are kept in a file of their own. It was not changed.',
    });
  }
  if (header.userVersion > migrations.length) {
    throw new LibError(
      `${path} was written by a newer version (its tables have version ${header.userVersion}, this one knows ${migrations.length})`,
      {
        kind: 'file',
        hint: 'Update this project (git pull), or use another file. It was not changed.',
      },
    );
  }
}

/** What every connection is set to, before it is used. */
export const settings = 'PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;';

/**
 * Brings the tables to this version, in one transaction, and gives `true` when it changed the file. Only for the holder
 * of the file's lock.
 *
 * `auto_vacuum` must be chosen before the first table: it lets the file shrink when a session is deleted.
 */
export function prepareTables(database: Database, steps: readonly string[] = migrations): boolean {
  const version = Number(database.first('PRAGMA user_version')?.user_version);
  if (version >= steps.length) return false;
  if (version === 0) database.script('PRAGMA auto_vacuum = INCREMENTAL');
  transact(database, () => {
    for (const step of steps.slice(version)) database.script(step);
    database.script(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}`);
  });
  return true;
}

/** @throws LibError of kind `corrupt` when a page is damaged */
export function checkPages(path: string, database: Database): void {
  const fault = database.first('PRAGMA quick_check(1)')?.quick_check;
  if (fault !== 'ok') throw corrupt(path, `is damaged (${fault})`);
}
