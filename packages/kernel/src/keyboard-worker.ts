/**
 * The thread that asks for lines, for `keyboard.ts`: `prompt` holds up the main thread until the line is there, as it does
 * in a browser, and what comes must be read meanwhile.
 */
import { type MessagePort, workerData } from 'node:worker_threads';
import { Router } from 'zeromq';

/** Milliseconds between two attempts. */
const pause = 20;

/** What the main thread gives this one. */
export interface KeyboardData {
  readonly address: string;
  readonly port: MessagePort;
  /** Counts the messages, so that a thread that is held up hears of them. */
  readonly shared: Int32Array;
}

const { address, port, shared } = workerData as KeyboardData;
const sleep = () => new Promise((resolve) => setTimeout(resolve, pause));

// Who asks for a line must learn whether the other side is there.
const socket = new Router({ mandatory: true, linger: 0 });

/** The main thread has had the address until a moment ago. */
async function bind(): Promise<void> {
  for (;;) {
    try {
      await socket.bind(address);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await sleep();
    }
  }
}

/** The other side finds its way here again by itself. */
async function send(frames: Buffer[]): Promise<void> {
  for (;;) {
    try {
      await socket.send(frames);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EHOSTUNREACH') throw error;
      await sleep();
    }
  }
}

await bind();
port.on('message', (frames: Buffer[]) => void send(frames));
for await (const frames of socket) {
  port.postMessage(frames);
  Atomics.add(shared, 0, 1);
  Atomics.notify(shared, 0);
}
