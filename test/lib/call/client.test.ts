import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConverseCommand, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { converse, createClient, invokeText } from 'lib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { clientFor } from '../../local-endpoint.ts';
import { interrupt } from '../cells.ts';

afterEach(() => vi.unstubAllEnvs());

/** A server that takes requests and never answers. */
const silent = createServer(() => {});
let url = '';
beforeAll(async () => {
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
});
afterAll(() => {
  silent.closeAllConnections();
  silent.close();
});

describe('createClient', () => {
  it('finds the region where Python would, and has a default', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_DEFAULT_REGION', 'eu-west-1');
    expect(await createClient().config.region()).toBe('eu-west-1');
    vi.stubEnv('AWS_REGION', 'eu-north-1');
    expect(await createClient().config.region()).toBe('eu-north-1');
    expect(await createClient({ region: 'ca-central-1' }).config.region()).toBe('ca-central-1');
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_DEFAULT_REGION', undefined);
    expect(await createClient().config.region()).toBe('us-east-1');
  });

  it('takes a region that is undefined for one that is not given, and refuses an empty one', async () => {
    vi.stubEnv('AWS_REGION', 'eu-north-1');
    expect(await createClient({ region: undefined as unknown as string }).config.region()).toBe('eu-north-1');
    for (const region of ['', ' ']) {
      expect(() => createClient({ region })).toThrow(
        expect.objectContaining({ kind: 'region', hint: expect.stringContaining('us-east-1') }),
      );
    }
  });

  it('says that a region is none when its name cannot be one', async () => {
    const client = createClient({ ...clientFor(url), region: 'us east' });
    const call = invokeText(client, 'amazon.nova-micro-v1:0', 'Hello');
    await expect(call).rejects.toMatchObject({ kind: 'region', hint: expect.stringContaining('AWS_REGION') });
  });

  it('aborts what is under way when the kernel is interrupted, and nothing that comes later', async () => {
    const client = createClient(clientFor(url));
    const command = new InvokeModelCommand({ modelId: 'amazon.nova-micro-v1:0', body: '{}' });
    const calls = [
      client.send(command),
      client.send(new ConverseCommand({ modelId: 'amazon.nova-micro-v1:0', messages: [] })),
      client.send(command, { abortSignal: new AbortController().signal }),
    ];
    const closed = once(silent, 'request').then(([request]) => once(request.socket, 'close'));
    const names = Promise.all(
      calls.map((call) =>
        call.then(
          () => 'answered',
          (error: Error) => error.name,
        ),
      ),
    );
    await once(silent, 'request');
    interrupt();
    expect(await names).toEqual(['AbortError', 'AbortError', 'AbortError']);
    await closed;

    const later = new AbortController();
    const call = client.send(command, { abortSignal: later.signal }).catch((error: Error) => error.name);
    const first = await Promise.race([
      call,
      new Promise((resolve) => setTimeout(resolve, 100, 'still waiting')),
    ]);
    expect(first).toBe('still waiting');
    later.abort();
    expect(await call).toBe('AbortError');
  });

  it('tells a call through lib that was interrupted from one that failed', async () => {
    const call = invokeText(createClient(clientFor(url)), 'amazon.nova-micro-v1:0', 'Hello');
    const error = call.catch((thrown: unknown) => thrown);
    await once(silent, 'request');
    interrupt();
    expect(await error).toMatchObject({ kind: 'aborted' });
  });
});

it('makes as many calls at the same time as it is asked to: none waits for a connection of another', async () => {
  const count = 60;
  const open: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume();
    open.push(response);
    // Nobody is answered before all have come.
    if (open.length < count) return;
    const body = JSON.stringify({
      output: { message: { role: 'assistant', content: [{ text: 'Hi.' }] } },
      stopReason: 'end_turn',
    });
    for (const each of open) each.writeHead(200, { 'content-type': 'application/json' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = createClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const call = () => converse(client, 'amazon.nova-lite-v1:0', [{ role: 'user', content: [{ text: 'Hi' }] }]);
  const answers = await Promise.all(Array.from({ length: count }, call));
  expect(answers.map(({ text }) => text)).toEqual(Array.from({ length: count }, () => 'Hi.'));
  client.destroy();
  server.close();
});
