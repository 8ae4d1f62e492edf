/**
 * What every `History` promises, as tests: for a store of your own (PostgreSQL, DynamoDB, Redis). It needs no test
 * framework but two functions that vitest, Jest, Mocha and `node:test` all have.
 *
 *   import { describe, it } from 'vitest';
 *   import { testHistory } from 'lib/history/testing';
 *
 *   testHistory((store) => openMyHistory({ table: store }), { describe, it });
 */
import assert from 'node:assert/strict';
import { isLibError } from '../base/errors.ts';
import type { Message } from '../base/message.ts';
import type { History, HistoryEntry, LogPart, Summary, Turn } from './history.ts';
import { transcriptOf } from './transcript.ts';

/**
 * Opens the store of this name, which is a new one for each test. Opened twice, one store has two histories, as two
 * processes have; each is closed by the test.
 */
export type MakeHistory = (store: string) => Promise<History>;

export interface TestHistoryOptions {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, test: () => Promise<void>) => void;
  /** What is tested, in the tests' names. Default `History`. */
  readonly name?: string;
  /** `false`: a store cannot be opened twice, such as one in memory, and what two histories promise is not asked. */
  readonly shared?: boolean;
}

interface Opened {
  /** One more history on the same store. */
  open(): Promise<History>;
}

/** Defines the tests of a `History`, some thirty. */
export function testHistory(makeHistory: MakeHistory, options: TestHistoryOptions): void {
  const { describe, it, name = 'History', shared = true } = options;

  function test(what: string, body: (history: History, opened: Opened) => Promise<void>): void {
    it(what, async () => {
      const store = `history-${process.pid}-${Date.now()}-${Math.random().toString(36).slice(2)}`;
      const histories: History[] = [];
      const open = async () => {
        const history = await makeHistory(store);
        histories.push(history);
        return history;
      };
      try {
        await body(await open(), { open });
      } finally {
        for (const history of histories) await history.close();
      }
    });
  }

  describe(name, () => {
    testOne(test);
    if (shared) testTwo(test);
    if (shared) testClaims(test);
  });
}

type Define = (what: string, body: (history: History, opened: Opened) => Promise<void>) => void;

