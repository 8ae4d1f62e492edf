import { shared } from './shared.ts';

/** The last action on each path. A path with nothing under way has none. */
const tails: Map<string, Promise<unknown>> = shared('lib.fileQueues', () => new Map());

/**
 * Runs the actions of one process on one file in the order in which they were asked for, one at a time.
 *
 * It is more than tidiness: POSIX drops all of a process's locks on a file as soon as that process closes any of its
 * handles, so plain reading must never overlap with a transaction of SQLite's.
 */
export function inTurn<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  const before = tails.get(path) ?? Promise.resolve();
  const result = before.then(action, action);
  const tail = result.then(forget, forget);
  tails.set(path, tail);
  function forget() {
    if (tails.get(path) === tail) tails.delete(path);
  }
  return result;
}
