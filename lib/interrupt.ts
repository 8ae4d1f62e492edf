import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * One switch that the kernel's stop button throws: every call that `lib` has under way is aborted, so that
 * nothing goes on generating, and billing, after the cell was stopped.
 *
 * The kernel only lets go of a stopped cell; its code runs on, unseen. So the switch stays thrown for everything
 * that was started before: a loop in a stopped cell gets no further call through. Cells that start afterwards are
 * not affected. Outside a notebook nobody throws it, and it costs nothing.
 */
let current = new AbortController();

/** Which controller was the current one when the running cell started. */
const startedUnder = new AsyncLocalStorage<AbortController>();

/** What was there before any cell: the kernel loads this file first. */
const beforeCells = AsyncLocalStorage.snapshot();

/** Runs a cell: all that it starts, at once or later, is stopped by the next interrupt. */
export function runInterruptible<T>(cell: () => T): T {
  return startedUnder.run(current, cell);
}

/**
 * Runs what a cell's server was asked from outside, such as a turn of its page: an interrupt stops what is under way,
 * and nothing that is asked for later, although the server belongs to a cell that was stopped.
 */
export function runOutsideCells<T>(run: () => T): T {
  return beforeCells(run);
}

/** Aborts everything that was started so far, and what it tries to start from now on. */
export function interrupt(): void {
  const stopped = current;
  current = new AbortController();
  stopped.abort(new DOMException('The kernel was interrupted.', 'AbortError'));
}

/** Which controller a signal is joined with: a call passes through several hands, and joining twice costs time. */
const joinedWith = new WeakMap<AbortSignal, AbortController>();

/** Aborts when either the caller's own signal does or the kernel is interrupted. */
export function withInterrupt(signal?: AbortSignal | null): AbortSignal {
  const controller = startedUnder.getStore() ?? current;
  if (signal && joinedWith.get(signal) === controller) return signal;
  const joined = AbortSignal.any(signal ? [signal, controller.signal] : [controller.signal]);
  joinedWith.set(joined, controller);
  return joined;
}

/** Aborts when either does; it stays joined with the kernel's interrupt when the first one is. */
export function joinSignals(signal: AbortSignal, other: AbortSignal): AbortSignal {
  const joined = AbortSignal.any([signal, other]);
  const controller = joinedWith.get(signal);
  if (controller !== undefined) joinedWith.set(joined, controller);
  return joined;
}
