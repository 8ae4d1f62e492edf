import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

export interface CuttableLine {
  /** Where the line begins. */
  readonly port: number;
  /** Where it ends. */
  to(port: number): void;
  /** Ends what is on the line; new connections are taken all the same. */
  cut(): void;
  /** Takes no connections, or takes them again. */
  setUp(isUp: boolean): void;
  /** Lets nothing through to the browser from now on. */
  holdBack(): void;
}

/** A line between a browser and its server, which fails as networks do. The function gives it once the tests run. */
export function useCuttableLine(): () => CuttableLine {
  const sockets = new Set<Socket>();
  let isUp = true;
  let end = 0;
  const server = createServer((near) => {
    near.on('error', () => undefined);
    if (!isUp) return near.destroy();
    const far = connect(end, '127.0.0.1');
    far.on('error', () => undefined);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    sockets.add(near);
    sockets.add(far);
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    cut();
    server.close();
  });
  return () => ({
    port: (server.address() as { port: number }).port,
    to: (port) => {
      end = port;
    },
    cut,
    setUp: (value) => {
      isUp = value;
      if (!isUp) cut();
    },
    holdBack: () => {
      for (const socket of sockets) socket.unpipe();
      for (const socket of sockets) socket.resume();
    },
  });
}
