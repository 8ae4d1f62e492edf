import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestHistoryOptions, testHistory } from 'lib/history/testing';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { History } from '../../../lib/history/history.ts';
import { openHistory } from '../../../lib/history/open-history.ts';
import { drivers } from './drivers.ts';
import { openMapHistory, type Shelf } from './map-history.ts';
import { turn } from './messages.ts';

const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const driver of drivers) {
  testHistory((store) => openHistory(join(folder, `${store}.sqlite`), { driver }), {
    describe,
    it,
    name: `${driver}, in a file`,
  });
  testHistory(() => openHistory(':memory:', { driver }), {
    describe,
    it,
    name: `${driver}, in memory`,
    shared: false,
  });
}

const shelves = new Map<string, Shelf>();

function shelf(store: string): Shelf {
  const known = shelves.get(store) ?? { sessions: new Map(), owners: new Map(), closed: new Set() };
  shelves.set(store, known);
  return known;
}

testHistory(async (store) => openMapHistory(shelf(store)), {
  describe,
  it,
  name: 'a history of keys and values, by somebody else',
});

describe('the tests of a history', () => {
  /** Runs them by a framework of four lines, and gives the names of those that fail. */
  async function failing(change: (history: History) => Partial<History>): Promise<string[]> {
    const tests: [string, () => Promise<void>][] = [];
    const framework: TestHistoryOptions = {
      describe: (_, body) => body(),
      it: (name, test) => tests.push([name, test]),
    };
    testHistory(async (store) => {
      const history = openMapHistory(shelf(store));
      return { ...history, ...change(history) };
    }, framework);
    const failed: string[] = [];
    for (const [name, test] of tests) await test().catch(() => failed.push(name));
    return failed;
  }

  it('pass for what keeps every promise', async () => {
    expect(await failing(() => ({}))).toEqual([]);
  });

  it('find a store that loses bytes, one that ignores conflicts, and a reader that repairs what is under way', async () => {
    const loseBytes = await failing(({ append }) => ({
      append: (id, entry, expected) =>
        append(id, entry === undefined ? entry : (JSON.parse(JSON.stringify(entry)) as never), expected),
    }));
    expect(loseBytes).toContain('keeps bytes, unknown kinds of blocks and awkward text as they are');

    const ignoreConflicts = await failing(({ append, read }) => ({
      append: async (id, entry, expected) =>
        append(id, entry, expected < 0 ? expected : (await read(id)).sequence),
    }));
    expect(ignoreConflicts).toContain(
      'refuses an entry that does not follow the last one, and stores nothing',
    );
    expect(ignoreConflicts).toContain('sees at once what another history has stored, and removed');

    const repairAlways = await failing(({ read }) => ({
      async read(id) {
        const { openElsewhere, ...log } = await read(id);
        return openElsewhere === undefined ? log : { ...log, repairs: ['It was cut off.'] };
      },
    }));
    expect(repairAlways).toEqual([
      'leaves a turn alone that another history has open, and lets nobody else append',
    ]);
  });
});

describe.each(drivers)('what a history says, with %s', (driver) => {
  async function opened(): Promise<History> {
    const history = await openHistory(':memory:', { driver });
    onTestFinished(() => history.close());
    return history;
  }

  it.each([
    ['', turn('a', 'b'), 0, 'no id'],
    ['a\0b', turn('a', 'b'), 0, 'cannot be stored'],
    ['\ud83d', turn('a', 'b'), 0, 'cannot be stored'],
    ['s', turn('a', 'b'), -1, 'sequence number'],
    ['s', undefined, 0, 'neither a turn nor a summary'],
    ['s', { messages: [] }, 0, 'no messages'],
    ['s', { messages: [{ role: 'user' }] }, 0, 'neither a turn'],
    ['s', { messages: [{ role: 'system', content: [] }] }, 0, 'neither a turn'],
    ['s', { summary: ' \n', coversTo: 0 }, 0, 'summary is empty'],
    ['s', { summary: 'x', coversTo: 1 }, 0, 'up to 1'],
    ['s', { messages: [{ role: 'user', content: [{ text: 1n }] }] }, 0, 'stored'],
  ])('names what is wrong with an entry: %j, %o after %i', async (sessionId, entry, expected, text) => {
    await expect((await opened()).append(sessionId, entry as never, expected)).rejects.toMatchObject({
      kind: 'request',
      message: expect.stringContaining(text),
    });
  });

  it('says to read again after a conflict, to finish an open turn, and to open again what was closed', async () => {
    const history = await opened();
    await history.append('s', turn('one', '1'), 0);
    await expect(history.append('s', turn('two', '2'), 0)).rejects.toMatchObject({
      message: expect.stringContaining('Session "s" has 1 entr'),
      hint: expect.stringContaining('Read the session again'),
    });
    await history.append('s', { messages: turn('q', '').messages.slice(0, 1), open: true }, 1);
    await expect(history.append('s', { summary: 'x', coversTo: 2 }, 2)).rejects.toMatchObject({
      message: expect.stringContaining('end inside a turn'),
    });
    await history.close();
    await expect(history.read('s')).rejects.toMatchObject({
      kind: 'file',
      message: expect.stringContaining('was closed'),
      hint: expect.stringContaining('Open it again'),
    });
  });
});
