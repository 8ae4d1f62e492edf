import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { converse, converseStream, createClient, embed, invokeStream, invokeText, LibError } from 'lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEmbeddingModel, findFamily } from '../../../bedrock-models/src/find.ts';
import type { AnswerEvent } from '../../src/index.ts';
import { wordsOf } from './differences.ts';
import { type Exchange, isThere, readExchanges, readFixtures } from './exchanges.ts';

/** What `lib` does not read, or reads otherwise than it was sent. A row is taken away, never added. */
const unread: readonly { cause: string; exchanges: number; isOne: (exchange: Exchange) => boolean }[] = [
  {
    cause: 'CountTokens, for which there is no function',
    exchanges: 2,
    isOne: ({ operation, status }) => operation === 'count-tokens' && status === 200,
  },
  {
    cause: 'a SageMaker endpoint, whose body may be any',
    exchanges: 1,
    isOne: ({ modelId }) => /sagemaker/.test(modelId),
  },
  {
    cause: 'Claude 2 with a body of the Messages API, and other bodies of another family',
    exchanges: 5,
    isOne: ({ modelId, operation, request, json }) =>
      (modelId === 'anthropic.claude-v2' &&
        operation.startsWith('invoke') &&
        'messages' in (request as object)) ||
      (modelId.includes('claude-3-5-sonnet') && JSON.stringify(json ?? '').includes('"completion"')),
  },
];

const exchanges = readExchanges().filter(
  ({ frames, json, status }) =>
    (frames ?? json) !== undefined && (status !== 200 || frames === undefined || frames.length > 0),
);
const found = new Map<string, number>();
const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];
let current: Exchange | undefined;
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    for (const [name, value] of current?.headers ?? []) {
      if (/^(?:content-type|x-amzn-)/.test(name)) response.setHeader(name, value);
    }
    if (current?.frames !== undefined)
      response.setHeader('content-type', 'application/vnd.amazon.eventstream');
    response.writeHead(current?.status ?? 500);
    response.end(current?.bytes);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

describe('lib reads the form in which AWS sends', () => {
  const fixtures = readFixtures().filter(({ operation }) => operation !== 'count-tokens');
  it.each(fixtures.map((exchange) => [exchange.name, exchange] as const))('%s', (_, exchange) =>
    isRead(exchange),
  );
});

describe.skipIf(!isThere)('lib reads what AWS was recorded to send', () => {
  it.each(exchanges.map((exchange) => [exchange.name, exchange] as const))('%s', async (_, exchange) => {
    const row = unread.find(({ isOne }) => isOne(exchange));
    if (row !== undefined) found.set(row.cause, (found.get(row.cause) ?? 0) + 1);
    if (row === undefined && exchange.operation !== 'count-tokens') await isRead(exchange);
  });

  it('leaves unread what the list says, and nothing else', () => {
    expect(unread.map(({ cause }) => [cause, found.get(cause) ?? 0])).toEqual(
      unread.map(({ cause, exchanges: count }) => [cause, count]),
    );
  });
});

type Client = ReturnType<typeof createClient>;

async function isRead(exchange: Exchange): Promise<void> {
  current = exchange;
  const client = createClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  try {
    if (exchange.status === 200) await readRight(client, exchange);
    else await refusedRight(client, exchange);
  } finally {
    client.destroy();
  }
}

/** Calls as the recording was called, and gives what was read; the question is another. */
async function call(client: Client, { operation, modelId }: Exchange) {
  if (operation === 'converse') return converse(client, modelId, messages);
  if (operation === 'converse-stream') return converseStream(client, modelId, messages, () => {});
  if (operation === 'invoke') return invokeText(client, modelId, 'Hi', familyOf(modelId));
  return invokeStream(client, modelId, 'Hi', familyOf(modelId)).result;
}

function familyOf(modelId: string) {
  const family = findFamily(modelId);
  return { family: family ?? ('claude-messages' as const) };
}

async function readRight(client: Client, exchange: Exchange): Promise<void> {
  const { modelId, operation, json } = exchange;
  if (operation === 'invoke' && findEmbeddingModel(modelId) !== undefined) {
    const { vectors } = await embed(client, modelId, ['Hi']);
    expect([...(vectors[0] ?? [])]).toEqual(firstNumbers(json)?.map(Math.fround));
    return;
  }
  const answer = await call(client, exchange);
  const events = wordsOf(exchange);
  const text = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
  expect(answer.text.trim()).toBe(text.trim());
  expect(answer.stopReason).not.toBe('');
  if (!('message' in answer)) return;
  const calls = answer.message.content.flatMap(({ toolUse }) => (toolUse === undefined ? [] : [toolUse]));
  expect(calls.map(({ name }) => name)).toEqual(
    events.flatMap((event) => (event.type === 'toolUse' ? [event.name] : (serverCall(event)?.name ?? []))),
  );
  expect(calls.map(({ input }) => JSON.stringify(input))).toEqual(
    events.flatMap((event) => {
      if (event.type === 'toolInput') return [JSON.stringify(JSON.parse(event.json || '{}'))];
      const call = serverCall(event);
      return call === undefined ? [] : [JSON.stringify(call.input)];
    }),
  );
  const usage = (exchange.frames?.at(-1)?.json ?? json)?.usage;
  if (usage?.inputTokens === undefined) return;
  const { inputTokens, outputTokens } = usage;
  expect(answer.usage).toMatchObject({ inputTokens, outputTokens });
  expect(answer.usage?.cacheWriteInputTokens ?? 0).toBe(usage.cacheWriteInputTokens ?? 0);
}

/** A call of a tool that AWS ran, where the event is one. */
function serverCall(event: AnswerEvent) {
  return event.type === 'block' && event.block.type === 'serverToolUse' ? event.block : undefined;
}

/** The first list of numbers in a value, however deep. */
function firstNumbers(value: unknown): number[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const children: unknown[] = Object.values(value);
  if (Array.isArray(value) && children.every((child) => typeof child === 'number')) return children;
  for (const child of children) {
    const numbers = firstNumbers(child);
    if (numbers !== undefined && numbers.length > 0) return numbers;
  }
  return undefined;
}

/** The whole text of the refusal, and a kind. */
async function refusedRight(client: Client, exchange: Exchange): Promise<void> {
  const error = await call(client, exchange).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(LibError);
  const { message, kind, cause } = error as LibError;
  expect(kind).not.toBe('');
  const { message: sent, Message: sentBy403 } = exchange.json as { message?: string; Message?: string };
  expect(`${message} ${(cause as Error | undefined)?.message}`).toContain(
    (sent ?? sentBy403 ?? '').slice(0, 60),
  );
}
