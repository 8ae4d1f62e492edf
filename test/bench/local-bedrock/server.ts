/**
 * The server under load, in a process of its own: the local endpoint, or a plain `node:http` server that reads each
 * request and answers the bytes it was given. Talks to its parent in messages.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ToServer = 'usage' | 'end';
export type FromServer =
  | { readonly url: string; readonly startMs: number }
  /** Microseconds of CPU and bytes of memory, after garbage was collected. */
  | { readonly cpuMicros: number; readonly rss: number; readonly heap: number };

const [kind, echoed = ''] = process.argv.slice(2);
const say = (message: FromServer) => process.send?.(message);

async function listen(): Promise<string> {
  if (kind === 'endpoint') {
    const { startLocalBedrock } = await import('../../../lib/local-bedrock/index.ts');
    return (await startLocalBedrock({ era: 'lab' })).url;
  }
  const body = Buffer.from(echoed);
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

process.on('message', (message: ToServer) => {
  if (message === 'end') process.exit(0);
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  say({ cpuMicros: user + system, rss, heap: heapUsed });
});

const started = performance.now();
void listen().then((url) => say({ url, startMs: performance.now() - started }));
