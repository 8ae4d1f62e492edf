import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DatabaseDriver, DatabaseFile } from '../../../lib/sqlite/database.ts';
import { openDatabase } from '../../../lib/sqlite/open-database.ts';

const drivers: readonly DatabaseDriver[] = ['node', 'sql.js'];

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'data.sqlite');
}

async function opened(file: string, driver: DatabaseDriver): Promise<DatabaseFile> {
  const database = await openDatabase(file, { driver });
  onTestFinished(() => database.close());
  return database;
}

function add(database: DatabaseFile, name: string): Promise<number> {
  return database.write((tables) =>
    tables.run('INSERT INTO session (name, created_at) VALUES (?, ?)', name, 'now'),
  );
}

function names(database: DatabaseFile): Promise<unknown[]> {
  return database.read((tables) =>
    tables.all('SELECT name FROM session ORDER BY id').map(({ name }) => name),
  );
}

/** A program that is killed in the middle of a transaction that has already changed the file. */
function killInTransaction(file: string): void {
  const program = `
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(process.argv[1]);
    database.exec('PRAGMA cache_size = 1; BEGIN');
    database.exec("UPDATE session SET name = name || '-changed'");
    for (let n = 0; n < 200; n++) database.exec("INSERT INTO session (name, created_at) VALUES ('" + n + 'x'.repeat(3000) + "', '')");
    process.kill(process.pid, 'SIGKILL');`;
  expect(spawnSync(process.execPath, ['-e', program, file]).signal).toBe('SIGKILL');
  expect(existsSync(`${file}-journal`)).toBe(true);
}

describe.each(drivers)('a file that other programs use, through %s', (driver) => {
  it('takes back what a program that was killed had half written, when it is opened and while it is open', async () => {
    const file = newFile();
    const first = await opened(file, 'node');
    await add(first, 'kept');
    killInTransaction(file);
    const database = await opened(file, driver);
    expect(await names(database)).toEqual(['kept']);
    expect(existsSync(`${file}-journal`)).toBe(false);

    killInTransaction(file);
    expect(await names(database)).toEqual(['kept']);
    killInTransaction(file);
    await add(database, 'added');
    expect(await names(database)).toEqual(['kept', 'added']);
    expect(await names(await opened(file, driver === 'node' ? 'sql.js' : 'node'))).toEqual(['kept', 'added']);
  });

  it('is not misled by the journal of a program that was killed before it wrote', async () => {
    const file = newFile();
    await add(await opened(file, driver), 'kept');
    writeFileSync(`${file}-journal`, Buffer.alloc(512));
    const database = await opened(file, driver);
    expect(await names(database)).toEqual(['kept']);
    await add(database, 'added');
    expect(await names(database)).toEqual(['kept', 'added']);
    expect(existsSync(`${file}-journal`)).toBe(false);
  });

  it('does not apply to a new file the journal of an old one that was removed', async () => {
    const file = newFile();
    const old = await opened(file, 'node');
    await add(old, 'old');
    await old.close();
    killInTransaction(file);
    rmSync(file);
    const database = await opened(file, driver);
    await add(database, 'new');
    expect(existsSync(`${file}-journal`)).toBe(false);
    expect(await names(await opened(file, driver === 'node' ? 'sql.js' : 'node'))).toEqual(['new']);
  });

  it('loses nothing of a write-ahead log that another program has left', async () => {
    const file = newFile();
    const first = await opened(file, driver);
    await add(first, 'kept');
    const other = new DatabaseSync(file);
    other.exec("PRAGMA journal_mode = WAL; INSERT INTO session (name, created_at) VALUES ('logged', '')");
    // As if it had been killed: the log stays beside the file.
    const copy = newFile();
    for (const end of ['', '-wal']) copyFileSync(`${file}${end}`, `${copy}${end}`);
    other.close();

    const database = await opened(copy, driver);
    expect(await names(database)).toEqual(['kept', 'logged']);
    await add(database, 'added');
    expect(await names(await opened(copy, driver === 'node' ? 'sql.js' : 'node'))).toEqual([
      'kept',
      'logged',
      'added',
    ]);
    await add(first, 'added');
    expect(await names(first)).toEqual(['kept', 'logged', 'added']);
  });

  it('sees what any SQLite program has written in between', async () => {
    const file = newFile();
    const database = await opened(file, driver);
    await add(database, 'first');
    const other = new DatabaseSync(file);
    other.exec("INSERT INTO session (name, created_at) VALUES ('second', '')");
    other.close();
    expect(await names(database)).toEqual(['first', 'second']);
    await add(database, 'third');
    expect(await names(database)).toEqual(['first', 'second', 'third']);
  });

  it('goes on when another copy of the file is put in its place', async () => {
    const file = newFile();
    const database = await opened(file, driver);
    await add(database, 'first');
    const backup = join(dirname(file), 'backup.sqlite');
    copyFileSync(file, backup);
    await add(database, 'second');
    copyFileSync(backup, `${file}.new`);
    rmSync(file);
    copyFileSync(`${file}.new`, file);
    await add(database, 'third');
    expect(await names(database)).toEqual(['first', 'third']);
  });

  it('writes through a symbolic link, and keeps the file’s permissions', async () => {
    const file = newFile();
    await (await opened(file, driver)).close();
    chmodSync(file, 0o600);
    const link = join(dirname(file), 'link.sqlite');
    symlinkSync(file, link);
    await add(await opened(link, driver), 'through the link');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await names(await opened(file, driver))).toEqual(['through the link']);
  });

  it('writes nothing when `work` throws, and hands its error on', async () => {
    const file = newFile();
    const database = await opened(file, driver);
    const before = readFileSync(file);
    const failing = database.write((tables) => {
      tables.run("INSERT INTO session (name, created_at) VALUES ('a', '')");
      throw new RangeError('in the middle');
    });
    await expect(failing).rejects.toThrow(new RangeError('in the middle'));
    expect(readFileSync(file)).toEqual(before);
    expect(await names(database)).toEqual([]);
    await add(database, 'works again');
  });

  it('keeps every other program from writing while `work` runs', async () => {
    const file = newFile();
    const database = await opened(file, driver);
    await add(database, 'first');
    await database.write((tables) => {
      // Only a database that is not in memory has a lock that others meet.
      const other = new DatabaseSync(file, { timeout: 0 });
      expect(() => other.exec('BEGIN IMMEDIATE')).toThrow('database is locked');
      other.close();
      tables.run("INSERT INTO session (name, created_at) VALUES ('second', '')");
    });
    expect(await names(await opened(file, 'node'))).toEqual(['first', 'second']);
  });

  it('keeps the locks of all connections of this process, whatever is opened, read and closed beside them', async () => {
    const file = newFile();
    const open = await opened(file, driver);
    await add(open, 'first');
    const holding = new DatabaseSync(file);
    onTestFinished(() => holding.close());
    holding.exec('BEGIN IMMEDIATE');
    await (await openDatabase(file, { driver })).close();
    expect(await names(open)).toEqual(['first']);
    await expect(openDatabase(dirname(file), { driver })).rejects.toThrow('is a folder');
    // Locks are between processes: this one would get it.
    const program = `
      const { DatabaseSync } = require('node:sqlite');
      new DatabaseSync(process.argv[1], { timeout: 0 }).exec('BEGIN IMMEDIATE');`;
    const { stderr } = spawnSync(process.execPath, ['-e', program, file], { encoding: 'utf8' });
    expect(stderr).toContain('database is locked');
    holding.exec('COMMIT');
  });

  it('reads and writes on while another program has it open in write-ahead mode', async () => {
    const file = newFile();
    const database = await opened(file, driver);
    await add(database, 'first');
    const other = new DatabaseSync(file);
    onTestFinished(() => other.close());
    other.exec("PRAGMA journal_mode = WAL; INSERT INTO session (name, created_at) VALUES ('second', '')");
    await add(database, 'third');
    expect(await names(database)).toEqual(['first', 'second', 'third']);
  });

  it('lets no program change an entry', async () => {
    const file = newFile();
    const database = await opened(file, driver);
    await add(database, 's');
    const other = new DatabaseSync(file);
    other.exec(
      "INSERT INTO entry (session, sequence, kind, created_at, body) VALUES (1, 1, 'turn', '', '{}')",
    );
    expect(() => other.exec("UPDATE entry SET body = '{}'")).toThrow('entries are only ever appended');
    other.close();
  });
});

