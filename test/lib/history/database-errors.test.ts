import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addEntry, addSession, encodeEntry } from '../../../lib/history/entries.ts';
import { openHistory } from '../../../lib/history/open-history.ts';
import type { DatabaseDriver } from '../../../lib/sqlite/database.ts';
import { openDatabase } from '../../../lib/sqlite/open-database.ts';
import { drivers, newFile, newFolder } from './drivers.ts';
import { turn } from './messages.ts';

/** A new file with two sessions of 40 turns, some 40 pages each. */
async function filledFile(): Promise<string> {
  const file = newFile();
  filled ??= fill();
  writeFileSync(file, await filled);
  return file;
}

let filled: Promise<Buffer> | undefined;

async function fill(): Promise<Buffer> {
  const file = newFile();
  const database = await openDatabase(file, { driver: 'node' });
  await database.write((tables) => {
    for (const [name, words] of [
      ['a', 'question # of many words '],
      ['b', 'query # and more of them '],
    ] as const) {
      const session = addSession(tables, name, '2026-01-01T00:00:00.000Z');
      for (let n = 0; n < 40; n++) {
        const entry = turn(words.replace('#', `${n}`).repeat(120), 'answer');
        addEntry(tables, session, n + 1, encodeEntry(entry), '2026-01-01T00:00:00.000Z');
      }
    }
  });
  await database.close();
  return readFileSync(file);
}

/** Overwrites bytes in the middle of a file. */
function damage(file: string, position: number, bytes: Buffer): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, position);
  closeSync(handle);
}

/** Becomes a user who may write nothing that root has made: root itself may write everywhere. */
function asNobody(): void {
  if (process.getuid?.() !== 0) return;
  process.seteuid?.(65_534);
  onTestFinished(() => process.seteuid?.(0));
}

async function append(file: string, driver: DatabaseDriver): Promise<number> {
  const history = await openHistory(file, { driver });
  try {
    return await history.append('s', turn('q', 'a'), (await history.read('s')).sequence);
  } finally {
    await history.close();
  }
}

