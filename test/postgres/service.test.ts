import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Message } from 'lib';
import { openHistory } from 'lib/history';
import { type LocalBedrock, startLocalBedrock } from 'lib/local-bedrock';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';

const url = inject('postgresUrl');
const script = join(import.meta.dirname, '../../docs/service/service.ts');
/** Nothing here is a matter of milliseconds: a loaded machine may take its time. */
const patient = { timeout: 120_000 };

interface Service {
  readonly child: ChildProcess;
  readonly url: string;
  /** What it has logged. */
  readonly log: Record<string, unknown>[];
}

interface Said {
  readonly event: string;
  readonly data: unknown;
}

describe.skipIf(url === '')('the service of docs/, three processes on one PostgreSQL', () => {
  let bedrock: LocalBedrock;
  let address: string;
  const services: Service[] = [];

  beforeAll(async () => {
    const database = `service_${Date.now()}`;
    const admin = new pg.Client(url);
    await admin.connect();
    await admin.query(`CREATE DATABASE ${database} TEMPLATE template0`);
    await admin.end();
    address = url.replace(/postgres$/, database);
    bedrock = await startLocalBedrock();
    services.push(
      ...(await Promise.all([start(), start(), start({ ON_CONFLICT: 'fail', TURNS_PER_MINUTE: '4' })])),
    );
  }, 240_000);

  afterAll(async () => {
    for (const { child } of services) child.kill('SIGKILL');
    await bedrock.close();
  });

  async function start(settings = {}): Promise<Service> {
    const env = {
      ...process.env,
      ...settings,
      PORT: '0',
      DATABASE_URL: address,
      TOKENS: 'a=sales/anna,b=sales/ben,c=other/carl',
      AWS_ENDPOINT_URL_BEDROCK: bedrock.url,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-east-1',
    };
    const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const log: Record<string, unknown>[] = [];
    lines.on('line', (line) => log.push(JSON.parse(line)));
    await Promise.race([
      once(lines, 'line'),
      once(child, 'exit').then(() => Promise.reject(new Error('The service has ended'))),
    ]);
    return { child, url: `http://127.0.0.1:${log[0]?.up}`, log };
  }

  /** One of the three. */
  function service(name: 'first' | 'second' | 'hasty'): Service {
    const found = services[['first', 'second', 'hasty'].indexOf(name)];
    if (found === undefined) throw new Error('It has not started');
    return found;
  }

  const path = (session: string) => `/sessions/${session}`;

  function say(at: Service, session: string, text: string, token = 'a'): Promise<Response> {
    return fetch(`${at.url}${path(session)}/turns`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    });
  }

  async function messagesOf(at: Service, session: string, token = 'a'): Promise<readonly Message[]> {
    const answer = await fetch(`${at.url}${path(session)}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return (await answer.json()) as Message[];
  }

  /** Until so many have the session or wait for it. */
  async function untilQueued(claims: number): Promise<void> {
    const client = new pg.Client(address);
    await client.connect();
    onTestFinished(() => client.end());
    const sql = `SELECT 1 FROM lib.claim WHERE session = 'sales/shared'`;
    await expect.poll(async () => (await client.query(sql)).rows.length, { timeout: 60_000 }).toBe(claims);
  }

  const calls = () => bedrock.requests().filter(({ operation }) => operation === 'ConverseStream').length;

  it('streams an answer, and any process goes on with the conversation', patient, async () => {
    const told = await all(await say(service('first'), 'sum', 'What is 17 + 25?'));
    expect(told.filter(({ event }) => event === 'text').length).toBeGreaterThan(1);
    expect(textOf(told)).toContain('42');
    expect(told.at(-1)).toMatchObject({
      event: 'done',
      data: { stopReason: 'end_turn', costUsd: expect.any(Number) },
    });
    await all(await say(service('second'), 'sum', 'What is 1 + 1?'));
    const messages = await messagesOf(service('hasty'), 'sum');
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect(await messagesOf(service('first'), 'sum', 'c'), 'another team').toEqual([]);
    for (const { url } of services) {
      expect((await fetch(`${url}/health`)).status).toBe(200);
      expect((await fetch(`${url}/ready`)).status).toBe(200);
    }
  });

  it(
    'answers two users in one conversation at once, at two processes: in order, each once',
    patient,
    async () => {
      const before = calls();
      const holder = await openHistory(address);
      onTestFinished(() => holder.close());
      const claim = await holder.claim?.('sales/shared');
      const one = say(service('first'), 'shared', 'What is 2 + 3?', 'a');
      await untilQueued(2);
      const other = say(service('second'), 'shared', 'What is 4 + 5?', 'b');
      await untilQueued(3);
      const refused = await say(service('hasty'), 'shared', 'What is 6 + 7?', 'b');
      expect(refused.status).toBe(409);
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(await refused.json()).toMatchObject({ error: { kind: 'conflict', retryAfter: 2 } });
      await claim?.release();
      expect(textOf(await all(await one))).toContain('5');
      expect(textOf(await all(await other))).toContain('9');
      expect(calls() - before, 'paid').toBe(2);
      const questions = (await messagesOf(service('first'), 'shared')).filter(({ role }) => role === 'user');
      expect(questions.map(({ content }) => content[0]?.text)).toEqual(['What is 2 + 3?', 'What is 4 + 5?']);
    },
  );

  it(
    'refuses with a status, a kind and a time: no sign-in, nothing said, no answer, too many',
    patient,
    async () => {
      const hasty = service('hasty');
      expect((await say(hasty, 's', 'Hello', 'nobody')).status).toBe(401);
      expect((await say(hasty, 's', ' ', 'c')).status).toBe(400);
      for (const body of ['null', '[]', 'no JSON']) {
        const headers = { authorization: 'Bearer c' };
        const answer = await fetch(`${hasty.url}${path('s')}/turns`, { method: 'POST', headers, body });
        expect(answer.status, body).toBe(400);
      }
      expect((await say(hasty, 's', 'x'.repeat(100_000), 'c')).status).toBe(413);
      bedrock.fault('ServiceQuotaExceededException', { times: 1 });
      const broken = await say(hasty, 's', 'Hello', 'c');
      expect(broken.status).toBe(500);
      expect(await broken.text()).not.toMatch(/quota/i);
      expect(hasty.log.at(-1)).toMatchObject({ failed: 'quota', hint: expect.any(String) });
      bedrock.fault('ThrottlingException', { times: 50 });
      const busy = await say(hasty, 's', 'Hello', 'c');
      bedrock.clearFaults();
      expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '5']);
      await all(await say(hasty, 's', 'Hello', 'c'));
      await all(await say(hasty, 's', 'Hello', 'c'));
      const tooMany = await say(hasty, 's', 'Hello', 'c');
      expect([tooMany.status, tooMany.headers.get('retry-after')]).toEqual([429, '60']);
      expect(await messagesOf(hasty, 's', 'c')).toHaveLength(4);
    },
  );

  it(
    'that is killed in the middle of an answer leaves the conversation to the others, as it was',
    patient,
    async () => {
      const doomed = await start();
      onTestFinished(() => void doomed.child.kill('SIGKILL'));
      await all(await say(doomed, 'killed', 'What is 1 + 2?'));
      bedrock.fault('stall:after=4', { times: 1, operation: 'ConverseStream' });
      const half = await say(doomed, 'killed', 'What is 3 + 4?');
      expect(half.status).toBe(200);
      doomed.child.kill('SIGKILL');
      await expect(all(half)).rejects.toThrow();
      // It waits until the dead process has lost the conversation, and is answered.
      expect(textOf(await all(await say(service('second'), 'killed', 'What is 5 + 6?')))).toContain('11');
      const messages = await messagesOf(service('first'), 'killed');
      expect(messages.map(({ content }) => content[0]?.text).filter((_, place) => place % 2 === 0)).toEqual([
        'What is 1 + 2?',
        'What is 5 + 6?',
      ]);
    },
  );

  it(
    'that is asked to end says so, finishes its answers, gives back what it has, and ends well',
    patient,
    async () => {
      const leaving = await start();
      onTestFinished(() => void leaving.child.kill('SIGKILL'));
      bedrock.fault('slow:ms=100', { times: 1 });
      const last = await say(leaving, 'leaving', 'What is 7 + 8?');
      leaving.child.kill('SIGTERM');
      const next = say(service('second'), 'leaving', 'What is 9 + 9?');
      expect((await all(last)).at(-1)?.event).toBe('done');
      expect(textOf(await all(await next))).toContain('18');
      if (leaving.child.exitCode === null) await once(leaving.child, 'exit');
      expect(leaving.child.exitCode).toBe(0);
      expect(await messagesOf(service('first'), 'leaving')).toHaveLength(4);
    },
  );

  it('stops the answer of a caller who has gone, and keeps nothing of it', patient, async () => {
    bedrock.fault('stall:after=4', { times: 1, operation: 'ConverseStream' });
    const leave = new AbortController();
    const left = await fetch(`${service('first').url}${path('left')}/turns`, {
      method: 'POST',
      headers: { authorization: 'Bearer a' },
      body: JSON.stringify({ text: 'What is 3 + 4?' }),
      signal: leave.signal,
    });
    expect(left.status).toBe(200);
    leave.abort();
    await all(await say(service('second'), 'left', 'What is 8 + 8?'));
    expect(await messagesOf(service('second'), 'left')).toHaveLength(2);
  });
});

/** The events of an answer. */
async function all(answer: Response): Promise<Said[]> {
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  const events = (await answer.text()).split('\n\n').filter((event) => event !== '');
  return events.map((event) => {
    const { event: name = '', data = 'null' } = Object.fromEntries(
      event.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    return { event: name, data: JSON.parse(data) };
  });
}

function textOf(told: readonly Said[]): string {
  return told.flatMap(({ event, data }) => (event === 'text' ? [String(data)] : [])).join('');
}
