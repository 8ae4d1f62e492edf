import { shared } from './shared.ts';

/** The last action on each file: its path, or a symbol for one in memory. A file with nothing under way has none. */
const tails: Map<string | symbol, Promise<unknown>> = shared('lib.fileQueues', () => new Map());

/**
 * Runs the actions of one process on one file in the order in which they were asked for, one at a time.
 *
 * It is more than tidiness: POSIX drops all of a process's locks on a file as soon as that process closes any of its
 * handles, so plain reading must never overlap with a transaction of SQLite's.
 */
export function inTurn<Result>(file: string | symbol, action: () => Promise<Result>): Promise<Result> {
  const before = tails.get(file) ?? Promise.resolve();
  const result = before.then(action, action);
  const tail = result.then(forget, forget);
  tails.set(file, tail);
  function forget() {
    if (tails.get(file) === tail) tails.delete(file);
  }
  return result;
}
