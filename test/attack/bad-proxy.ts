import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What is wrong with the line. It may be changed at any time. */
export interface Line {
  /** How many more connections are reset in the midst of what they bring. */
  resets: number;
  /** After how many bytes a connection is reset. */
  resetAfter: number;
  /** Of all connections together; nothing comes at 0. */
  bytesPerSecond: number;
  /** Every connection is reset at its first byte. */
  isDown: boolean;
}

/** A proxy on this machine that npm and pip take for the way out (CONNECT), over a bad line. */
export interface BadProxy {
  readonly url: string;
  readonly line: Line;
  /** How many connections it has carried and reset, and how many bytes have come through. */
  readonly seen: { connections: number; resets: number; bytes: number };
  close(): void;
}

export async function startBadProxy(line: Line): Promise<BadProxy> {
  const seen = { connections: 0, resets: 0, bytes: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(501).end());
  server.on('connect', (request, client: Socket, head: Buffer) => {
    const { hostname, port } = new URL(`https://${request.url}`);
    const upstream = connect(Number(port) || 443, hostname);
    seen.connections += 1;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.on('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      client.pipe(upstream);
      void carry(upstream, client, line, seen);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    line,
    seen,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function carry(from: Socket, to: Socket, line: Line, seen: BadProxy['seen']): Promise<void> {
  let carried = 0;
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      carried += chunk.length;
      const isReset = line.isDown || (line.resets > 0 && carried > line.resetAfter);
      if (isReset) {
        line.resets -= 1;
        seen.resets += 1;
        to.resetAndDestroy();
        return;
      }
      seen.bytes += chunk.length;
      to.write(chunk);
      if (Number.isFinite(line.bytesPerSecond)) await pause((chunk.length / line.bytesPerSecond) * 1_000);
    }
    to.end();
  } catch {
    // One of the ends has gone.
  }
}
