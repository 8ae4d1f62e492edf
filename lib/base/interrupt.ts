/** What a notebook's kernel offers of its running cell (`packages/kernel/src/interrupt.ts`). Elsewhere there is none. */
interface Cells {
  signal(): AbortSignal;
  outside<T>(run: () => T): T;
  unfinished?(): readonly { readonly name: string; readonly cell?: number }[];
}

function cells(): Cells | undefined {
  return (globalThis as { [key]?: Cells })[key];
}

const key = Symbol.for('typescript-kernel.cells');

/** For calls that nobody can stop. */
const never = new AbortController().signal;

/** Which cell's signal a signal is joined with: a call passes through several hands, and joining twice costs time. */
const joinedWith = new WeakMap<AbortSignal, AbortSignal>();

/**
 * Aborts when either the caller's own signal does or the notebook's stop button is pressed, so that nothing goes on
 * generating, and billing, after its cell was stopped. Outside a notebook it is the caller's own signal.
 */
export function withInterrupt(signal?: AbortSignal | null): AbortSignal {
  const ofCell = cells()?.signal();
  if (ofCell === undefined) return signal ?? never;
  if (signal && joinedWith.get(signal) === ofCell) return signal;
  const joined = AbortSignal.any(signal ? [signal, ofCell] : [ofCell]);
  joinedWith.set(joined, ofCell);
  return joined;
}

/** Aborts when either does; it stays joined with the stop button when the first one is. */
export function joinSignals(signal: AbortSignal, other: AbortSignal): AbortSignal {
  const joined = AbortSignal.any([signal, other]);
  const ofCell = joinedWith.get(signal);
  if (ofCell !== undefined) joinedWith.set(joined, ofCell);
  return joined;
}

/**
 * Runs what a cell's server was asked from outside, such as a turn of its page: the stop button ends what is under way,
 * and nothing that is asked for later, although the server belongs to a cell that was stopped.
 */
export function runOutsideCells<T>(run: () => T): T {
  const kernel = cells();
  return kernel === undefined ? run() : kernel.outside(run);
}

/**
 * The variables of the running cell whose values may be old: the cell that declares them has failed, was stopped, or was
 * not run when it was sent last. `cell` is its number. Outside a notebook there are none.
 */
export function unfinishedNames(): readonly { readonly name: string; readonly cell?: number }[] {
  return cells()?.unfinished?.() ?? [];
}