describe.each(drivers)('opening with %s', (driver) => {
  it.each([
    ['a missing folder', 'missing/chats.sqlite', 'There is no folder', 'mkdir -p'],
    ['a folder', '.', 'is a folder', 'Name a file inside it'],
    ['a file in place of a folder', 'text.txt/chats.sqlite', 'There is no folder', 'check the path'],
    ['a text file', 'text.txt', 'is not a SQLite database', 'use another file'],
    ['a file of one byte', 'byte', 'is not a SQLite database', 'use another file'],
  ])('refuses %s, and leaves everything as it was', async (_what, name, message, hint) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'text.txt'), 'This is a text. '.repeat(100));
    writeFileSync(join(folder, 'byte'), 'X');
    await expect(openHistory(join(folder, name), { driver })).rejects.toMatchObject({
      kind: message.includes('SQLite') ? 'corrupt' : 'file',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
    expect(readdirSync(folder).sort()).toEqual(['byte', 'text.txt']);
  });

  it.each([
    ['without a mark', 'CREATE TABLE conversation (text)', 'another program'],
    ['with a mark of its own', 'CREATE TABLE t (a); PRAGMA application_id = 77', 'another program'],
    ['with a mark and no tables yet', 'PRAGMA application_id = 77', 'another program'],
  ])('refuses the database of another program, %s, and leaves it as it was', async (_what, sql, text) => {
    const file = newFile();
    const foreign = new DatabaseSync(file);
    foreign.exec(sql);
    foreign.close();
    const before = readFileSync(file);
    await expect(openHistory(file, { driver })).rejects.toMatchObject({
      kind: 'file',
      message: expect.stringContaining(text),
    });
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(dirname(file))).toEqual([basename(file)]);
  });

  it('refuses a file of a newer version, and says to update', async () => {
    const file = newFile();
    await append(file, driver);
    const newer = new DatabaseSync(file);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    await expect(openHistory(file, { driver })).rejects.toMatchObject({
      kind: 'file',
      message: expect.stringContaining('newer version (its tables have version 99'),
      hint: expect.stringContaining('Update this project'),
    });
  });

  it('makes a history of an empty file, and of a database without tables', async () => {
    const empty = newFile();
    writeFileSync(empty, '');
    expect(await append(empty, driver)).toBe(1);
    const bare = newFile();
    const database = new DatabaseSync(bare);
    database.exec('VACUUM');
    database.close();
    expect(await append(bare, driver)).toBe(1);
  });

  it('refuses a file that is cut short', async () => {
    const file = await filledFile();
    truncateSync(file, statSync(file).size - 4096 * 3);
    await expect(openHistory(file, { driver })).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('its end is missing'),
    });
    truncateSync(file, 60);
    await expect(openHistory(file, { driver })).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('refuses a file with a damaged page', async () => {
    const file = await filledFile();
    damage(file, 4096 * 20, Buffer.alloc(4096, 0xa5));
    await expect(openHistory(file, { driver })).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('is damaged'),
      hint: expect.stringContaining('Restore it from a copy'),
    });
  });

  it('tells a single changed letter, names the entry, and still reads the other sessions', async () => {
    const file = await filledFile();
    const at = readFileSync(file).indexOf('question 7 of many');
    damage(file, at, Buffer.from('Q'));
    const history = await openHistory(file, { driver });
    await expect(history.read('a')).rejects.toMatchObject({
      kind: 'corrupt',
      message: 'Entry 8 of session "a" is damaged',
    });
    expect((await history.read('b')).sequence).toBe(40);
    expect(await history.sessions()).toHaveLength(2);
    expect(await history.delete('a')).toBe(true);
    await history.close();
  });

  it('says so when the file may not be read', async () => {
    const file = await filledFile();
    chmodSync(file, 0o000);
    chmodSync(dirname(file), 0o777);
    asNobody();
    await expect(openHistory(file, { driver })).rejects.toMatchObject({
      kind: 'file',
      message: expect.stringContaining('may not be read'),
      hint: expect.stringContaining('chmod u+rw'),
    });
  });

  it('says so when nothing may be written in the folder, before anything was said', async () => {
    const folder = newFolder();
    chmodSync(folder, 0o555);
    asNobody();
    await expect(openHistory(join(folder, 'chats.sqlite'), { driver })).rejects.toMatchObject({
      kind: 'file',
      message: expect.stringContaining('cannot be written'),
      hint: expect.stringContaining('choose another folder'),
    });
  });

  it('reads what may not be written, and repairs it for the reader only', async () => {
    const file = newFile();
    const history = await openHistory(file, { driver });
    await history.append('s', turn('q', 'a'), 0);
    await history.append('s', { messages: turn('lost', '').messages.slice(0, 1), open: true }, 1);
    await history.close();
    chmodSync(file, 0o444);
    chmodSync(dirname(file), 0o555);
    // Or the folder could not be removed by anybody but root.
    onTestFinished(() => chmodSync(dirname(file), 0o755));
    asNobody();

    const reader = await openHistory(file, { driver });

    const log = await reader.read('s');
    expect(log.repairs).toEqual([expect.stringContaining('was not answered')]);
    expect(log.sequence).toBe(2);
    expect(await reader.read('s')).toMatchObject({ repairs: log.repairs });
    expect(await reader.sessions()).toHaveLength(1);
    await expect(reader.append('s', turn('q', 'a'), 2)).rejects.toMatchObject({
      kind: 'file',
      message: expect.stringContaining('cannot be written'),
    });
    await reader.close();
  });

  it.each([
    ['removed', (file: string) => rmSync(file)],
    ['emptied', (file: string) => truncateSync(file, 0)],
  ])('says so when the file is %s while it is open', async (_what, end) => {
    const file = newFile();
    const history = await openHistory(file, { driver });
    await history.append('s', turn('q', 'a'), 0);
    end(file);
    const gone = {
      kind: 'file',
      message: expect.stringContaining('was removed or emptied while it was open'),
    };
    await expect(history.append('s', turn('q', 'a'), 1)).rejects.toMatchObject(gone);
    await expect(history.read('s')).rejects.toMatchObject(gone);
    await history.close();
  });

  it.each([
    ['', 'no file name'],
    ['a\0b', 'no file name'],
    [undefined as never, 'location must be a'],
  ])('refuses %j as a path', async (location, message) => {
    await expect(openHistory(location, { driver })).rejects.toMatchObject({
      kind: 'request',
      message: expect.stringContaining(message),
    });
  });

  it('keeps everything when the disk is full, and goes on when there is space again', async ({ skip }) => {
    const folder = newFolder();
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', folder]);
    if (mounted.status !== 0) skip('only root may mount a small disk');
    onTestFinished(() => void spawnSync('umount', [folder]));
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(200 * 1024));
    const file = join(folder, 'chats.sqlite');
    const history = await openHistory(file, { driver });
    const long = 'many words '.repeat(800);

    let stored = 0;
    const failure = await appendUntilItFails();
    expect(failure).toMatchObject({
      kind: 'file',
      retryable: true,
      message: expect.stringContaining('The disk is full'),
      hint: expect.stringContaining('Free some space'),
    });
    expect(stored).toBeGreaterThan(3);
    expect((await history.read('s')).sequence).toBe(stored);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);

    rmSync(ballast);
    expect(await history.append('s', turn('at last', 'yes'), stored)).toBe(stored + 1);
    await history.close();
    for (const other of drivers) {
      const again = await openHistory(file, { driver: other });
      expect((await again.read('s')).sequence).toBe(stored + 1);
      await again.close();
    }

    async function appendUntilItFails(): Promise<unknown> {
      for (let n = 0; n < 200; n++) {
        try {
          stored = await history.append('s', turn(`${n} ${long}`, 'a'), stored);
        } catch (error) {
          return error;
        }
      }
      return undefined;
    }
  });
});

it('refuses a driver that does not exist', async () => {
  await expect(openHistory(':memory:', { driver: 'redis' as never })).rejects.toMatchObject({
    kind: 'request',
    message: 'There is no database driver "redis"',
  });
});
