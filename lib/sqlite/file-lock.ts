import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { locked } from './trouble.ts';

export interface FileLock {
  /** Runs the action while no other holder of the lock, here or in another process, runs one. */
  hold<Result>(action: () => Promise<Result>): Promise<Result>;
  close(): void;
}

interface Handle {
  readonly database: DatabaseSync;
  readonly identity: string;
}

/**
 * A lock between programs that the operating system itself takes back when its holder dies. It is SQLite's own file
 * lock, on an empty file `<path>-lock` that stays: whoever removed it could let two programs in at once. A lock file
 * that holds a process id would instead have to guess whether a process of that number is still the same one.
 *
 * @param limitMs milliseconds to wait for a program that is writing
 */
export function fileLock(path: string, limitMs = 10_000): FileLock {
  const lockPath = `${path}-lock`;
  let handle: Handle | undefined;

  async function acquire(): Promise<() => void> {
    const { DatabaseSync } = await import('node:sqlite');
    const deadline = Date.now() + limitMs;
    for (let pause = 1; ; pause = Math.min(pause * 2, 25)) {
      handle ??= openLock(new DatabaseSync(lockPath, { timeout: 0 }), lockPath);
      const { database } = handle;
      try {
        database.exec('BEGIN IMMEDIATE');
        // A file that may only be read seems to be locked, and is not: only writing shows it. It is taken back.
        database.exec('PRAGMA user_version = 1');
        if (identityOf(lockPath) === handle.identity) return () => database.exec('ROLLBACK');
        close(); // Somebody removed the file: others lock the new one.
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        if ((error as { errcode?: number }).errcode !== 5) throw error;
        if (Date.now() > deadline) throw locked(path, error);
        await delay(pause * (0.5 + Math.random()));
      }
    }
  }

  function close() {
    handle?.database.close();
    handle = undefined;
  }

  return {
    async hold(action) {
      const release = await acquire();
      try {
        return await action();
      } finally {
        release();
      }
    },
    close,
  };
}

function openLock(database: DatabaseSync, path: string): Handle {
  // Nothing is ever written, so that no journal need be on disk.
  database.exec('PRAGMA journal_mode = MEMORY');
  return { database, identity: identityOf(path) };
}

function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.dev}:${stat.ino}`;
}
