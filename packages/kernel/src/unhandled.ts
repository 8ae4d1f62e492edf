import { inOwnLanguage } from './own-language.ts';
import { currentCell, isRunning } from './running-cell.ts';

/**
 * Keeps the kernel alive where Node would end: when something is thrown that nobody catches, or a promise is rejected
 * that nobody awaits. A cell that still runs fails of it; for one that has been answered it is printed below the cell.
 */
export function survive(): void {
  process.on('uncaughtException', (error) => report('UncaughtException:', error));
  process.on('unhandledRejection', (reason) => report('UnhandledPromiseRejection:', reason));
}

function report(what: string, thrown: unknown): void {
  const cell = currentCell();
  if (cell !== undefined && isRunning(cell) && cell.failure === undefined) cell.failure = { thrown };
  // What is printed is looked at, which may never end: the stop button ends it by force only below a promise, where there is
  // no frame of Node's that would take the process with it.
  else inOwnLanguage(() => void Promise.resolve().then(() => print(what, thrown)));
}

function print(what: string, thrown: unknown): void {
  try {
    console.error(what, thrown);
  } catch {
    console.error(what, 'something that cannot be shown: it throws when it is looked at');
  }
}

/** Node's own, whatever cells are given. */
const [turn, later, cancel] = [setImmediate, setTimeout, clearTimeout];

/** Milliseconds after which a turn of the event loop that never comes is no longer waited for. */
const lostTurn = 250;

/**
 * Until Node has told of what there is by now: rejections that nobody awaits, and a stop button that was pressed. What the
 * stop button ends by force may take the rest of a turn of the event loop with it; the cell is answered all the same.
 */
export function untilTold(): Promise<void> {
  return inOwnLanguage(
    () =>
      new Promise((resolve) => {
        const late = later(resolve, lostTurn);
        turn(() => {
          cancel(late);
          resolve();
        });
      }),
  );
}
