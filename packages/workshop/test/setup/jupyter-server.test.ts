import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { firstFreePort, isPortFree } from '../../src/setup/jupyter-server.ts';

async function listen(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

it.each(['127.0.0.1', '0.0.0.0'])(
  'a port is taken when a server listens on %s, and the next is found',
  async (host) => {
    const port = await listen(host);
    expect(await isPortFree(port)).toBe(false);
    expect(await firstFreePort(port)).toBeGreaterThan(port);
  },
);