function testOne(test: Define): void {
  test('gives back what was stored, in order, numbered from 1', async (history) => {
    const first: Turn = {
      ...turn('Hello', 'Konnichiwa'),
      modelId: 'amazon.nova-micro-v1:0',
      stopReason: 'end_turn',
      usage: { inputTokens: 3, outputTokens: 5, totalTokens: 8, cacheReadInputTokens: 1 },
      costUsd: 0.000_01,
    };
    assert.equal(await history.append('anna', first, 0), 1);
    assert.equal(await history.append('anna', turn('Thanks', 'Arigatou'), 1), 2);
    const log = await history.read('anna');
    assert.equal(log.sequence, 2);
    assert.deepEqual(log.repairs, []);
    assert.deepEqual(log.entries.map(withoutTime), [
      { ...first, sequence: 1 },
      { ...turn('Thanks', 'Arigatou'), sequence: 2 },
    ]);
    for (const { createdAt } of log.entries) assert.equal(new Date(createdAt).toISOString(), createdAt);
  });

  test('has no entries for a session that does not exist, and does not make it by reading', async (history) => {
    assert.deepEqual(await history.read('nobody'), { entries: [], sequence: 0, repairs: [] });
    assert.deepEqual(await history.sessions(), []);
  });

  test('keeps bytes, unknown kinds of blocks and awkward text as they are', async (history) => {
    const messages = [
      {
        role: 'user',
        content: [
          { text: 'quote \' " back\\slash NUL \0 newline \n emoji 👩‍🚀 half \ud83d end' },
          { image: { format: 'png', source: { bytes: new Uint8Array([0, 255, 128, 10]) } } },
          { document: { format: 'txt', name: 'a', source: { bytes: Buffer.from('buffer') } } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { somethingNew: { deep: [{ bytes: new Uint8Array() }, null, 1.5, { $bytes: 'not bytes' }] } },
          { toolUse: { toolUseId: 'a', name: 'b', input: { $$bytes: 1, __proto__: null } } },
          { text: '' },
        ],
      },
      { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ json: {} }] } }] },
      { role: 'assistant', content: [] },
    ] as unknown as Turn['messages'];
    await history.append('s', { messages }, 0);
    const [entry] = (await history.read('s')).entries;
    assert.deepEqual(plain((entry as Turn).messages), plain(messages));
  });

  test('refuses an entry that does not follow the last one, and stores nothing', async (history) => {
    await history.append('s', turn('one', '1'), 0);
    for (const expected of [0, 2, 7])
      await refused('conflict', history.append('s', turn('two', '2'), expected));
    await refused('conflict', history.append('new', turn('x', 'y'), 1));
    assert.equal((await history.read('s')).sequence, 1);
    assert.deepEqual(await sessionIds(history), ['s']);
  });

  test('lets exactly one of many simultaneous appends through', async (history) => {
    const attempts = Array.from({ length: 8 }, (_, n) => history.append('s', turn(`q${n}`, 'a'), 0));
    await exactlyOne(history, attempts);
  });

  test('keeps a summary as an entry beside those it covers', async (history) => {
    await history.append('s', turn('one', '1'), 0);
    await history.append('s', { summary: 'We counted.', coversTo: 1, costUsd: 0.1 }, 1);
    assert.deepEqual((await history.read('s')).entries.map(withoutTime), [
      { ...turn('one', '1'), sequence: 1 },
      { summary: 'We counted.', coversTo: 1, costUsd: 0.1, sequence: 2 },
    ]);
  });

  for (const [what, sessionId, entry, expected] of wrongEntries) {
    test(`refuses ${what} and stores nothing`, async (history) => {
      await refused('request', history.append(sessionId, entry as never, expected));
      assert.deepEqual(await history.sessions(), []);
    });
  }

  test('lists the sessions, the one used last first, with their first words as title', async (history) => {
    await history.append('a', { messages: [user('  How do\n I ask for\tthe way?  '), assistant('…')] }, 0);
    await history.append('b', turn('あ'.repeat(100), 'long'), 0);
    await history.append('c', { messages: [assistant('Only I speak.')] }, 0);
    await history.append('a', turn('And back?', '…'), 1);
    const sessions = await history.sessions();
    assert.deepEqual(
      sessions.map(({ sessionId, turns, title }) => ({ sessionId, turns, title })),
      [
        { sessionId: 'a', turns: 2, title: 'How do I ask for the way?' },
        { sessionId: 'c', turns: 1, title: '' },
        { sessionId: 'b', turns: 1, title: `${'あ'.repeat(79)}…` },
      ],
    );
    for (const { createdAt, updatedAt } of sessions) assert.ok(createdAt <= updatedAt);
  });

  test('deletes a session whole, and only that one; its name can be used again', async (history) => {
    await history.append('a', turn('one', '1'), 0);
    await history.append('a', turn('two', '2'), 1);
    await history.append('b', turn('three', '3'), 0);
    assert.equal(await history.delete('a'), true);
    assert.equal(await history.delete('a'), false);
    assert.equal((await history.read('a')).sequence, 0);
    assert.equal((await history.read('b')).sequence, 1);
    await refused('conflict', history.append('a', turn('four', '4'), 2));
    assert.equal(await history.append('a', turn('four', '4'), 0), 1);
  });

  test('takes a turn in parts, and repairs none of them while it is in the middle of it', async (history) => {
    await history.append('s', { messages: [user('What time is it?')], open: true }, 0);
    await history.append('s', { messages: [toolCall('t1')], open: true }, 1);
    const log = await history.read('s');
    assert.deepEqual(log.repairs, []);
    assert.equal(log.openElsewhere, undefined);
    assert.deepEqual(
      log.entries.map((entry) => 'open' in entry && entry.open),
      [true, true],
    );
    await refused('request', history.append('s', { summary: 'x', coversTo: 2 }, 2));
    assert.equal(await history.append('s', { messages: [toolResult('t1'), assistant('Nine.')] }, 2), 3);
    assert.equal(transcriptOf((await history.read('s')).entries).messages.length, 4);
    assert.equal((await history.sessions())[0]?.turns, 1);
  });

  for (const [what, part, from, end] of parts) {
    test(`reads a part of a log: ${what}`, async (history) => {
      let sequence = 0;
      for (const entry of partedLog) sequence = await history.append('s', entry, sequence);
      const { entries } = await history.read('s');
      const read = await history.read('s', part);
      assert.equal(read.sequence, sequence);
      assert.deepEqual(read.repairs, []);
      assert.deepEqual(
        read.entries.filter((entry) => entry.sequence >= from && entry.sequence < end),
        entries.slice(from - 1, end - 1),
      );
      // A store may give more, and leaves nothing out.
      const first = read.entries[0]?.sequence ?? end;
      assert.deepEqual(read.entries, entries.slice(first - 1, first - 1 + read.entries.length));
    });
  }

  test('reads no part of a session that does not exist', async (history) => {
    assert.deepEqual(await history.read('nobody', { turns: 2 }), { entries: [], sequence: 0, repairs: [] });
  });

  test('waits for what is under way when it is closed, may be closed twice, and then says so', async (history) => {
    const append = history.append('s', turn('a', 'b'), 0);
    await Promise.all([history.close(), history.close()]);
    assert.equal(await append, 1);
    await refused('file', history.read('s'));
    await history.close();
  });
}

