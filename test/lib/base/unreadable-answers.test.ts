import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  converse,
  converseStream,
  createClient,
  describeError,
  embed,
  invokeStream,
  invokeText,
  type LibError,
} from 'lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventFrame } from '../../../packages/local-bedrock/src/event-stream/frame.ts';

type Sent = readonly [number, Record<string, string>, string | Uint8Array];

const page = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';
const json = { 'content-type': 'application/json' };
const stream = { 'content-type': 'application/vnd.amazon.eventstream' };
const begin = eventFrame('messageStart', '{"role":"assistant"}');

const sent: Readonly<Record<string, Sent>> = {
  'a page, 502': [502, { 'content-type': 'text/html', server: 'nginx/1.2' }, page],
  'a page, 403': [403, { 'content-type': 'text/html' }, page],
  'a page, 200': [200, { 'content-type': 'text/html' }, page],
  'a page that does not say so': [404, {}, page],
  'a sign-in redirect': [302, { 'content-type': 'text/html', location: 'https://login.example/' }, page],
  'words of a load balancer': [503, { 'content-type': 'text/plain' }, 'upstream connect error'],
  'words of a load balancer, 200': [200, { 'content-type': 'text/plain' }, 'upstream connect error'],
  'JSON cut short': [200, json, '{"output":{"message":{"role":"assistant","content":[{"text":"hel'],
  'a refusal cut short': [400, json, '{"message":"The inp'],
  nothing: [200, json, ''],
  'nothing, 500': [500, {}, ''],
  'nothing, 400': [400, {}, ''],
  'JSON of somebody else': [502, json, '{"error":"bad gateway"}'],
  null: [200, json, 'null'],
  'no frames': [200, stream, 'hello hello hello hello hello'],
  'half a frame': [200, stream, begin.subarray(0, 30)],
  'a frame with another checksum': [200, stream, begin.map((byte, at) => (at === 90 ? byte ^ 1 : byte))],
  'a frame whose JSON is cut': [
    200,
    stream,
    Buffer.concat([begin, eventFrame('contentBlockDelta', '{"del')]),
  ],
  'a chunk that is a page': [
    200,
    stream,
    eventFrame('chunk', JSON.stringify({ bytes: Buffer.from(page).toString('base64') })),
  ],
};

let current: Sent;
let server: Server;
let client: ReturnType<typeof createClient>;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(current[0], current[1]).end(current[2]));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = createClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
});
afterAll(() => {
  client.destroy();
  server.close();
});

const nova = 'amazon.nova-lite-v1:0';
const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];
const calls = {
  converse: () => converse(client, nova, messages),
  converseStream: () => converseStream(client, nova, messages, () => {}),
  invokeText: () => invokeText(client, nova, 'Hi'),
  invokeStream: () => invokeStream(client, nova, 'Hi').result,
  embed: () => embed(client, 'amazon.titan-embed-text-v2:0', ['Hi']),
};

async function errorOf(name: keyof typeof calls, what: string): Promise<LibError> {
  current = sent[what] as Sent;
  return (await calls[name]().then(
    () => expect.fail(`${name} took ${what} for an answer`),
    (error: unknown) => error,
  )) as LibError;
}

describe('what comes in the place of an answer', () => {
  it.each(Object.keys(sent))('%s is never told as a parser’s complaint, nor as no remedy', async (what) => {
    for (const name of Object.keys(calls) as (keyof typeof calls)[]) {
      const error = await errorOf(name, what);
      expect([name, describeError(error)]).not.toEqual([
        name,
        expect.stringMatching(
          /unexpected|token '|json at|deserialization|cannot read prop|lib knows no|checksum|SyntaxError|UnknownError/i,
        ),
      ]);
      expect([name, error.kind]).toEqual([
        name,
        expect.stringMatching(/response|stream-cut|overloaded|request/),
      ]);
    }
  });

  it('says the status, what it looks like and who may have sent it', async () => {
    const error = await errorOf('converse', 'a page, 502');
    expect(error).toMatchObject({ kind: 'overloaded', retryable: true, status: 502 });
    expect(error.message).toMatch(/HTTP 502.*web page.*nginx\/1\.2/);
    expect(error.hint).toMatch(/nginx\/1\.2/);
    expect((await errorOf('invokeText', 'a page, 200')).message).toContain('"502 Bad Gateway"');
    expect(await errorOf('converseStream', 'a page, 403')).toMatchObject({
      kind: 'response',
      retryable: false,
      hint: expect.stringMatching(/proxy.*AWS_ENDPOINT_URL_BEDROCK_RUNTIME/),
    });
    expect((await errorOf('converse', 'words of a load balancer')).message).toMatch(/503.*"upstream c/);
  });

  it('calls a stream damaged where it is', async () => {
    for (const what of ['no frames', 'half a frame', 'a frame with another checksum']) {
      expect(await errorOf('converseStream', what)).toMatchObject({ kind: 'stream-cut', retryable: true });
    }
  });
});
