/**
 * What the local endpoint costs: requests a second, the CPU time of one request beside that of a plain `node:http`
 * server that answers the same bytes, microseconds a streamed frame, memory under a long load, and time to start.
 *
 *   npm run bench -- local-bedrock [--long]
 *
 * `--long`: the memory after 100,000 requests, too.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Load, overHttp1, overHttp2 } from './local-bedrock/load.ts';
import type { FromServer, ToServer } from './local-bedrock/server.ts';

const rounds = 9;
const warmUps = 2;
const path = '/model/amazon.nova-micro-v1%3A0/converse';
const ask = (text: string) => JSON.stringify({ messages: [{ role: 'user', content: [{ text }] }] });
const question = ask('What is 17 + 25?');

type Message<Key extends string> = Extract<FromServer, Record<Key, unknown>>;
type Server = Awaited<ReturnType<typeof start>>;

async function start(kind: 'endpoint' | 'echo', { echoed = '', cache = '' } = {}) {
  const file = join(import.meta.dirname, 'local-bedrock', 'server.ts');
  const child = fork(file, [kind, echoed, cache], { execArgv: ['--expose-gc'] });
  const { url, startMs } = (await next(child)) as Message<'url'>;
  const answerTo = (message: ToServer) => {
    const answer = next(child);
    child.send(message);
    return answer;
  };
  return {
    url,
    startMs,
    cpuMicros: async () => ((await answerTo('cpu')) as Message<'cpuMicros'>).cpuMicros,
    memory: async () => (await answerTo('memory')) as Message<'rss'>,
    async end() {
      const ended = once(child, 'exit');
      child.send('end' satisfies ToServer);
      await ended;
    },
  };
}

async function next(child: ChildProcess): Promise<FromServer> {
  const [message] = await once(child, 'message');
  return message as FromServer;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The results of `run`, without those of the first rounds, which warm up. */
async function repeated<T>(run: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < warmUps + rounds; round += 1) results.push(await run());
  return results.slice(warmUps);
}

/** Microseconds of each server's CPU for each of the requests that `send` sends to it. */
async function cpuOf(servers: readonly Server[], requests: number, send: () => Promise<unknown>) {
  const read = () => Promise.all(servers.map((server) => server.cpuMicros()));
  const before = await read();
  await send();
  const after = await read();
  return after.map((micros, index) => (micros - (before[index] ?? Number.NaN)) / requests);
}

/** Requests a second, of one server alone. */
async function speedOf(send: typeof overHttp1, load: Load, url: string): Promise<number> {
  const times = await repeated(() => send(load, url));
  return Math.round((load.requests / median(times)) * 1000);
}

async function compare(): Promise<void> {
  const endpoint = await start('endpoint');
  const answer = await (await fetch(endpoint.url + path, { method: 'POST', body: question })).text();
  const echo = await start('echo', { echoed: answer });
  const requests = 2_000;
  const rows: Record<string, string | number>[] = [];
  for (const clients of [1, 16, 200]) {
    const load: Load = { path, body: question, clients, requests };
    const costs = await repeated(() =>
      cpuOf([endpoint, echo], requests, () => overHttp1(load, endpoint.url, echo.url)),
    );
    const http2 = await repeated(() => cpuOf([endpoint], requests, () => overHttp2(load, endpoint.url)));
    rows.push({
      clients,
      'HTTP/1.1, a second': await speedOf(overHttp1, load, endpoint.url),
      'HTTP/2, a second': await speedOf(overHttp2, load, endpoint.url),
      'plain echo, a second': await speedOf(overHttp1, load, echo.url),
      'CPU µs, HTTP/1.1': Math.round(median(costs.map(([own = 0]) => own))),
      'CPU µs, HTTP/2': Math.round(median(http2.map(([own = 0]) => own))),
      'CPU µs, plain echo': Math.round(median(costs.map(([, plain = 0]) => plain))),
      'cost against plain': median(costs.map(([own = 0, plain = 0]) => own / plain)).toFixed(2),
    });
  }
  console.table(rows);
  await Promise.all([endpoint.end(), echo.end()]);
}

/** Microseconds of the server's CPU for each frame of a stream: a long answer's cost less a short one's. */
async function frames(): Promise<void> {
  const server = await start('endpoint');
  const streamPath = path.replace(/converse$/, 'converse-stream');
  const long = ask(`Summarize this text in 5 sentences: ${longText}`);
  const count = async (body: string) => {
    const bytes = Buffer.from(
      await (await fetch(server.url + streamPath, { method: 'POST', body })).arrayBuffer(),
    );
    let found = 0;
    for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) found += 1;
    return found;
  };
  const frameCount = await count(long);
  const requests = 500;
  const cost = async (target: string) => {
    const load = { path: target, body: long, clients: 4, requests };
    const [micros = Number.NaN] = await cpuOf([server], requests, () => overHttp1(load, server.url));
    return micros;
  };
  const costs = await repeated(async () => ((await cost(streamPath)) - (await cost(path))) / frameCount);
  console.log(
    `A streamed frame costs ${median(costs).toFixed(1)} µs over the same answer unstreamed (${frameCount} frames).`,
  );
  await server.end();
}

const longText = Array.from(
  { length: 12 },
  (_, index) =>
    `The committee of district ${index + 1} met on Monday to discuss the new bridge over the river and its cost.`,
).join(' ');

async function memory(): Promise<void> {
  const server = await start('endpoint');
  const load = (requests: number) => overHttp1({ path, body: question, clients: 16, requests }, server.url);
  const readings: { after: number; rss: number; heap: number }[] = [];
  let sent = 0;
  for (const after of [1_000, 10_000, 50_000, ...(process.argv.includes('--long') ? [100_000] : [])]) {
    await load(after - sent);
    sent = after;
    const { rss, heap } = await server.memory();
    readings.push({ after, rss, heap });
  }
  console.table(
    readings.map(({ after, rss, heap }) => ({
      'after requests': after,
      'resident MB': (rss / 2 ** 20).toFixed(1),
      'heap MB': (heap / 2 ** 20).toFixed(1),
    })),
  );
  await server.end();
}

/** In new processes, with the compiled code of the one before them: as the kernel and the command start it. */
async function startTime(): Promise<void> {
  const cache = await mkdtemp(join(tmpdir(), 'local-bedrock-bench-'));
  const times = await repeated(async () => {
    const server = await start('endpoint', { cache });
    await server.end();
    return server.startMs;
  });
  await rm(cache, { recursive: true });
  console.log(
    `From import to listening: ${median(times).toFixed(0)} ms (median of ${times.length} new processes).`,
  );
}

async function main(): Promise<void> {
  await startTime();
  await compare();
  await frames();
  await memory();
}

void main();
