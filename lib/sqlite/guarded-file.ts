import { open } from 'node:fs/promises';
import type { Database, DatabaseFile } from './database.ts';
import type { FileLock } from './file-lock.ts';
import { inTurn } from './file-queue.ts';
import { checkSize, type FileState, fileState } from './header.ts';
import { checkOwner } from './prepare.ts';
import { removeLeftovers } from './save-file.ts';
import { settledState } from './settle.ts';
import { closed, fileTrouble, isReadOnly, removed } from './trouble.ts';

/** What a driver does with a file. One call at a time; `prepare` and `write` only while the file's lock is held. */
export interface FileDriver {
  /** Brings the tables to this version. */
  prepare(state: FileState): Promise<void>;
  read<Result>(work: (database: Database) => Result): Promise<Result>;
  write<Result>(work: (database: Database) => Result): Promise<Result>;
  close(): void;
}

/** Opens the file, new or old, and lets its users in: one at a time, and one program at a time to write. */
export async function guardedFile(path: string, lock: FileLock, driver: FileDriver): Promise<DatabaseFile> {
  let closing: Promise<void> | undefined;

  function close() {
    driver.close();
    lock.close();
  }

  async function prepare(): Promise<void> {
    if ((await fileState(path)) === undefined) await (await open(path, 'a')).close();
    // For an empty file this also removes the journal of one that had its name and is gone.
    const state = await settledState(path);
    if (state === undefined) throw removed(path);
    checkOwner(path, state.header);
    checkSize(path, state);
    await removeLeftovers(path);
    await driver.prepare(state);
  }

  async function openFile(): Promise<void> {
    const state = await fileState(path);
    // Before anything is made beside a file that is not ours.
    checkOwner(path, state?.header);
    try {
      await lock.hold(prepare);
    } catch (error) {
      // What may not be written may still be read.
      if (state?.header === undefined || !isReadOnly(error)) throw error;
      await driver.read(() => {});
    }
  }

  async function guarded<Result>(action: () => Promise<Result>): Promise<Result> {
    if (closing) throw closed(path);
    return await inTurn(path, action).catch((error) => {
      throw fileTrouble(path, error);
    });
  }

  await guarded(openFile).catch((error) => {
    close();
    throw error;
  });
  return {
    location: path,
    read: (work) => guarded(() => driver.read(work)),
    write: (work) => guarded(() => lock.hold(() => driver.write(work))),
    close() {
      closing ??= inTurn(path, async () => close());
      return closing;
    },
  };
}
