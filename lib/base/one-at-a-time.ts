import { stoppedError } from './aws-errors/stopped.ts';
import type { LibError } from './errors.ts';

/** Runs a task when all that were given before it have ended, however they ended. */
export type Queue = <Result>(task: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>;

/**
 * A queue for tasks of which only one may run at a time. A task whose signal has aborted, or aborts while it waits, is never run:
 * its promise rejects at once, with a LibError of kind `aborted`.
 */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (task, signal) => {
    if (signal?.aborted) return Promise.reject(stopped(signal));
    const turn = last;
    const run = async () => {
      await turn;
      if (signal?.aborted) throw stopped(signal);
      return task();
    };
    const running = run();
    last = running.then(ignore, ignore);
    return signal === undefined ? running : orAborted(running, turn, signal);
  };
}

/** Rejects at once when the signal aborts before the task's turn has come. */
function orAborted<Result>(
  running: Promise<Result>,
  turn: Promise<unknown>,
  signal: AbortSignal,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(stopped(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    void turn.then(() => signal.removeEventListener('abort', onAbort));
    running.then(resolve, reject);
  });
}

function stopped(signal: AbortSignal): LibError {
  return stoppedError('The turn was stopped before it began', signal.reason, {});
}

function ignore(): void {}
