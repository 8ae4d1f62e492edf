import { once } from 'node:events';
import { get } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  bodies,
  claude3Haiku,
  haiku45,
  http2Client,
  invoke,
  novaMicro,
  post,
  titanExpress,
  useEndpoint,
} from './endpoint.ts';

const endpoint = useEndpoint();
const question = bodies.nova('What is 2 + 2?');
const bedrock = 'http://internal.amazon.com/coral/com.amazon.bedrock/';

describe('headers', () => {
  it('counts tokens and time on InvokeModel, and says whose words they are', async () => {
    const response = await post(endpoint.url, titanExpress, bodies.titan('What is 2 + 2?'));
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String((await response.arrayBuffer()).byteLength),
      'x-amzn-bedrock-input-token-count': '6',
      'x-amzn-bedrock-output-token-count': '6',
      'x-local-bedrock': 'stand-in',
    });
    expect(headers['x-amzn-bedrock-invocation-latency']).toMatch(/^[1-9]\d*$/);
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(Math.abs(Date.parse(headers.date ?? '') - Date.now())).toBeLessThan(60_000);
    expect(Object.keys(headers).filter((name) => name.includes('cache'))).toEqual([]);
  });

  it.each([
    ['keep-alive', 'keep-alive'],
    ['close', 'close'],
  ])("has no connection-specific header but AWS's own for a client that asks to %s", async (_, asked) => {
    const [response] = await once(
      get(`${endpoint.url}/foundation-models`, { headers: { connection: asked } }),
      'response',
    );
    response.resume();
    expect(response.headers.connection).toBe(asked);
    expect(response.headers['keep-alive']).toBeUndefined();
  });

  it.each([
    ['Nova', novaMicro, question],
    ['newer Claude models', haiku45, bodies.claude('What is 2 + 2?')],
  ])('adds the cache counts for %s', async (_, modelId, body) => {
    const { headers } = await post(endpoint.url, modelId, body);
    expect(headers.get('x-amzn-bedrock-cache-read-input-token-count')).toBe('0');
    expect(headers.get('x-amzn-bedrock-cache-write-input-token-count')).toBe('0');
  });

  it('gives every request its own id', async () => {
    const ids = await Promise.all(
      [1, 2, 3].map(async () =>
        (await post(endpoint.url, novaMicro, question)).headers.get('x-amzn-requestid'),
      ),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('sends the same over HTTP/2', async () => {
    const session = connectHttp2(endpoint.url);
    const stream = session.request({ ':method': 'POST', ':path': '/model/no-such-model/invoke' });
    stream.end('{}');
    const [headers] = await once(stream, 'response');
    session.destroy();
    expect(headers).toMatchObject({
      ':status': 400,
      'content-type': 'application/json',
      'content-length': '55',
      'x-amzn-errortype': `ValidationException:${bedrock}`,
      'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-local-bedrock': 'stand-in',
    });
    expect(Math.abs(Date.parse(headers.date) - Date.now())).toBeLessThan(60_000);
  });

  it('survives an HTTP/2 client that goes away before its answer', async () => {
    const session = connectHttp2(endpoint.url);
    session.on('error', () => {});
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const stream = session.request({ ':method': 'POST', ':path': `/model/${novaMicro}/invoke` });
        stream.on('error', () => {});
        stream.end(JSON.stringify(question));
        await new Promise((resolve) => setTimeout(resolve, index % 5));
        stream.close(8);
      }),
    );
    session.destroy();
    expect((await post(endpoint.url, novaMicro, question)).status).toBe(200);
  });

  it('writes a refusal byte for byte', async () => {
    const response = await post(endpoint.url, 'no-such-model', '{}');
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe(`ValidationException:${bedrock}`);
    expect(response.headers.get('content-length')).toBe('55');
    expect(response.headers.get('x-amzn-requestid')).not.toBeNull();
    expect(response.headers.get('x-amzn-bedrock-input-token-count')).toBeNull();
    expect(await response.text()).toBe('{"message":"The provided model identifier is invalid."}');
  });
});

