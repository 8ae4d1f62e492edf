import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListFoundationModelsCommand } from '@aws-sdk/client-bedrock';
import {
  type BedrockRuntimeClient,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalBedrock, type LocalBedrockOptions, startLocalBedrock } from '../../src/index.ts';
import type { Exchange } from '../../src/record/exchange.ts';
import { bodies, controlClient, http1Client, http2Client, invoke, novaMicro, post } from '../endpoint.ts';

let directory: string;
let upstream: LocalBedrock;
const started: LocalBedrock[] = [];

async function start(options: LocalBedrockOptions): Promise<LocalBedrock> {
  const endpoint = await startLocalBedrock(options);
  started.push(endpoint);
  return endpoint;
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'recordings-'));
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'mine');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret-of-mine');
  vi.stubEnv('AWS_SESSION_TOKEN', 'token-of-mine');
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', undefined);
  vi.stubEnv('AWS_PROFILE', undefined);
  upstream = await start({
    auth: {
      scheme: 'sigv4',
      accessKeys: [{ accessKeyId: 'mine', secretAccessKey: 'secret-of-mine', sessionToken: 'token-of-mine' }],
    },
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(started.splice(0).map(({ close }) => close()));
  rmSync(directory, { recursive: true });
});

const recording = () => start({ record: { directory, upstream: upstream.url } });
const replaying = (volatile?: readonly string[]) =>
  start({ replay: { directory, ...(volatile && { volatile }) } });
const names = () => readdirSync(directory).sort();
const read = (name = '') => JSON.parse(readFileSync(join(directory, name), 'utf8')) as Exchange;

const question = bodies.nova('What is 2 + 2?');

async function streamed(client: BedrockRuntimeClient, body: unknown = question) {
  const chunks: string[] = [];
  const { body: events = [] } = await client.send(
    new InvokeModelWithResponseStreamCommand({
      modelId: novaMicro,
      contentType: 'application/json',
      body: JSON.stringify(body),
    }),
  );
  for await (const { chunk } of events) chunks.push(new TextDecoder().decode(chunk?.bytes));
  return chunks;
}

describe.each([
  ['HTTP/2', http2Client],
  ['HTTP/1.1', http1Client],
])('a client over %s', (_, clientOf) => {
  it('gets the same answers recorded and replayed as from the service itself', async () => {
    const recorder = await recording();
    const recorded = await invoke(clientOf(recorder.url), novaMicro, question);
    const recordedStream = await streamed(clientOf(recorder.url));
    expect(recorded).toMatchObject({ stopReason: 'end_turn' });
    expect(recordedStream.length).toBeGreaterThan(3);
    await upstream.close();
    const { url } = await replaying();
    expect(await invoke(clientOf(url), novaMicro, question)).toEqual(recorded);
    expect(await streamed(clientOf(url))).toEqual(recordedStream);
  });

  it('gets the same refusal', async () => {
    const refused = (url: string) =>
      clientOf(url)
        .send(new InvokeModelCommand({ modelId: 'no-such-model', body: '{}' }))
        .catch(({ name, message, $metadata }) => ({ name, message, status: $metadata.httpStatusCode }));
    const expected = {
      name: 'ValidationException',
      message: 'The provided model identifier is invalid.',
      status: 400,
    };
    expect(await refused((await recording()).url)).toEqual(expected);
    expect(await refused((await replaying()).url)).toEqual(expected);
  });
});

