import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { History } from '../../../lib/history/history.ts';
import { type HistoryOptions, openHistory } from '../../../lib/history/open-history.ts';
import { transcriptOf } from '../../../lib/history/transcript.ts';
import { drivers, newFile } from './drivers.ts';
import { assistant, toolCall, turn, user } from './messages.ts';
import { compiled } from './processes.ts';

async function opened(file: string, options: HistoryOptions): Promise<History> {
  const history = await openHistory(file, options);
  onTestFinished(() => history.close());
  return history;
}

/** Another program stores the question of a turn, and its tool call, and is killed before the tool has run. */
function leaveOpenTurn(file: string, driver: string, session: string): void {
  const program = join(import.meta.dirname, 'dying-process.ts');
  const { signal, stderr } = spawnSync(process.execPath, [program, file, driver, session], {
    encoding: 'utf8',
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  expect({ signal, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
}

/** Changes who is said to be in the middle of the open turn, as if another machine had written it. */
function changeOwner(file: string, changes: Record<string, unknown>, createdAt?: string): void {
  const database = new DatabaseSync(file);
  database.exec('DROP TRIGGER entry_is_never_changed');
  const row = database
    .prepare('SELECT id, owner, created_at FROM entry WHERE open = 1 ORDER BY id DESC')
    .get();
  const owner = JSON.stringify({ ...JSON.parse(String(row?.owner)), ...changes });
  database
    .prepare('UPDATE entry SET owner = ?, created_at = ? WHERE id = ?')
    .run(owner, createdAt ?? String(row?.created_at), Number(row?.id));
  database.close();
}

describe.each(drivers)('an open turn, with %s', (driver) => {
  it('that a killed program has left is repaired when it is read, on disk as well, once', async () => {
    const file = newFile();
    leaveOpenTurn(file, driver, 's');
    const history = await opened(file, { driver });
    await expect(history.append('s', turn('a', 'b'), 2)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('a turn that a crash left open'),
    });

    const log = await history.read('s');

    expect(log.repairs).toEqual([
      'The turn of entry 1 was cut off: a tool call had no result, and got one that says so.',
    ]);
    expect(log.sequence).toBe(3);
    const messages = transcriptOf(log.entries).messages;
    expect(messages.map((message) => message.role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    const again = await history.read('s');
    expect(again).toEqual({ ...log, repairs: [] });
    await history.close();
    for (const other of drivers) {
      expect(await (await opened(file, { driver: other })).read('s')).toEqual(again);
    }
  });

  it('is repaired by one of several that read at the same time', async () => {
    const file = newFile();
    leaveOpenTurn(file, driver, 's');
    const histories = await Promise.all([1, 2, 3].map(() => opened(file, { driver })));
    const logs = await Promise.all(histories.map((history) => history.read('s')));
    expect(logs.map((log) => log.sequence)).toEqual([3, 3, 3]);
    expect(logs.flatMap((log) => log.repairs)).toHaveLength(1);
  });

  it('of somebody who still runs is left alone, and nobody else may append', async () => {
    const file = newFile();
    const busy = await opened(file, { driver });
    await busy.append('s', { messages: [user('q'), toolCall('t')], open: true }, 0);
    const other = await opened(file, { driver });

    const log = await other.read('s');

    expect(log).toMatchObject({ sequence: 1, repairs: [], openElsewhere: 'another part of this program' });
    await expect(other.append('s', turn('a', 'b'), 1)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('is in the middle of a turn of another part of this program'),
    });
    await busy.append('s', { messages: [assistant('done without it')] }, 1);
    expect(await other.append('s', turn('a', 'b'), 2)).toBe(3);
  });

  it('is repaired when its history was closed, though the program still runs', async () => {
    const file = newFile();
    const first = await opened(file, { driver });
    await first.append('s', { messages: [user('q')], open: true }, 0);
    await first.close();
    expect((await (await opened(file, { driver })).read('s')).repairs).toHaveLength(1);
  });

  it('of another machine is left alone for a while, and then counts as left behind', async () => {
    const file = newFile();
    const first = await opened(file, { driver });
    await first.append('s', { messages: [user('q')], open: true }, 0);
    await first.close();
    changeOwner(file, { host: 'studio-2', pidSpace: 'elsewhere', pid: 77 });

    const history = await opened(file, { driver });
    expect(await history.read('s')).toMatchObject({ repairs: [], openElsewhere: 'process 77 on studio-2' });
    await expect(history.append('s', turn('a', 'b'), 1)).rejects.toMatchObject({ kind: 'conflict' });

    const impatient = await opened(file, { driver, abandonedAfterMs: 0 });
    expect((await impatient.read('s')).repairs).toHaveLength(1);
  });

  it('of a process whose number another one has now is repaired', async () => {
    const file = newFile();
    const first = await opened(file, { driver });
    await first.append('s', { messages: [user('q')], open: true }, 0);
    changeOwner(file, { pid: process.ppid, history: 'of a process that is no more' });
    expect((await (await opened(file, { driver })).read('s')).repairs).toHaveLength(1);
  });

  it.each([
    ['open', 1],
    ['not marked as open', 0],
  ])('that was written by hand, %s, is repaired as well', async (_what, open) => {
    const file = newFile();
    await (await opened(file, { driver })).close();
    const database = new DatabaseSync(file);
    database.exec("INSERT INTO session (id, name, created_at) VALUES (1, 's', '2024-01-01T00:00:00.000Z')");
    const insert = database.prepare(
      "INSERT INTO entry (session, sequence, kind, open, created_at, body) VALUES (1, ?, 'turn', ?, '2024-01-01T00:00:00.000Z', ?)",
    );
    insert.run(1, 0, JSON.stringify(turn('a', 'b')));
    insert.run(2, open, JSON.stringify({ messages: [user('q'), toolCall('t')] }));
    database.close();

    const history = await opened(file, { driver });
    const log = await history.read('s');
    expect(log.repairs).toHaveLength(1);
    expect(transcriptOf(log.entries).messages).toHaveLength(6);
    expect((await history.read('s')).repairs).toEqual([]);
    expect(await history.append('s', turn('c', 'd'), 3)).toBe(4);
  });
});

describe.each(drivers)('deleting, with %s', (driver) => {
  it('leaves no word of the session in the file, and makes it smaller', async () => {
    const file = newFile();
    const history = await opened(file, { driver });
    for (let n = 0; n < 10; n++) {
      await history.append('secret', turn(`the password of ${n} is swordfish `.repeat(120), 'noted'), n);
      await history.append('other', turn(`a harmless remark about ${n} `.repeat(120), 'noted'), n);
    }
    const before = readFileSync(file);
    expect(before.includes('swordfish')).toBe(true);

    await history.delete('secret');

    const after = readFileSync(file);
    expect(after.includes('swordfish')).toBe(false);
    expect(after.includes('secret')).toBe(false);
    expect(after.length).toBeLessThan(before.length * 0.7);
    expect((await history.read('other')).sequence).toBe(10);
  });
});
