/**
 * What the local endpoint costs: requests a second, the CPU time of one request beside that of a plain `node:http`
 * server that answers the same bytes, microseconds a streamed frame, memory under a long load, and time to start.
 *
 *   npm run bench -- local-bedrock
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Load, overHttp1, overHttp2 } from './local-bedrock/load.ts';
import type { FromServer, ToServer } from './local-bedrock/server.ts';

const rounds = 5;
const path = '/model/amazon.nova-micro-v1%3A0/converse';
const ask = (text: string) => JSON.stringify({ messages: [{ role: 'user', content: [{ text }] }] });
const question = ask('What is 17 + 25?');

type Message<Key extends string> = Extract<FromServer, Record<Key, unknown>>;

async function start(kind: 'endpoint' | 'echo', echoed = '') {
  const file = join(import.meta.dirname, 'local-bedrock', 'server.ts');
  const child = fork(file, [kind, echoed], { execArgv: ['--expose-gc'] });
  const { url, startMs } = (await next(child)) as Message<'url'>;
  const say = (message: ToServer) => child.send(message);
  return {
    url,
    startMs,
    async usage() {
      const answer = next(child);
      say('usage');
      return (await answer) as Message<'cpuMicros'>;
    },
    async end() {
      const ended = once(child, 'exit');
      say('end');
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

type Server = Awaited<ReturnType<typeof start>>;

/** Median requests a second and microseconds of the server's CPU a request, after one round to warm up. */
async function measure(
  server: Server,
  send: (load: Load) => Promise<number>,
  clients: number,
  body = question,
) {
  const requests = 3_000;
  const speeds: number[] = [];
  const costs: number[] = [];
  await send({ url: server.url, path, body, clients, requests });
  for (let round = 0; round < rounds; round += 1) {
    const before = await server.usage();
    const milliseconds = await send({ url: server.url, path, body, clients, requests });
    const after = await server.usage();
    speeds.push((requests / milliseconds) * 1000);
    costs.push((after.cpuMicros - before.cpuMicros) / requests);
  }
  return { perSecond: median(speeds), micros: median(costs) };
}

async function compare(): Promise<void> {
  const endpoint = await start('endpoint');
  const answer = await (await fetch(endpoint.url + path, { method: 'POST', body: question })).text();
  const echo = await start('echo', answer);
  const rows: Record<string, string | number>[] = [];
  for (const clients of [1, 16, 200]) {
    const http1 = await measure(endpoint, overHttp1, clients);
    const http2 = await measure(endpoint, overHttp2, clients);
    const plain = await measure(echo, overHttp1, clients);
    rows.push({
      clients,
      'HTTP/1.1, a second': Math.round(http1.perSecond),
      'HTTP/2, a second': Math.round(http2.perSecond),
      'plain echo, a second': Math.round(plain.perSecond),
      'CPU µs, HTTP/1.1': Math.round(http1.micros),
      'CPU µs, HTTP/2': Math.round(http2.micros),
      'CPU µs, plain echo': Math.round(plain.micros),
      'cost against plain': (http1.micros / plain.micros).toFixed(2),
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
  const costs: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const cost = async (target: string) => {
      const before = await server.usage();
      await overHttp1({ url: server.url, path: target, body: long, clients: 4, requests: 500 });
      return ((await server.usage()).cpuMicros - before.cpuMicros) / 500;
    };
    const difference = (await cost(streamPath)) - (await cost(path));
    if (round > 0) costs.push(difference / frameCount);
  }
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
  const load = (requests: number) =>
    overHttp1({ url: server.url, path, body: question, clients: 16, requests });
  const readings: { after: number; rss: number; heap: number }[] = [];
  let sent = 0;
  for (const after of [1_000, 10_000, 50_000]) {
    await load(after - sent);
    sent = after;
    const { rss, heap } = await server.usage();
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

async function startTime(): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 11; round += 1) {
    const server = await start('endpoint');
    times.push(server.startMs);
    await server.end();
  }
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
