/**
 * One switch that the kernel's stop button throws: every call that `lib` has under way is aborted, so that
 * nothing goes on generating, and billing, after the cell was stopped.
 *
 * Outside a notebook nobody throws it, and it costs nothing.
 */
let current = new AbortController();

/** The signal of the calls that start now. It aborts at the next interrupt. */
export function interruptSignal(): AbortSignal {
  return current.signal;
}

/** Aborts everything under way. Calls that start afterwards are not affected. */
export function interrupt(): void {
  const stopped = current;
  current = new AbortController();
  stopped.abort(new DOMException('The kernel was interrupted.', 'AbortError'));
}

/** Aborts when either the caller's own signal does or the kernel is interrupted. */
export function withInterrupt(signal?: AbortSignal | null): AbortSignal {
  return signal ? AbortSignal.any([signal, interruptSignal()]) : interruptSignal();
}
