import { AsyncLocalStorage } from 'node:async_hooks';
import { currentCell, type UnfinishedName } from './running-cell.ts';

/**
 * One switch that the stop button throws. A library that calls something expensive asks for its signal, through
 * `globalThis[Symbol.for('typescript-kernel.cells')]`, and so needs nothing of this package.
 *
 * The kernel only lets go of a stopped cell; its code runs on, unseen. So the switch stays thrown for everything that
 * was started before: a loop in a stopped cell gets no further call through. Cells that start afterwards are not
 * affected.
 */
export interface Cells {
  /** Aborts when the cell that asks is stopped; aborted already in a cell that was. */
  signal(): AbortSignal;
  /** Runs what came from outside, such as a request to a cell's server: it belongs to no cell that was stopped. */
  outside<T>(run: () => T): T;
  /**
   * The variables that the cell which asks uses, and that another cell declares which failed, was stopped or was not run
   * when it was sent last: what they hold may be what an older version of that cell gave them.
   */
  unfinished(): readonly UnfinishedName[];
}

let current = new AbortController();

/** Which controller was the current one when the running cell started. */
const startedUnder = new AsyncLocalStorage<AbortController>();

/** What was there before any cell: the kernel loads this file first. */
const beforeCells = AsyncLocalStorage.snapshot();

/** Lets libraries ask for the running cell's signal. Returns how to withdraw the offer. */
export function offerCells(): () => void {
  const offered = globalThis as { [cellsKey]?: Cells };
  offered[cellsKey] = {
    signal: () => (startedUnder.getStore() ?? current).signal,
    outside: (run) => beforeCells(run),
    unfinished: () => {
      const cell = currentCell();
      return cell?.unfinished?.(cell) ?? [];
    },
  };
  return () => {
    delete offered[cellsKey];
  };
}

const cellsKey = Symbol.for('typescript-kernel.cells');

/** Runs a cell: all that it starts, at once or later, is stopped by the next interrupt. */
export function runInterruptible<T>(cell: () => T): T {
  return startedUnder.run(current, cell);
}

/** Aborts everything that was started so far, and what it tries to start from now on. */
export function interrupt(): void {
  const stopped = current;
  current = new AbortController();
  stopped.abort(new DOMException('The kernel was interrupted.', 'AbortError'));
}