function testTwo(test: Define): void {
  test('sees at once what another history has stored, and removed', async (one, { open }) => {
    const other = await open();
    await one.append('s', turn('from one', 'a'), 0);
    await refused('conflict', other.append('s', turn('stale', 'b'), 0));
    assert.equal((await other.read('s')).sequence, 1);
    await other.append('s', turn('from the other', 'b'), 1);
    assert.equal((await one.read('s')).sequence, 2);
    assert.deepEqual(await sessionIds(one), ['s']);
    await other.delete('s');
    assert.equal((await one.read('s')).sequence, 0);
  });

  test('lets exactly one of two histories append to the same place', async (one, { open }) => {
    const other = await open();
    const attempts = Array.from({ length: 8 }, (_, n) =>
      (n % 2 === 0 ? one : other).append('s', turn(`q${n}`, 'a'), 0),
    );
    await exactlyOne(one, attempts);
  });

  test('leaves a turn alone that another history has open, and lets nobody else append', async (busy, {
    open,
  }) => {
    const other = await open();
    await busy.append('s', { messages: [user('q')], open: true }, 0);
    await busy.append('s', { messages: [toolCall('t')], open: true }, 1);
    for (let time = 0; time < 2; time++) {
      const log = await other.read('s');
      assert.deepEqual(log.repairs, [], 'a reader must not repair a turn that is under way elsewhere');
      assert.equal(log.sequence, 2);
      assert.equal(typeof log.openElsewhere, 'string');
    }
    await refused('conflict', other.append('s', turn('a', 'b'), 2));
    await refused('conflict', other.append('s', { messages: [toolResult('t')], open: true }, 2));
    assert.equal(await busy.append('s', { messages: [toolResult('t'), assistant('Done.')] }, 2), 3);
    assert.equal((await other.read('s')).openElsewhere, undefined);
    assert.equal(await other.append('s', turn('a', 'b'), 3), 4);
  });

  test('repairs a turn whose history was closed in the middle of it, once, for all', async (first, {
    open,
  }) => {
    await first.append('s', { messages: [user('q')], open: true }, 0);
    await first.append('s', { messages: [toolCall('t')], open: true }, 1);
    const [one, other] = [await open(), await open()];
    await first.close();
    await refused('conflict', one.append('s', turn('a', 'b'), 2));
    const logs = await Promise.all([one.read('s'), other.read('s')]);
    assert.deepEqual(
      logs.map(({ sequence }) => sequence),
      [3, 3],
    );
    assert.equal(logs.flatMap(({ repairs }) => repairs).length, 1);
    const again = await other.read('s');
    assert.deepEqual(again.repairs, []);
    const roles = transcriptOf(again.entries).messages.map(({ role }) => role);
    assert.deepEqual(roles, ['user', 'assistant', 'user', 'assistant']);
    assert.equal(await other.append('s', turn('a', 'b'), 3), 4);
  });
}

/** For a history that has `claim`; one without promises nothing here. */
function testClaims(test: Define): void {
  test('lets one at a time have a session, in the order in which they came', async (one, { open }) => {
    const other = await open();
    if (one.claim === undefined || other.claim === undefined) return;
    const first = await one.claim('s');
    assert.equal(first.sequence, 0);
    const order: string[] = [];
    const waiting = [];
    for (const [name, history] of Object.entries({ other, one })) {
      const claim = history.claim?.('s').then(async (claimed) => {
        order.push(`${name} at ${claimed?.sequence}`);
        await history.append('s', turn(name, 'a'), claimed?.sequence ?? -1);
        await claimed?.release();
      });
      waiting.push(claim);
      // A store works on what it was asked first before it does this: by then it knows who waits.
      await refused('conflict', other.append('s', turn('x', 'y'), 0));
      await history.read('s');
    }
    assert.deepEqual(order, []);
    await one.append('s', turn('first', 'a'), 0);
    await first.release();
    await first.release();
    await Promise.all(waiting);
    assert.deepEqual(order, ['other at 1', 'one at 2']);
    assert.equal((await other.read('s')).sequence, 3);
    await other.append('s', turn('last', 'a'), 3);
  });

  test('keeps the sessions apart, and a claim that nobody waits for any more', async (one, { open }) => {
    const other = await open();
    if (one.claim === undefined || other.claim === undefined) return;
    const claim = await one.claim('s');
    await (await other.claim('another')).release();
    const controller = new AbortController();
    const waiting = other.claim('s', { signal: controller.signal });
    controller.abort();
    await refused('aborted', waiting);
    await claim.release();
    await (await other.claim('s')).release();
  });

  test('gives a session back when the history that had it is closed', async (one, { open }) => {
    const other = await open();
    if (one.claim === undefined || other.claim === undefined) return;
    await one.claim('s');
    const waiting = other.claim('s');
    await one.close();
    await (await waiting).release();
    assert.equal(await other.append('s', turn('a', 'b'), 0), 1);
  });
}