describe('recording', () => {
  it('writes one readable file for each exchange, in order, without a credential', async () => {
    const { url } = await recording();
    await invoke(http1Client(url), novaMicro, question);
    await streamed(http2Client(url));
    await controlClient(url).send(new ListFoundationModelsCommand({ byProvider: 'Amazon' }));
    expect(names()).toEqual([
      '0001-InvokeModel-amazon.nova-micro-v1_0.json',
      '0002-InvokeModelWithResponseStream-amazon.nova-micro-v1_0.json',
      '0003-ListFoundationModels.json',
    ]);
    const [invoked, stream, list] = names().map(read);
    expect(invoked).toMatchObject({
      from: upstream.url,
      request: { operation: 'InvokeModel', label: novaMicro, body: question },
      response: { status: 200, body: { stopReason: 'end_turn' } },
    });
    expect(invoked?.response.headers['x-amzn-bedrock-output-token-count']).toMatch(/^[1-9]\d*$/);
    expect(stream?.response.frames?.[0]).toMatchObject({
      headers: { ':event-type': 'chunk' },
      payload: { decoded: { messageStart: { role: 'assistant' } } },
    });
    expect(list?.request.path).toBe('/foundation-models?byProvider=Amazon');
    const text = names()
      .map((name) => readFileSync(join(directory, name), 'utf8'))
      .join('');
    for (const secret of ['secret-of-mine', 'token-of-mine', 'Signature', 'authorization', 'Authorization']) {
      expect(text).not.toContain(secret);
    }
  });

  it('says by a header where the words come from', async () => {
    const recorder = await recording();
    expect((await post(recorder.url, novaMicro, question)).headers.get('x-local-bedrock')).toBe('recording');
    const { url } = await replaying();
    expect((await post(url, novaMicro, question)).headers.get('x-local-bedrock')).toBe('replay');
  });

  it('keeps the bytes', async () => {
    const call = async (url: string) => {
      const response = await fetch(`${url}/model/${novaMicro}/invoke-with-response-stream`, {
        method: 'POST',
        body: JSON.stringify(question),
      });
      return Buffer.from(await response.arrayBuffer());
    };
    const recorder = await recording();
    const recorded = await call(recorder.url);
    expect(Buffer.from(read(names()[0]).response.bytes ?? '', 'base64').equals(recorded)).toBe(true);
    expect((await call((await replaying()).url)).equals(recorded)).toBe(true);
  });

  it('goes on behind the recordings that are there', async () => {
    const first = await recording();
    await post(first.url, novaMicro, question);
    await first.close();
    await post((await recording()).url, novaMicro, question);
    expect(names().map((name) => name.slice(0, 4))).toEqual(['0001', '0002']);
  });

  it('keeps a stream that was cut, which cuts again', async () => {
    upstream.fault('cut-inside:after=2');
    const recorder = await recording();
    await expect(streamed(http2Client(recorder.url))).rejects.toThrow('Truncated');
    expect(read(names()[0]).response).toMatchObject({ cut: true, frames: { length: 2 } });
    await expect(streamed(http2Client((await replaying()).url))).rejects.toThrow('Truncated');
  });

  it('keeps exceptions in streams', async () => {
    upstream.fault('ThrottlingException:after=2');
    await expect(streamed(http2Client((await recording()).url))).rejects.toThrow('Too many requests');
    await expect(streamed(http2Client((await replaying()).url))).rejects.toThrow('Too many requests');
  });

  it('tells the journal the tokens', async () => {
    const recorder = await recording();
    await invoke(http1Client(recorder.url), novaMicro, question);
    await streamed(http1Client(recorder.url));
    for (const { inputTokens, outputTokens } of recorder.requests()) {
      expect(inputTokens).toBeGreaterThan(0);
      expect(outputTokens).toBeGreaterThan(0);
    }
    expect(recorder.requests()).toHaveLength(2);
  });

  it('says so when it cannot reach the other side', async () => {
    await upstream.close();
    const response = await post((await recording()).url, novaMicro, question);
    expect([response.status, response.headers.get('x-amzn-errortype'), await response.json()]).toEqual([
      400,
      'RecordingFailedException',
      { message: expect.stringMatching(/could not forward .* Check the network/) },
    ]);
    expect(names()).toEqual([]);
  });

  it('signs with an API key where there is one', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', 'key');
    const other = await start({ auth: { scheme: 'bearer', apiKeys: ['key'] } });
    const { url } = await start({ record: { directory, upstream: `${other.url}/base` } });
    expect((await post(url, novaMicro, question)).status).toBe(200);
  });
});

describe('replaying', () => {
  it('finds a request whatever the order of its keys, its white space and its path', async () => {
    await post(
      (await recording()).url,
      novaMicro,
      bodies.nova('Hello', { inferenceConfig: { maxTokens: 9, topP: 1 } }),
    );
    const { url } = await replaying();
    const shuffled = `{ "inferenceConfig": {"topP": 1,  "maxTokens":9},
      "messages":[ {"content": [{"text":"Hello"}], "role":"user"} ] }`;
    expect((await post(`${url}/base`, encodeURIComponent(novaMicro), shuffled)).status).toBe(200);
  });

  it('does not count volatile members', async () => {
    const body = (id: string) => ({ ...question, clientRequestToken: id, session: { traceId: id } });
    await post((await recording()).url, novaMicro, body('1'));
    const status = async (url: string) =>
      (await post(url, novaMicro, body('2'))).headers.get('x-amzn-errortype');
    expect(await status((await replaying()).url)).toBe('RecordingNotFoundException');
    expect(await status((await replaying(['clientRequestToken', 'traceId'])).url)).not.toBe(
      'RecordingNotFoundException',
    );
  });

  it('gives repeated requests their answers in order, and then the last', async () => {
    const recorder = await recording();
    await post(recorder.url, novaMicro, question);
    upstream.fault('ThrottlingException', { times: 1 });
    await post(recorder.url, novaMicro, question);
    await post(recorder.url, novaMicro, question);
    const { url } = await replaying();
    const statuses: number[] = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await post(url, novaMicro, question)).status);
    expect(statuses).toEqual([200, 429, 200, 200, 200]);
  });

  it('names the nearest recording and what differs', async () => {
    const recorder = await recording();
    await post(
      recorder.url,
      novaMicro,
      bodies.nova('Something else entirely', { inferenceConfig: { topP: 0.5 } }),
    );
    await post(recorder.url, novaMicro, question);
    const response = await post((await replaying()).url, novaMicro, bodies.nova('What is 2 + 3?'));
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
      404,
      'RecordingNotFoundException',
    ]);
    expect(await response.json()).toEqual({
      message: `No recording in ${directory} answers this InvokeModel of amazon.nova-micro-v1:0. The nearest is 0002-InvokeModel-amazon.nova-micro-v1_0.json, which differs in body.messages[0].content[0].text: recorded "What is 2 + 2?", asked "What is 2 + 3?". Record it with --record.`,
    });
  });

  it('says when there is nothing of the kind', async () => {
    const response = await post((await replaying()).url, novaMicro, question);
    expect(await response.text()).toContain('There is none of InvokeModel at all.');
  });

  it('refuses a file that is no recording, by name', async () => {
    writeFileSync(join(directory, '0001-broken.json'), '{"request":');
    await expect(replaying()).rejects.toThrow('0001-broken.json is not a recording.');
  });

  it('excludes recording', async () => {
    await expect(start({ record: { directory }, replay: { directory } })).rejects.toThrow(
      'either records or replays',
    );
  });
});
