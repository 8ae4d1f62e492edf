import { rmSync } from 'node:fs';
import { Reply, Router, XPublisher } from 'zeromq';
import type { Connection } from './connection-file.ts';

/** The channels of a kernel. The keyboard's, `stdin`, is a part of them only until a cell asks for a line. */
export interface Sockets {
  readonly shell: Router;
  readonly control: Router;
  readonly iopub: XPublisher;
  readonly stdin: Router;
  readonly heartbeat: Reply;
}

export type Frames = readonly (Buffer | string)[];

/** As they are before any cell. */
const { apply } = Reflect;
const caught = Promise.prototype.catch;

const toFile = 'ipc://';

/** Messages that may wait in a socket for Jupyter's server: far more than a lesson prints, and still some 50 MB. */
const mostWaiting = 100_000;

/** Bytes: far more than any notebook's cell, and less than would fill the memory before its signature is looked at. */
const longestMessage = 256 * 1024 * 1024;

/**
 * Lets a cell print as much as it likes at once. Nobody waits for a message to be sent before the next. ZeroMQ's package
 * for Node puts every 512th off until the event loop has turned, and until then throws EBUSY at whoever sends another: in
 * the middle of the cell's own loop, and again where the error would be reported, so that the cell neither ends nor says
 * why. Without a time-out nothing is put off.
 *
 * Of more than `sendHighWaterMark` messages that wait, the rest is dropped; the default is 1,000.
 */
const patient = { sendTimeout: 0, sendHighWaterMark: mostWaiting, maxMessageSize: longestMessage };

export function createSockets(): Sockets {
  return {
    shell: new Router(patient),
    control: new Router(patient),
    // Everybody who begins to listen is told of, also the second one.
    iopub: new XPublisher({ ...patient, verbosity: 'allSubs' }),
    stdin: new Router(patient),
    heartbeat: new Reply(patient),
  };
}

/** Listens where Jupyter wants it. A kernel that cannot listen ends and says so: nobody could reach it. */
export async function bindSockets(sockets: Sockets, connection: Connection): Promise<void> {
  const { iopub, shell, control, stdin, heartbeat } = sockets;
  const ports = [
    [iopub, connection.iopub_port],
    [shell, connection.shell_port],
    [control, connection.control_port],
    [stdin, connection.stdin_port],
    [heartbeat, connection.hb_port],
  ] as const;
  await Promise.all(
    ports.map(async ([socket, port]) => {
      const address = addressOf(connection, port);
      try {
        await socket.bind(address);
        if (address.startsWith(toFile)) {
          process.on('exit', () => rmSync(address.slice(toFile.length), { force: true }));
        }
      } catch (error) {
        console.error(`The kernel cannot listen at ${address}: ${(error as Error).message}.`);
        process.exit(1);
      }
    }),
  );
}

/** With `ipc`, Jupyter means files: `ip` begins their names, and what it calls a port is a number to tell them apart. */
export function addressOf({ transport, ip }: Pick<Connection, 'transport' | 'ip'>, port: number): string {
  return transport === 'ipc' ? `${toFile}${ip}-${port}` : `${transport}://${ip}:${port}`;
}

/** Sends at once, or not at all: when Jupyter has gone, there is nobody to tell. */
export function send(socket: Router | XPublisher, frames: Frames): void {
  try {
    apply(caught, socket.send(frames as (Buffer | string)[]), [() => undefined]);
  } catch {
    // The socket is closed.
  }
}