describe('paths', () => {
  it.each([
    ['percent-encoded', 'amazon.nova-micro-v1%3A0'],
    ['raw', 'amazon.nova-micro-v1:0'],
    ['an inference profile', 'us.amazon.nova-micro-v1:0'],
    [
      'an encoded foundation-model ARN',
      encodeURIComponent('arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0'),
    ],
    ['a raw foundation-model ARN', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0'],
    [
      'an encoded profile ARN',
      encodeURIComponent(
        'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-micro-v1:0',
      ),
    ],
  ])('finds the model by %s id', async (_, id) => {
    expect((await post(endpoint.url, id, question)).status).toBe(200);
  });

  it('serves under a base path, with a query', async () => {
    const response = await fetch(`${endpoint.url}/some/base/model/${novaMicro}/invoke?x=1`, {
      method: 'POST',
      body: JSON.stringify(question),
    });
    expect(response.status).toBe(200);
    expect((await fetch(`${endpoint.url}/some/base/foundation-models`)).status).toBe(200);
  });

  it('decodes once', async () => {
    expect((await post(endpoint.url, 'amazon.nova-micro-v1%253A0', question)).status).toBe(400);
  });

  it('refuses an escape that is not one', async () => {
    const response = await post(endpoint.url, '%E0%A4%A', question);
    expect([response.status, await response.json()]).toEqual([
      400,
      { message: 'The provided model identifier is invalid.' },
    ]);
  });

  it.each([
    ['POST', `/model/${claude3Haiku}/unheard-of`],
    ['GET', `/model/${novaMicro}/invoke`],
    ['POST', '/foundation-models'],
    ['PATCH', '/guardrails/abc'],
    ['GET', '/'],
  ])('has no operation for %s %s', async (method, path) => {
    const response = await fetch(endpoint.url + path, { method });
    expect(response.status).toBe(404);
    expect(response.headers.get('x-amzn-errortype')).toBe(
      'UnknownOperationException:http://internal.amazon.com/coral/com.amazon.coral.service/',
    );
    expect(await response.json()).toEqual({
      Output: { __type: 'com.amazon.coral.service#UnknownOperationException' },
      Version: '1.0',
      message: expect.stringContaining(`no operation for ${method} ${path}. It answers: InvokeModel`),
    });
  });
});

describe('rough clients', () => {
  const stillAnswers = async () =>
    expect((await invoke(http2Client(endpoint.url), novaMicro, question)).stopReason).toBe('end_turn');

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['an HTTP/2 preface with garbage behind it', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage garbage garbage'],
    ['a header that is not one', 'POST /model/x/invoke HTTP/1.1\r\nbroken header\r\n\r\n'],
    [
      'half a body',
      `POST /model/${novaMicro}/invoke HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"messages"`,
    ],
    ['the first letter of both protocols', 'P'],
    ['two letters of both protocols', 'PR'],
  ])('survives %s', async (_, bytes) => {
    const { port } = new URL(endpoint.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(bytes);
        setTimeout(() => socket.destroy(), 30);
      });
      socket.on('error', () => {});
      socket.once('close', () => resolve());
    });
    await stillAnswers();
  });

  it('tells the protocols apart when the first bytes come one by one', async () => {
    const { port } = new URL(endpoint.url);
    const body = JSON.stringify(question);
    const request = `POST /model/${novaMicro}/invoke HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', async () => {
        socket.setNoDelay(true);
        for (const part of ['P', 'O', request.slice(2)]) {
          socket.write(part);
          await new Promise((next) => setTimeout(next, 10));
        }
      });
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('error', reject);
      socket.once('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('knows HTTP/2 when its preface comes byte by byte', async () => {
    const { port } = new URL(endpoint.url);
    const emptySettings = '\0\0\0\x04\0\0\0\0\0';
    const socket = connect(Number(port), '127.0.0.1');
    socket.setNoDelay(true);
    for (const part of ['P', 'R', `I * HTTP/2.0\r\n\r\nSM\r\n\r\n${emptySettings}`]) {
      socket.write(part, 'latin1');
      await new Promise((next) => setTimeout(next, 10));
    }
    const frame: Buffer = socket.read() ?? (await once(socket, 'data'))[0];
    socket.destroy();
    expect(frame[3]).toBe(4);
  });

  it('survives a client that aborts in the middle', async () => {
    const controller = new AbortController();
    const body = new ReadableStream({
      start(stream) {
        stream.enqueue(new TextEncoder().encode('{"messages":'));
        setTimeout(() => controller.abort(), 20);
      },
    });
    const call = fetch(`${endpoint.url}/model/${novaMicro}/invoke`, {
      method: 'POST',
      body,
      duplex: 'half',
      signal: controller.signal,
    } as RequestInit);
    await expect(call).rejects.toThrow();
    await stillAnswers();
  });

  it('refuses a body over 25,000,000 bytes', async () => {
    const response = await post(endpoint.url, novaMicro, ' '.repeat(25_000_001));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('length less than or equal to 25000000');
  });
});
