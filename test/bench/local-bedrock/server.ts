/**
 * The server under load, in a process of its own: the local endpoint, or a plain `node:http` server that reads each
 * request and answers the bytes it was given. Talks to its parent in messages.
 */
import { createServer } from 'node:http';
import { enableCompileCache } from 'node:module';
import type { AddressInfo } from 'node:net';

export type ToServer = 'cpu' | 'memory' | 'end';
export type FromServer =
  | { readonly url: string; readonly startMs: number }
  /** Microseconds of CPU so far. No garbage is collected for it: that would be counted as the requests' own cost. */
  | { readonly cpuMicros: number }
  /** Bytes, after garbage was collected. */
  | { readonly rss: number; readonly heap: number };

const [kind, echoed = '', cache = ''] = process.argv.slice(2);
if (cache !== '') enableCompileCache(cache);
const say = (message: FromServer) => process.send?.(message);

async function listen(): Promise<string> {
  if (kind === 'endpoint') {
    const { startLocalBedrock } = await import('../../../packages/local-bedrock/src/index.ts');
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
  if (message === 'cpu') {
    const { user, system } = process.cpuUsage();
    say({ cpuMicros: user + system });
    return;
  }
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  say({ rss, heap: heapUsed });
});

const started = performance.now();
void listen().then((url) => say({ url, startMs: performance.now() - started }));
