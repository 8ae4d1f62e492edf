import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { openHistory } from 'lib/history';
import { testHistory } from 'lib/history/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import type { History } from '../../lib/history/history.ts';
import { toolCall, turn, user } from '../lib/history/messages.ts';
import { describeEach, newSchema } from './databases.ts';

describeEach((location, name) => {
  // PGlite starts once, and not for each test.
  let kept: History;
  beforeAll(async () => {
    kept = await openHistory(location, { schema: newSchema() });
  }, 120_000);
  afterAll(() => kept.close());

  async function opened(schema: string, options = {}): Promise<History> {
    const history = await openHistory(location, { schema, ...options });
    onTestFinished(() => history.close());
    return history;
  }

  testHistory((store) => openHistory(location, { schema: store.replaceAll('-', '_') }), {
    describe,
    it: (what, test) => it(what, test, 60_000),
    name,
  });

  it("is a conflict at once with { onConflict: 'fail' }, and names who has the session", async () => {
    const schema = newSchema();
    const one = await opened(schema);
    const other = await opened(schema, { onConflict: 'fail' });
    const claim = await one.claim?.('s');
    await expect(other.claim?.('s')).rejects.toMatchObject({
      kind: 'conflict',
      message: 'Session "s" is in the middle of a turn of another part of this program',
    });
    await claim?.release();
    await one.append('t', { messages: [user('q')], open: true }, 0);
    await expect(other.claim?.('t')).rejects.toMatchObject({ kind: 'conflict' });
    await (await other.claim?.('s'))?.release();
  });

  it('forgets a program that has not been heard of for a while, and what it had; it is told when it comes back', async () => {
    const schema = newSchema();
    const gone = await opened(schema, { abandonedAfterMs: 100_000 });
    const other = await opened(schema);
    await gone.claim?.('s');
    await gone.append('s', { messages: [user('q')], open: true }, 0);
    await gone.append('s', { messages: [toolCall('t')], open: true }, 1);
    expect((await other.read('s')).openElsewhere).toBeDefined();
    const waiting = other.claim?.('s');
    await silence(location, schema);
    const claim = await waiting;
    const log = await other.read('s');
    expect(log.repairs).toHaveLength(1);
    await expect(gone.append('s', turn('late', 'x'), 2)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await other.append('s', turn('a', 'b'), 3)).toBe(4);
    await expect(gone.append('s', turn('late', 'x'), 4)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('in the middle of a turn'),
    });
    await claim?.release();
    expect(await gone.append('s', turn('late', 'x'), 4)).toBe(5);
  });

  it.skipIf(name === 'PGlite')(
    'says again and again that it is alive, as long as it has something',
    async () => {
      const schema = newSchema();
      const busy = await opened(schema, { abandonedAfterMs: 6_000 });
      const other = await opened(schema);
      await busy.append('s', { messages: [user('q')], open: true }, 0);
      for (const end = performance.now() + 14_000; performance.now() < end; await delay(100))
        expect((await other.read('s')).repairs).toEqual([]);
    },
    60_000,
  );

  it('refuses a schema that is no name, and tables of a newer version, with what to do', async () => {
    await expect(openHistory(location, { schema: 'a"b' })).rejects.toMatchObject({ kind: 'request' });
    const schema = newSchema();
    await (await opened(schema)).close();
    await run(location, `UPDATE ${schema}.version SET version = 99`);
    await expect(openHistory(location, { schema })).rejects.toMatchObject({
      kind: 'file',
      message: expect.stringContaining('newer version'),
      hint: expect.stringContaining('Update this program'),
    });
  });

  it('is appended to and never changed, and finds a damaged entry', async () => {
    const schema = newSchema();
    const history = await opened(schema);
    await history.append('s', turn('a', 'b'), 0);
    await expect(run(location, `UPDATE ${schema}.entry SET body = '{}'`)).rejects.toThrow(
      'only ever appended',
    );
    await run(location, `ALTER TABLE ${schema}.entry DISABLE TRIGGER entry_is_never_changed`);
    await run(location, `UPDATE ${schema}.entry SET body = replace(body, 'a', 'x')`);
    await expect(history.read('s')).rejects.toMatchObject({ kind: 'corrupt' });
  });

  /** As if every program had been silent for a minute. */
  async function silence(at: string, schema: string): Promise<void> {
    await run(
      at,
      `UPDATE ${schema}.owner SET alive_until = clock_timestamp() - interval '1 second'
      WHERE id IN (SELECT owner FROM ${schema}.claim ORDER BY ticket LIMIT 1)`,
    );
  }

  async function run(at: string, sql: string): Promise<void> {
    const { openPostgres } = await import('../../lib/postgres/open-postgres.ts');
    const database = await openPostgres(at);
    try {
      await database.write((query) => query(sql));
    } finally {
      await database.close();
    }
  }
});

