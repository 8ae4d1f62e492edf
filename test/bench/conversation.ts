/**
 * What a conversation costs over the bare SDK client, in the same run and against the same server: a streamed delta
 * (goal: 5 microseconds more) and a plain call (goal: 0.3 ms more). And building the context of a long session.
 * Rounds alternate between the two, so that what else the machine does falls on both; the difference is the median of the rounds'
 * differences.
 *
 *   npm run bench -- conversation
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { Conversation, createClient } from 'lib';
import { contextOf, windowOf } from '../../lib/converse/context.ts';
import { legalise } from '../../lib/converse/legalise.ts';
import { freeze } from '../../lib/converse/session.ts';
import type { HistoryEntry } from '../../lib/history/history.ts';
import { median } from './measure.ts';

const modelId = 'amazon.nova-micro-v1:0';
const deltas = 5_000;
const calls = 300;
const rounds = 9;

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString(),
  (text) => Buffer.from(text),
);

function frame(type: string, payload: unknown): Uint8Array {
  const header = (value: string) => ({ type: 'string' as const, value });
  return codec.encode({
    headers: {
      ':event-type': header(type),
      ':content-type': header('application/json'),
      ':message-type': header('event'),
    },
    body: Buffer.from(JSON.stringify(payload)),
  });
}

const usage = { inputTokens: 10, outputTokens: deltas, totalTokens: 10 + deltas };
const streamed = Buffer.concat([
  frame('messageStart', { role: 'assistant' }),
  ...Array.from({ length: deltas }, () =>
    frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'word ' }, p: 'abcdefgh' }),
  ),
  frame('contentBlockStop', { contentBlockIndex: 0 }),
  frame('messageStop', { stopReason: 'end_turn' }),
  frame('metadata', { usage, metrics: { latencyMs: 1 } }),
]);
const plain = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
  stopReason: 'end_turn',
  usage,
  metrics: { latencyMs: 1 },
});

async function listen(): Promise<{ server: Server; client: BedrockRuntimeClient }> {
  const server = createServer((request, response) => {
    const isStream = request.url?.endsWith('/converse-stream');
    request.resume().on('end', () => {
      const type = isStream ? 'application/vnd.amazon.eventstream' : 'application/json';
      response.writeHead(200, { 'content-type': type }).end(isStream ? streamed : plain);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { server, client: createClient({ endpoint, region: 'us-east-1', credentials }) };
}

const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];

async function bareStream(client: BedrockRuntimeClient): Promise<number> {
  const started = performance.now();
  const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages }));
  let length = 0;
  for await (const event of stream ?? []) length += event.contentBlockDelta?.delta?.text?.length ?? 0;
  return check(length, started);
}

async function conversationStream(client: BedrockRuntimeClient): Promise<number> {
  const started = performance.now();
  const conversation = new Conversation({ client, modelId });
  let length = 0;
  for await (const delta of conversation.stream('Hi'))
    length += delta.type === 'text' ? delta.text.length : 0;
  return check(length, started);
}

function check(length: number, started: number): number {
  if (length !== deltas * 5) throw new Error(`${length} characters arrived, not ${deltas * 5}.`);
  return ((performance.now() - started) * 1_000) / deltas;
}

async function bareCalls(client: BedrockRuntimeClient): Promise<number> {
  const started = performance.now();
  for (let call = 0; call < calls; call++) await client.send(new ConverseCommand({ modelId, messages }));
  return (performance.now() - started) / calls;
}

async function conversationCalls(client: BedrockRuntimeClient): Promise<number> {
  const started = performance.now();
  for (let call = 0; call < calls; call++) await new Conversation({ client, modelId }).send('Hi');
  return (performance.now() - started) / calls;
}

async function compare(
  title: string,
  unit: string,
  bare: () => Promise<number>,
  ours: () => Promise<number>,
): Promise<void> {
  await bare();
  await ours();
  const times: { bare: number[]; ours: number[] } = { bare: [], ours: [] };
  for (let round = 0; round < rounds; round++) {
    times.bare.push(await bare());
    times.ours.push(await ours());
  }
  const [base, own] = [median(times.bare), median(times.ours)];
  const difference = median(times.ours.map((time, round) => time - (times.bare[round] ?? time)));
  console.log(
    `${title}: SDK ${base.toFixed(2)} ${unit}, Conversation ${own.toFixed(2)} ${unit}, difference ${difference.toFixed(2)} ${unit}`,
  );
}

/** Frozen, as a conversation has its log. */
function longSession(turns: number): HistoryEntry[] {
  const entries = Array.from({ length: turns }, (_, index) => ({
    messages: [
      { role: 'user', content: [{ text: `Question ${index}: ${'what is it? '.repeat(20)}` }] },
      { role: 'assistant', content: [{ text: `Answer ${index}: ${'it is so. '.repeat(30)}` }] },
    ],
    modelId,
    sequence: index + 1,
    createdAt: '2026-11-25T00:00:00.000Z',
  }));
  return freeze(entries) as HistoryEntry[];
}

function measureContext(turns: number): void {
  const entries = longSession(turns);
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    const { messages: all } = contextOf(entries);
    legalise(windowOf([...all, ...messages], { tokens: 8_000 }, modelId).messages, { modelId });
    return performance.now() - started;
  });
  const whole = Array.from({ length: rounds }, () => {
    const started = performance.now();
    legalise([...contextOf(entries).messages, ...messages], { modelId });
    return performance.now() - started;
  });
  console.log(
    `context of ${turns} turns: ${median(times).toFixed(2)} ms with a window, ${median(whole).toFixed(2)} ms whole`,
  );
}

async function main(): Promise<void> {
  const { server, client } = await listen();
  await compare(
    'a streamed delta',
    'µs',
    () => bareStream(client),
    () => conversationStream(client),
  );
  await compare(
    'a plain call',
    'ms',
    () => bareCalls(client),
    () => conversationCalls(client),
  );
  measureContext(2_000);
  client.destroy();
  server.close();
}

void main();
