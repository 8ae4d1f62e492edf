import { rmSync } from 'node:fs';

/** What is used here of a ZeroMQ socket. */
export interface Socket {
  sendTimeout: number;
  sendHighWaterMark: number;
  bind(address: string): Promise<void>;
  send(frames: readonly (Buffer | string)[]): Promise<void>;
}

/** Where Jupyter wants a kernel to listen. */
interface Connection {
  readonly transport: string;
  readonly ip: string;
}

const toFile = 'ipc://';

/** Messages that may wait in a socket for Jupyter's server: far more than a lesson prints, and still some 50 MB. */
const mostWaiting = 100_000;

/**
 * Lets a cell print as much as it likes at once. tslab does not wait for a message to be sent before it sends the
 * next. ZeroMQ's package for Node puts every 512th off until the event loop has turned, and until then throws EBUSY at
 * whoever sends another: in the middle of the cell's own loop, and again where the error would be reported, so that
 * the cell neither ends nor says why. Without a time-out nothing is put off.
 *
 * Of more than `sendHighWaterMark` messages that wait, the rest is dropped; the default is 1,000.
 *
 * A kernel that cannot listen ends and says so: nobody could reach it.
 *
 * @param server the prototype of tslab's `ZmqServer`
 */
export function bindSockets(server: {
  readonly connInfo: Connection;
  bindSocket: (socket: Socket, port: number) => Promise<void>;
}): void {
  server.bindSocket = async function bindReady(socket, port) {
    socket.sendTimeout = 0;
    socket.sendHighWaterMark = mostWaiting;
    const address = addressOf(this.connInfo, port);
    try {
      await socket.bind(address);
      if (address.startsWith(toFile)) {
        process.on('exit', () => rmSync(address.slice(toFile.length), { force: true }));
      }
    } catch (error) {
      console.error(`The kernel cannot listen at ${address}: ${(error as Error).message}.`);
      process.exit(1);
    }
  };
}

/** With `ipc`, Jupyter means files: `ip` begins their names, and what it calls a port is a number to tell them apart. */
export function addressOf({ transport, ip }: Connection, port: number): string {
  return transport === 'ipc' ? `${toFile}${ip}-${port}` : `${transport}://${ip}:${port}`;
}

/** Sends at once, or not at all: when Jupyter has gone, there is nobody to tell. */
export function send(socket: Socket, frames: readonly (Buffer | string)[]): void {
  try {
    socket.send(frames).catch(() => undefined);
  } catch {
    // The socket is closed.
  }
}
