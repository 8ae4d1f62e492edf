import { inOwnLanguage } from './own-language.ts';

/** What a task that was not run is answered with. */
export const aborted = Symbol('aborted');

export interface ExecuteQueue<Result> {
  /** Runs the task when all that were given before it have ended; `aborted` instead when one of them failed. */
  add(task: () => Promise<Result>): Promise<Result | typeof aborted>;
}

interface Waiting<Result> {
  readonly task: () => Promise<Result>;
  readonly resolve: (result: Result | typeof aborted) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Cells one after the other. When one fails, those that were sent along with it are not run: they build on it. What is
 * sent once its answer is known is run.
 *
 * @param isFailure whether the cells that wait must not be run after this
 * @param settled resolves when every request that has reached this process is in the queue: behind a cell that never
 *   waited there may be some that nobody has read yet, or that are still on their way
 */
export function createExecuteQueue<Result>(
  isFailure: (result: Result) => boolean,
  settled: () => Promise<void> = waitForMore,
): ExecuteQueue<Result> {
  const waiting: Waiting<Result>[] = [];
  let isWorking = false;

  async function work(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    for (let next = take(); next !== undefined; next = take()) {
      const { task, resolve, reject } = next;
      try {
        const result = await task();
        await answer(isFailure(result), () => resolve(result));
      } catch (error) {
        await answer(true, () => reject(error));
      }
    }
    isWorking = false;
  }

  const take = () => inOwnLanguage(() => waiting.shift());

  async function answer(isFailed: boolean, tell: () => void): Promise<void> {
    if (isFailed) await inOwnLanguage(settled);
    inOwnLanguage(() => {
      const dropped = isFailed ? waiting.splice(0) : [];
      tell();
      for (const { resolve } of dropped) resolve(aborted);
    });
  }

  return {
    add: (task) =>
      new Promise((resolve, reject) => {
        waiting.push({ task, resolve, reject });
        void work();
      }),
  };
}

/** Node's own, whatever cells are given. */
const [later, whenRead] = [setTimeout, setImmediate];

/** Milliseconds: JupyterLab sends the cells of *Run All* one by one, and through its server. */
const onTheirWay = 100;

function waitForMore(): Promise<void> {
  // What has arrived while this process had no processor is read before it goes on.
  return new Promise((resolve) => later(() => whenRead(resolve), onTheirWay));
}
