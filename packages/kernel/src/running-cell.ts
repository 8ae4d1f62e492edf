import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import type { Place } from './cell-scripts.ts';
import { inOwnLanguage } from './own-language.ts';
import type { Frames } from './sockets.ts';

/** One run of a cell, and what it has in the kernel. Whatever it starts, at once or later, knows it as its own. */
export interface RunningCell {
  /** The number that Jupyter shows beside the cell. */
  readonly count: number;
  readonly source: string;
  /** Sends a message to everybody who watches the cell, as part of its output. */
  readonly publish: (type: string, content: object) => void;
  /** Asks the person who runs the cell for a line; absent where nobody could type one. */
  readonly ask?: AskFrames;
  /** Aborts when somebody presses stop. */
  readonly stop: AbortController;
  /** What goes on of a stopped cell is no longer shown, its timers do nothing, and its requests are closed. */
  readonly isStopped: boolean;
  /** Where its last statement began that waits for something. */
  line?: number;
  /** The notebook's variables that its code uses, once it has been compiled. */
  uses?: readonly string[];
  /** Those of them whose value may be an older one: the cell that declares them did not come to its end. */
  readonly unfinished?: (cell: RunningCell) => readonly UnfinishedName[];
  /** Why it failed, once it has. */
  failure?: CellFailure;
  /** What its last statement came to, when that is an expression. */
  value?: unknown;
}

/** A variable, and the number of the cell that declares it, if that was run at all. */
export interface UnfinishedName {
  readonly name: string;
  readonly cell?: number;
}

/** The frames of a request for a line, for the channel of the keyboard. */
export type AskFrames = (prompt: string, isSecret: boolean) => Frames;

/** What ended a cell: something thrown, or what the compiler found. */
export type CellFailure = { readonly thrown: unknown } | { readonly diagnostics: readonly Diagnostic[] };

/** What the compiler says of a place in a cell, or in a file beside the notebook. */
export interface Diagnostic {
  /** Relative to the notebook's folder; absent for the cell itself. */
  readonly fileName?: string;
  readonly place: Place;
  readonly message: string;
}

/** Stands in the place of a cell for what the kernel does by itself. */
const kernel = Symbol('kernel');

const storage = new AsyncLocalStorage<RunningCell | typeof kernel>();

/** Cells that may still have work under way; those that are gone need not be stopped. */
const started = new Set<WeakRef<RunningCell>>();
const forget = new FinalizationRegistry((reference: WeakRef<RunningCell>) => started.delete(reference));

let running: RunningCell | undefined;
let latest: RunningCell | undefined;

export function createCell(
  count: number,
  source: string,
  publish: (type: string, content: object) => void,
  ask?: AskFrames,
  unfinished?: RunningCell['unfinished'],
): RunningCell {
  const stop = new AbortController();
  // Each request of the cell listens until it is over.
  setMaxListeners(0, stop.signal);
  return {
    count,
    source,
    publish,
    ...(ask && { ask }),
    ...(unfinished && { unfinished }),
    stop,
    get isStopped() {
      return stop.signal.aborted;
    },
  };
}

/** Runs a cell's work as that cell. */
export async function runAsCell<Result>(cell: RunningCell, work: () => Promise<Result>): Promise<Result> {
  inOwnLanguage(() => {
    const reference = new WeakRef(cell);
    started.add(reference);
    forget.register(cell, reference);
  });
  running = cell;
  latest = cell;
  try {
    return await storage.run(cell, work);
  } finally {
    running = undefined;
  }
}

/** Runs work of the kernel's own: what it prints, at once or later, is no cell's output. */
export function runAsKernel<Result>(work: () => Result): Result {
  return storage.run(kernel, work);
}

/** The cell whose work this is, also after it has ended; `undefined` for the kernel's own. */
export function currentCell(): RunningCell | undefined {
  const owner = storage.getStore();
  return owner === kernel ? undefined : owner;
}

/** Whether the cell has not been answered yet. */
export function isRunning(cell: RunningCell): boolean {
  return cell === running;
}

/** The cell that shows what is printed now: where nobody knows whose it is, the one that was started last. */
export function cellToShow(): RunningCell | undefined {
  const owner = storage.getStore();
  return owner === kernel ? undefined : (owner ?? latest);
}

/** Stops the cell that runs; when none does, what earlier cells have left running. */
export function stopCells(): void {
  if (running !== undefined) {
    running.stop.abort();
    return;
  }
  const left = inOwnLanguage(() => [...started].map((reference) => reference.deref()));
  for (let index = 0; index < left.length; index += 1) left[index]?.stop.abort();
}
