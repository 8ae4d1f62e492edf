import { connect, createServer } from 'node:net';

export const defaultPort = 8888;
/** How many ports after the first are tried. */
const attempts = 100;

/** Whether a server can listen on this port of 127.0.0.1. */
export async function isPortFree(port: number): Promise<boolean> {
  // On macOS a listener on all addresses does not keep another from binding 127.0.0.1: ask both ways.
  return !(await answers(port)) && (await canBind(port));
}

/** The first free port from `first` on; undefined when the next hundred are taken. */
export async function firstFreePort(first: number): Promise<number | undefined> {
  for (let port = first; port < Math.min(first + attempts, 65_536); port += 1) {
    if (await isPortFree(port)) return port;
  }
  return undefined;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 500 });
    const finish = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.on('connect', () => finish(true));
    socket.on('timeout', () => finish(false));
    socket.on('error', () => finish(false));
  });
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}
