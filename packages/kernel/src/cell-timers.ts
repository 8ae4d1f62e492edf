import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';
import { currentCell, type RunningCell } from './running-cell.ts';

type Callback = (...values: unknown[]) => void;
type Start = (callback: Callback, ...rest: unknown[]) => object;
type Wait = (...values: unknown[]) => Promise<unknown>;
type Ticks = (...values: unknown[]) => AsyncIterable<unknown>;

/**
 * Ends what a stopped cell left waiting: its timers no longer fire, and what waits for one waits for ever, so that a
 * loop with a pause in it goes no further. A cell's own code cannot be ended from outside in any other way.
 */
export function endTimersWithTheirCell(): void {
  const scope = globalThis as unknown as Record<string, Start>;
  const clear: Record<string, (timer: object) => void> = {
    setTimeout: clearTimeout as (timer: object) => void,
    setInterval: clearInterval as (timer: object) => void,
    setImmediate: clearImmediate as (timer: object) => void,
  };
  for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
    const start = scope[name];
    const end = clear[name];
    if (start === undefined || end === undefined) continue;
    const owned = createOwned(start, end);
    const wait = (start as { [promisify.custom]?: Wait })[promisify.custom];
    if (wait !== undefined) Object.defineProperty(owned, promisify.custom, { value: createWait(wait) });
    scope[name] = owned;
    // What a cell gets from `import { setTimeout } from 'node:timers'`.
    Object.assign(timers, { [name]: owned });
  }
  // What a cell gets from `import { setTimeout } from 'node:timers/promises'`.
  const { setTimeout: wait, setImmediate: turn, setInterval: ticks } = timersPromises;
  Object.assign(timersPromises, {
    setTimeout: createWait(wait as Wait),
    setImmediate: createWait(turn as Wait),
    setInterval: createTicks(ticks as Ticks),
  });
}

/** The same timer, which does nothing once the cell that made it was stopped. */
function createOwned(start: Start, end: (timer: object) => void): Start {
  return (callback, ...rest) => {
    const cell = currentCell();
    if (cell === undefined || typeof callback !== 'function') return start(callback, ...rest);
    const timer = start(
      function onTime(this: unknown, ...values: unknown[]) {
        if (cell.isStopped) end(timer);
        // In braces: a promise that it returns is nobody's.
        else
          callNext(() => {
            callback.apply(this, values);
          });
      },
      ...rest,
    );
    return timer;
  };
}

/**
 * Calls it next, before anything else that waits. Node calls a timer in a frame of its own, which the stop button must
 * not end by force: the process ends with it. Below a promise there is no such frame.
 */
function callNext(work: () => void): void {
  settled.then(work).catch((thrown: unknown) => {
    // As from a timer, and not as a promise that nobody awaits.
    nextTick(() => {
      throw thrown;
    });
  });
}

const settled = Promise.resolve();
const { nextTick } = process;

function createWait(wait: Wait): Wait {
  return async (...values) => {
    const cell = currentCell();
    const result = await wait(...values);
    await unlessStopped(cell);
    return result;
  };
}

function createTicks(ticks: Ticks): Ticks {
  return async function* ticksOfCell(...values: unknown[]) {
    const cell = currentCell();
    for await (const value of ticks(...values)) {
      await unlessStopped(cell);
      yield value;
    }
  };
}

function unlessStopped(cell: RunningCell | undefined): Promise<void> {
  return cell?.isStopped ? new Promise(() => {}) : Promise.resolve();
}