describe('sql.js, which works on a copy in memory', () => {
  it('leaves the file in its place, and writes what is new into it', async () => {
    const file = newFile();
    const database = await opened(file, 'sql.js');
    const { ino } = statSync(file);
    await add(database, 'first');
    await add(database, 'second');
    expect(statSync(file).ino).toBe(ino);
  });

  it('waits for a program that is writing, then goes on from what it wrote', async () => {
    const file = newFile();
    const database = await opened(file, 'sql.js');
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE; INSERT INTO session (name, created_at) VALUES ('of the other', '')");
    const added = add(database, 'mine').catch(() => add(database, 'mine'));
    await delay(50);
    other.exec('COMMIT');
    other.close();
    await added;
    expect(await names(database)).toEqual(['of the other', 'mine']);
  });
});

describe('node, for several programs', () => {
  it('waits for a program that is writing, while this one goes on with other things', async () => {
    const file = newFile();
    const database = await opened(file, 'node');
    const other = new DatabaseSync(file);
    other.exec("BEGIN EXCLUSIVE; INSERT INTO session (name, created_at) VALUES ('of the other', '')");
    const done = Promise.all([add(database, 'mine'), names(database)]);
    let ticks = 0;
    for (; ticks < 5; ticks++) await delay(1);
    other.exec('COMMIT');
    other.close();
    expect((await done)[1]).toEqual(['of the other', 'mine']);
  });

  it('takes turns with sql.js in one program', async () => {
    const file = newFile();
    const database = await opened(file, 'node');
    await add(database, 'first');
    const saving = await opened(file, 'sql.js');
    await Promise.all([add(database, 'second'), add(saving, 'third'), add(database, 'fourth')]);
    await add(saving, 'fifth');
    expect((await names(database)).sort()).toEqual(['fifth', 'first', 'fourth', 'second', 'third']);
  });
});