describe.skipIf(inject('postgresUrl') === '')('a server', () => {
  const url = inject('postgresUrl');

  it('that is not there, or lets nobody in, or has no such database, is told with what to do', async () => {
    await expect(openHistory('postgres://127.0.0.1:1/x')).rejects.toMatchObject({
      kind: 'network',
      retryable: true,
    });
    await expect(
      openHistory(url.replace(/postgres$/, 'nowhere').replace('//postgres', '//postgres:secret')),
    ).rejects.toMatchObject({
      kind: 'file',
      hint: expect.not.stringContaining('secret'),
    });
    await expect(openHistory(url.replace('postgres@', 'stranger@'))).rejects.toMatchObject({
      kind: 'credentials',
    });
  });

  it('that breaks every connection loses nothing and stores nothing twice', async () => {
    const schema = newSchema();
    const history = await openHistory(url, { schema });
    onTestFinished(() => history.close());
    const admin = new pg.Client(url);
    await admin.connect();
    onTestFinished(() => admin.end());
    const sql = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lib'`;
    let broken = 0;
    let sequence = 0;
    for (; sequence < 60; ) {
      const append = history.append('s', turn(`q${sequence}`, 'a'), sequence);
      if (sequence % 4 === 0) {
        await delay(Math.random() * 12);
        broken += (await admin.query(sql)).rows.length;
      }
      sequence = await append;
    }
    expect(broken).toBeGreaterThan(8);
    const { entries } = await history.read('s');
    expect(entries.map((entry) => 'messages' in entry && entry.messages[0]?.content[0]?.text)).toEqual(
      Array.from({ length: 60 }, (_, n) => `q${n}`),
    );
  }, 120_000);

  it('serves a user who may read and write rows, and nothing more', async () => {
    const schema = newSchema();
    const owner = await openHistory(url, { schema });
    onTestFinished(() => owner.close());
    const admin = new pg.Client(url);
    await admin.connect();
    onTestFinished(() => admin.end());
    await admin.query(`CREATE ROLE ${schema} LOGIN;
      GRANT USAGE ON SCHEMA ${schema} TO ${schema};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${schema}`);
    const limited = url.replace('postgres@', `${schema}@`);
    const history = await openHistory(limited, { schema });
    onTestFinished(() => history.close());
    const claim = await history.claim?.('s');
    expect(await history.append('s', { messages: [user('q')], open: true }, 0)).toBe(1);
    expect(await history.append('s', turn('a', 'b'), 1)).toBe(2);
    await claim?.release();
    expect((await owner.read('s')).sequence).toBe(2);
    expect(await history.delete('s')).toBe(true);
    await expect(openHistory(limited, { schema: `${schema}_new` })).rejects.toMatchObject({
      kind: 'access-denied',
    });
  });

  it('repairs what a crash has left for a user who may only read, and for that user alone', async () => {
    const schema = newSchema();
    const crashed = await openHistory(url, { schema });
    await crashed.append('s', { messages: [user('q')], open: true }, 0);
    await crashed.append('s', { messages: [toolCall('t')], open: true }, 1);
    await crashed.close();
    const admin = new pg.Client(url);
    await admin.connect();
    onTestFinished(() => admin.end());
    await admin.query(`CREATE ROLE ${schema} LOGIN;
      GRANT USAGE ON SCHEMA ${schema} TO ${schema};
      GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${schema}`);
    const reader = await openHistory(url.replace('postgres@', `${schema}@`), { schema });
    onTestFinished(() => reader.close());
    for (let time = 0; time < 2; time++) {
      const { entries, repairs, sequence } = await reader.read('s');
      expect([entries.length, repairs.length, sequence]).toEqual([3, 1, 2]);
    }
    const owner = await openHistory(url, { schema });
    onTestFinished(() => owner.close());
    const { repairs, sequence } = await owner.read('s');
    expect([repairs.length, sequence]).toEqual([1, 3]);
    expect((await reader.read('s')).repairs).toEqual([]);
  });

  it('names the machine and the process that has a session', async () => {
    const schema = newSchema();
    const history = await openHistory(url, { schema });
    onTestFinished(() => history.close());
    await history.append('s', { messages: [user('q')], open: true }, 0);
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query(`SELECT host, pid FROM ${schema}.owner`);
    await client.end();
    expect(rows).toEqual([{ host: hostname(), pid: process.pid }]);
  });
});
