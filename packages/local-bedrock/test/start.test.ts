import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { promisify } from 'node:util';
import { InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { startLocalBedrock } from '../src/index.ts';
import { bodies, http1Client, http2Client, invoke, novaMicro, post, titanExpress } from './endpoint.ts';

const index = new URL('../src/index.ts', import.meta.url).href;

describe('startLocalBedrock', () => {
  it('listens on a free port of this machine and says where', async () => {
    const endpoint = await startLocalBedrock();
    expect(endpoint).toEqual({
      url: `http://127.0.0.1:${endpoint.port}`,
      port: expect.any(Number),
      era: 'lab',
      close: expect.any(Function),
      fault: expect.any(Function),
      clearFaults: expect.any(Function),
      requests: expect.any(Function),
      setDate: expect.any(Function),
      words: 'stand-in',
    });
    expect(await invoke(http1Client(endpoint.url), titanExpress, bodies.titan('2 + 2'))).toBeDefined();
    await endpoint.close();
  });

  it('listens on the port it is given, and says what to do when that is taken', async () => {
    const first = await startLocalBedrock();
    await expect(startLocalBedrock({ port: first.port })).rejects.toThrow(
      `Port ${first.port} on 127.0.0.1 is already taken. Choose another with --port, or leave it out for a free one.`,
    );
    await first.close();
    const second = await startLocalBedrock({ port: first.port });
    expect(second.port).toBe(first.port);
    await second.close();
  });

  it.each(['2026-13-01', '2026-02-30', 'tomorrow', '26-1-1'])('refuses %s as a day', async (today) => {
    await expect(startLocalBedrock({ today })).rejects.toThrow('Write it as YYYY-MM-DD');
  });

  it('takes the real date when the era is today', async () => {
    const endpoint = await startLocalBedrock({ era: 'today' });
    await expect(invoke(http1Client(endpoint.url), titanExpress, bodies.titan('2 + 2'))).rejects.toThrow(
      'end of its life',
    );
    await endpoint.close();
  });

  it('closes promptly with connections of every kind open', async () => {
    const endpoint = await startLocalBedrock();
    await invoke(http1Client(endpoint.url), novaMicro, bodies.nova('2 + 2'));
    await invoke(http2Client(endpoint.url), novaMicro, bodies.nova('2 + 2'));
    const silent = connect(endpoint.port, '127.0.0.1');
    const session = connectHttp2(endpoint.url);
    const halfway = session.request({ ':method': 'POST', ':path': `/model/${novaMicro}/invoke` });
    const ended = [silent, session, halfway].map(
      (connection) =>
        new Promise<void>((resolve) => {
          connection.on('error', () => {});
          connection.once('close', () => resolve());
        }),
    );
    halfway.write('{"messages":');
    // What the endpoint has answered this, it has read what came before, and taken the connection before that.
    await new Promise<void>((resolve) => void session.ping(() => resolve()));
    const startedAt = performance.now();
    await endpoint.close();
    await Promise.all(ended);
    // By itself a connection would be ended after half a minute.
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    await expect(fetch(endpoint.url)).rejects.toThrow();
  });

  it.each([
    ['HTTP/2', http2Client],
    ['HTTP/1.1', http1Client],
  ])('lets a stream over %s end before it closes, when it is given grace', async (_, clientOf) => {
    const endpoint = await startLocalBedrock({ faults: ['slow:ms=15'] });
    const client = clientOf(endpoint.url);
    await invoke(client, novaMicro, bodies.nova('2 + 2'));
    const { body = [] } = await client.send(
      new InvokeModelWithResponseStreamCommand({
        modelId: novaMicro,
        contentType: 'application/json',
        body: JSON.stringify(bodies.nova('2 + 2')),
      }),
    );
    const closed = endpoint.close({ graceMs: 50_000 });
    await expect(fetch(endpoint.url)).rejects.toThrow();
    let text = '';
    for await (const { chunk } of body) text += new TextDecoder().decode(chunk?.bytes);
    expect(text).toContain('amazon-bedrock-invocationMetrics');
    const answeredAt = performance.now();
    await closed;
    expect(performance.now() - answeredAt).toBeLessThan(25_000);
  });

  it('ends what does not end within its grace', async () => {
    const endpoint = await startLocalBedrock({ faults: ['stall'] });
    const stalled = invoke(http1Client(endpoint.url), novaMicro, bodies.nova('2 + 2')).catch(
      (error) => error,
    );
    await expect.poll(() => endpoint.requests().length).toBe(1);
    await endpoint.close({ graceMs: 30 });
    expect(await stalled).toBeInstanceOf(Error);
  });

  it('moves its date and its era while it runs', async () => {
    const endpoint = await startLocalBedrock({ era: 'today', today: '2024-06-01' });
    const ask = () => invoke(http1Client(endpoint.url), titanExpress, bodies.titan('2 + 2'));
    await expect(ask()).resolves.toBeDefined();
    endpoint.setDate({ today: '2026-11-23' });
    await expect(ask()).rejects.toThrow('end of its life');
    const put = (body: string) => fetch(`${endpoint.url}/_local-bedrock/date`, { method: 'PUT', body });
    expect(await (await put('{"era":"lab"}')).json()).toEqual({ today: '2026-11-23', era: 'lab' });
    await expect(ask()).resolves.toBeDefined();
    for (const wrong of ['{"today":"tomorrow"}', '{"era":"later"}', '[]', '{']) {
      expect((await put(wrong)).status).toBe(400);
    }
    expect(() => endpoint.setDate({ today: 'tomorrow' })).toThrow('Write it as YYYY-MM-DD');
    for (const advanceMs of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      expect(() => endpoint.setDate({ advanceMs })).toThrow('a number of milliseconds, 0 or more');
    }
    expect((await fetch(`${endpoint.url}/_local-bedrock/unheard-of`)).status).toBe(404);
    await endpoint.close();
  });

  it('asks a backend for its words, and fails loudly when that is down', async () => {
    const server = createServer((request, response) => {
      request.resume();
      if (request.url === '/v1/models') return response.end('{"data":[{"id":"small-model"}]}');
      response.setHeader('content-type', 'text/event-stream');
      const chunk = {
        choices: [{ index: 0, delta: { content: 'Words of a model.' }, finish_reason: 'stop' }],
      };
      return response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const endpoint = await startLocalBedrock({ backend: { url: `http://127.0.0.1:${port}/v1` } });
    expect(endpoint.words).toBe(`backend http://127.0.0.1:${port}/v1`);
    const response = await post(endpoint.url, novaMicro, bodies.nova('2 + 2'));
    expect(response.headers.get('x-local-bedrock')).toBe(endpoint.words);
    expect(await response.text()).toContain('Words of a model.');
    server.closeAllConnections();
    server.close();
    await expect(invoke(http1Client(endpoint.url), novaMicro, bodies.nova('2 + 2'))).rejects.toMatchObject({
      name: 'ModelErrorException',
      $metadata: { httpStatusCode: 424 },
    });
    await endpoint.close();
  });

  it.each([
    [{ backend: { url: 'nowhere' } }, 'is not the URL of a backend'],
    [{ backend: { url: 'http://127.0.0.1:1/v1' }, replay: { directory: '.' } }, 'no words of its own'],
  ])('refuses the options %j', async (options, sentence) => {
    await expect(startLocalBedrock(options)).rejects.toThrow(sentence);
  });

  it('does not take another name for the time it may take to close', async () => {
    const endpoint = await startLocalBedrock();
    await expect(endpoint.close({ grace: 2_000 } as object)).rejects.toThrow(
      'close() has no option grace. Give the time as { graceMs }',
    );
    expect((await fetch(`${endpoint.url}/foundation-models`)).status).toBe(200);
    await endpoint.close();
  });

  it('may be closed twice', async () => {
    const endpoint = await startLocalBedrock();
    await Promise.all([endpoint.close(), endpoint.close()]);
    await endpoint.close();
  });

  it.each([
    ['lets', true],
    ['does not let', false],
  ])('%s the process end when unref is %s', async (_, unref) => {
    const program = `
      import { startLocalBedrock } from '${index}';
      const { url } = await startLocalBedrock({ unref: ${unref} });
      const response = await fetch(url + '/foundation-models');
      await response.text();
      console.log(response.status);
      setTimeout(() => { console.log('still here'); process.exit(); }, ${unref ? 30_000 : 900})${unref ? '.unref()' : ''};`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module-typescript',
      '-e',
      program,
    ]);
    expect(stdout).toBe(unref ? '200\n' : '200\nstill here\n');
  });
});
