/**
 * How many of our files one turn passes through: a streamed turn of a conversation (guide: at most 28), and a message
 * to the chat page (at most 45). A file counts when one of its functions ran, by V8's precise coverage around one turn
 * after a first one; only what runs on the client's side counts: `lib` and `packages/bedrock-models`.
 *
 *   npm run bench -- files
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Session } from 'node:inspector/promises';
import type { AddressInfo } from 'node:net';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { Conversation, createClient, startChat } from 'lib';
import { printTable } from './measure.ts';

const modelId = 'amazon.nova-lite-v1:0';
const root = fileURLToPath(new URL('../..', import.meta.url));

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

/** No code of ours answers, so that nothing of the endpoint is counted. */
const answer = Buffer.concat([
  frame('messageStart', { role: 'assistant' }),
  frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: '17 + 25 = **42**' } }),
  frame('contentBlockStop', { contentBlockIndex: 0 }),
  frame('messageStop', { stopReason: 'end_turn' }),
  frame('metadata', {
    usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
    metrics: { latencyMs: 1 },
  }),
]);
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' }).end(answer);
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const client = createClient({
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

const inspector = new Session();
inspector.connect();
await inspector.post('Profiler.enable');
await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

/** Our files in which a function ran, and how many functions that were. */
async function passedBy(turn: () => Promise<unknown>) {
  await turn();
  await inspector.post('Profiler.takePreciseCoverage');
  await turn();
  const { result } = await inspector.post('Profiler.takePreciseCoverage');
  const ours = result
    .filter(({ url }) => url.startsWith('file:'))
    .map(({ url, functions }) => ({
      file: relative(root, fileURLToPath(url)),
      count: functions.filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0).length,
    }))
    .filter(({ file, count }) => /^(lib|packages\/bedrock-models)\//.test(file) && count > 0);
  return {
    files: ours.map(({ file }) => file).sort(),
    functions: ours.reduce((sum, { count }) => sum + count, 0),
  };
}

async function readStream(): Promise<void> {
  for await (const _ of talk.stream('What is 17 + 25?'));
}
const talk = new Conversation({ client, modelId });

const chat = await startChat({
  models: async () => [{ id: modelId, name: 'Nova Lite' }],
  createConversation: (asked) => new Conversation({ client, ...asked }),
  history: ':memory:',
});
async function sendMessage(): Promise<void> {
  const response = await fetch(`${chat.url}turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(chat.url).origin },
    body: JSON.stringify({ text: 'What is 17 + 25?', modelId }),
  });
  const text = await response.text();
  if (!text.includes('"type":"end"')) throw new Error(`The page has not answered: ${text}`);
}

const measured = [
  { turn: 'Conversation.stream', guide: 28, ...(await passedBy(readStream)) },
  { turn: 'a message to the chat page', guide: 45, ...(await passedBy(sendMessage)) },
];
printTable(
  measured.map(({ turn, files, functions, guide }) => ({
    turn,
    files: String(files.length),
    functions: String(functions),
    'at most': String(guide),
  })),
);
if (process.argv.includes('--list')) for (const { turn, files } of measured) console.log(`\n${turn}`, files);

await chat.close();
client.destroy();
server.close();
inspector.disconnect();