const partedLog: readonly (Turn | Summary)[] = [
  turn('one', '1'),
  turn('two', '2'),
  { summary: 'We count.', coversTo: 1 },
  { messages: [user('What time is it?')], open: true },
  { messages: [toolCall('t1')], open: true },
  { messages: [toolResult('t1'), assistant('Nine.')] },
  turn('three', '3'),
  { ...turn('three, anew', '3'), replaces: 7 },
];

/** What is asked for, the number of the first entry that belongs to it, and that of the first after it. */
const parts: readonly (readonly [string, LogPart, number, number])[] = [
  ['the last turn, with the one that it replaces', { turns: 1 }, 7, 9],
  ['two turns, of which one was stored in parts', { turns: 2 }, 4, 9],
  ['more turns than there are', { turns: 50 }, 1, 9],
  ['what comes before an entry', { turns: 1, before: 7 }, 4, 7],
  ['all that comes before an entry', { before: 4 }, 1, 4],
  ['what the last summary does not cover', { sinceSummary: true }, 2, 9],
];

const wrongEntries: readonly (readonly [string, string, unknown, number])[] = [
  ['an empty session id', '', turn('a', 'b'), 0],
  ['a session id with a NUL', 'a\0b', turn('a', 'b'), 0],
  ['half a character as session id', '\ud83d', turn('a', 'b'), 0],
  ['a sequence number that is none', 's', turn('a', 'b'), -1],
  ['no entry', 's', undefined, 0],
  ['a turn without messages', 's', { messages: [] }, 0],
  ['a message without content', 's', { messages: [{ role: 'user' }] }, 0],
  ['a system message', 's', { messages: [{ role: 'system', content: [] }] }, 0],
  ['a blank summary', 's', { summary: ' \n', coversTo: 0 }, 0],
  ['a summary of what is not there', 's', { summary: 'x', coversTo: 1 }, 0],
  ['what JSON cannot hold', 's', { messages: [{ role: 'user', content: [{ text: 1n }] }] }, 0],
];

async function exactlyOne(history: History, attempts: readonly Promise<number>[]): Promise<void> {
  const outcomes = await Promise.allSettled(attempts);
  const winners = [...outcomes.entries()].filter(([, { status }]) => status === 'fulfilled');
  assert.equal(winners.length, 1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') await refused('conflict', Promise.reject(outcome.reason));
  }
  const { entries } = await history.read('s');
  assert.deepEqual(entries.map(withoutTime), [{ ...turn(`q${winners[0]?.[0]}`, 'a'), sequence: 1 }]);
}

/** An error of this kind, with a next step. */
async function refused(kind: string, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(isLibError(error), `a LibError was expected, not ${error}`);
    assert.equal(error.kind, kind);
    assert.match(error.hint, /\w{3}/);
    return true;
  });
}

async function sessionIds(history: History): Promise<string[]> {
  return (await history.sessions()).map(({ sessionId }) => sessionId);
}

function withoutTime({ createdAt: _, ...entry }: HistoryEntry): unknown {
  return plain(entry);
}

/** As it is compared: a Buffer is the bytes that it holds, and every object a plain one. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

function user(text: string): Message {
  return { role: 'user', content: [{ text }] };
}

function assistant(text: string): Message {
  return { role: 'assistant', content: [{ text }] };
}

function turn(question: string, answer: string): Turn {
  return { messages: [user(question), assistant(answer)] };
}

function toolCall(toolUseId: string): Message {
  return { role: 'assistant', content: [{ toolUse: { toolUseId, name: 'clock', input: {} } }] };
}

function toolResult(toolUseId: string): Message {
  return { role: 'user', content: [{ toolResult: { toolUseId, content: [{ text: '09:00' }] } }] };
}
