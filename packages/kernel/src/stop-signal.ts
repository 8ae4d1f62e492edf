import { EventEmitter, once } from 'node:events';
import { constants } from 'node:os';
import { Worker } from 'node:worker_threads';
import { inOwnLanguage, workHasEnded } from './own-language.ts';

/** What this thread shares with the one that listens: two numbers, at these places. */
export const heard = 0;
export const ownWork = 1;

/** As they are before any cell. */
const { add, store, sub, notify } = Atomics;

const shared = new Int32Array(new SharedArrayBuffer(8));
/** How much of the kernel's own work is under way between two turns of the event loop: one, its start. */
let lasting = 1;
shared[ownWork] = lasting;

type Register = (event: string | symbol, listener: (...values: unknown[]) => void) => unknown;

/**
 * Makes sure that SIGINT, which the stop button sends, is heard whatever the kernel is doing, and ends it.
 *
 * Node's `vm` takes the listeners away while it runs a script that a signal may break, and puts them back afterwards: a
 * signal in between is lost, or ends the process. And behind an `await` nothing can break a loop that never waits. So
 * another thread listens, see `stop-signal-worker.mjs`: it passes the signal on, to all that has been registered with
 * `process.on('SIGINT', …)` from now on; and where that is not heard within two seconds, it ends what runs.
 *
 * @returns when the other thread listens; a signal before that ends the process
 */
export async function hearStops(): Promise<void> {
  const signals = new EventEmitter();
  const methods = process as unknown as Record<string, Register>;
  for (const name of ['on', 'addListener', 'once', 'prependListener', 'off', 'removeListener'] as const) {
    const register = methods[name] as Register;
    methods[name] = function registerHere(event, listener) {
      if (event !== 'SIGINT') return register.call(this, event, listener);
      signals[name](event, listener);
      return this;
    };
  }
  const worker = new Worker(new URL('./stop-signal-worker.mjs', import.meta.url), {
    workerData: { shared, heard, ownWork },
  });
  worker.unref();
  await once(worker, 'message');
  worker.on('message', (message) => {
    if (message !== 'SIGINT') return;
    // In a turn of its own: nothing else is under way, though what was ended by force has not said that it is over.
    store(shared, ownWork, lasting);
    workHasEnded();
    add(shared, heard, 1);
    notify(shared, heard);
    signals.emit('SIGINT', 'SIGINT', constants.signals.SIGINT);
  });
  // Which it was until it had a listener.
  worker.unref();
}

/** From now on what runs may be ended; until now it was the kernel, which had not started yet. */
export function allowStops(): void {
  lasting = 0;
  store(shared, ownWork, lasting);
}

/**
 * Runs work of the kernel's own that would be left in disorder if it were ended half-way, or did with what a cell has made
 * of the language.
 */
export function undisturbed<Result>(work: () => Result): Result {
  add(shared, ownWork, 1);
  try {
    return inOwnLanguage(work);
  } finally {
    sub(shared, ownWork, 1);
  }
}
