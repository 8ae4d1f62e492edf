import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { isLibError, LibError } from '../base/errors.ts';

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html), by the text that sql.js gives instead. */
const codesByText: readonly (readonly [RegExp, number])[] = [
  [/database is locked/, 5],
  [/readonly database/, 8],
  [/disk I\/O error/, 10],
  [/disk image is malformed/, 11],
  [/database or disk is full/, 13],
  [/unable to open database file/, 14],
  [/file is not a database/, 26],
];

/**
 * Says what is wrong with a database file and what to do next. What does not come from the file system or from SQLite
 * comes back as it is.
 */
export function fileError(path: string, cause: unknown): unknown {
  if (isLibError(cause) || !(cause instanceof Error)) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const folder = dirname(path);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new LibError(`There is no folder ${folder}`, {
        kind: 'file',
        hint: `Create it first (mkdir -p ${folder}), or check the path. A relative path starts at the notebook's own folder.`,
        cause,
      });
    case 'EISDIR':
      return isFolder(path, cause);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return notWritable(path, cause);
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(path, cause);
  }
  const result = resultCode(cause);
  switch (result) {
    case 5:
      return locked(path, cause);
    case 8:
      return notWritable(path, cause);
    case 14:
      return isUnreadable(path) ? notReadable(path, cause) : notWritable(path, cause);
    case 11:
      return corrupt(path, 'is damaged, or its end is missing', cause);
    case 13:
      return diskFull(path, cause);
    case 26:
      return corrupt(path, 'is not a SQLite database', cause);
  }
  if (result === 0 && code === undefined) return cause;
  return new LibError(`${path} could not be read or written: ${message}`, {
    kind: 'file',
    hint: 'Check the path and the disk.',
    cause,
  });
}

/** SQLite's primary result code; 0 when it has none. */
function resultCode(error: unknown): number {
  const { errcode, message = '' } = error as { errcode?: number; message?: string };
  return errcode === undefined
    ? (codesByText.find(([pattern]) => pattern.test(message))?.[1] ?? 0)
    : errcode & 0xff;
}

/** Whether another program holds the file at the moment. Pure. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && resultCode(error) === 5;
}

/** Whether SQLite said that nothing may be written here: SQLITE_READONLY, or SQLITE_CANTOPEN for the journal. Pure. */
export function isReadOnly(error: unknown): boolean {
  return [8, 14].includes(resultCode(error));
}

export function isFolder(path: string, cause?: unknown): LibError {
  return new LibError(`${path} is a folder, not a database file`, {
    kind: 'file',
    hint: `Name a file inside it, such as ${path}/chats.sqlite.`,
    cause,
  });
}

export function corrupt(path: string, what: string, cause?: unknown): LibError {
  return new LibError(`${path} ${what}`, {
    kind: 'corrupt',
    hint: 'Restore it from a copy, save what is left with the sqlite3 program (sqlite3 damaged.sqlite .recover), or use another file. It was not changed.',
    cause,
  });
}

export function locked(path: string, cause?: unknown): LibError {
  return new LibError(`${path} is being written by another program that does not finish`, {
    kind: 'file',
    hint: 'End the other program (another notebook, a database browser), then try again. Nothing was stored.',
    retryable: true,
    cause,
  });
}

export function removed(path: string): LibError {
  return new LibError(`${path} was removed or emptied while it was open`, {
    kind: 'file',
    hint: 'Put it back, or open it again to begin a new one.',
  });
}

export function closed(path: string): LibError {
  return new LibError(`${path} was closed and cannot be used any more`, {
    kind: 'file',
    hint: 'Open it again, and close it after the last use.',
  });
}

function notReadable(path: string, cause: unknown): LibError {
  return new LibError(`${path} may not be read`, {
    kind: 'file',
    hint: 'Give yourself the right to read and write it: chmod u+rw. Or use another file.',
    cause,
  });
}

export function notWritable(path: string, cause: unknown): LibError {
  return new LibError(`${path} cannot be written`, {
    kind: 'file',
    hint: `The folder ${dirname(path)} and the file in it must be yours to write: check with ls -la, or choose another folder. Nothing was stored.`,
    cause,
  });
}

/**
 * Whether the file may not even be read. It is opened only where SQLite could not: POSIX drops a process's locks on a
 * file, those of other threads as well, as soon as the process closes any handle of it but SQLite's own.
 */
function isUnreadable(path: string): boolean {
  try {
    closeSync(openSync(path, 'r'));
    return false;
  } catch (error) {
    return isDenied(error);
  }
}

export function isDenied(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function diskFull(path: string, cause: unknown): LibError {
  return new LibError(`The disk is full: ${path} could not be written`, {
    kind: 'file',
    hint: `Free some space (df -h ${dirname(path)}), then try again. Nothing was stored, and what was there before is whole.`,
    retryable: true,
    cause,
  });
}
