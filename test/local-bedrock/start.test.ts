import { execFile } from 'node:child_process';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startLocalBedrock } from '../../lib/local-bedrock/index.ts';
import { bodies, http1Client, http2Client, invoke, novaMicro, titanExpress } from './endpoint.ts';

const index = new URL('../../lib/local-bedrock/index.ts', import.meta.url).href;

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
    await new Promise((resolve) => setTimeout(resolve, 50));
    const startedAt = performance.now();
    await endpoint.close();
    await Promise.all(ended);
    expect(performance.now() - startedAt).toBeLessThan(500);
    await expect(fetch(endpoint.url)).rejects.toThrow();
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
      setTimeout(() => { console.log('still here'); process.exit(); }, 900)${unref ? '.unref()' : ''};`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module-typescript',
      '-e',
      program,
    ]);
    expect(stdout).toBe(unref ? '200\n' : '200\nstill here\n');
  });
});
