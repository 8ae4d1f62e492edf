import { describe, expect, it } from 'vitest';
import { joinSignals, runOutsideCells, withInterrupt } from '../../../lib/base/interrupt.ts';
import { interrupt, runInterruptible } from '../cells.ts';

describe('withInterrupt', () => {
  it('aborts with the caller’s signal, and with the kernel’s interrupt', () => {
    const caller = new AbortController();
    const other = withInterrupt();
    const signal = withInterrupt(caller.signal);
    caller.abort();
    expect([signal.aborted, other.aborted]).toEqual([true, false]);
    interrupt();
    expect(other.aborted).toBe(true);
    expect(withInterrupt().aborted).toBe(false);
  });

  it('joins a signal once, however many hands it passes through', () => {
    const signal = withInterrupt(new AbortController().signal);
    expect(withInterrupt(signal)).toBe(signal);
    const request = new AbortController();
    const joined = joinSignals(signal, request.signal);
    expect(withInterrupt(joined)).toBe(joined);
    request.abort();
    expect([joined.aborted, signal.aborted]).toEqual([true, false]);
  });

  it('joins again what was joined in another cell', () => {
    const before = withInterrupt(new AbortController().signal);
    interrupt();
    expect(withInterrupt(before)).not.toBe(before);
    expect(withInterrupt(before).aborted).toBe(true);
  });

  it('stops what was asked of a cell’s server, and not what is asked of it later', () => {
    const signals = runInterruptible(() => {
      const before = runOutsideCells(() => withInterrupt());
      interrupt();
      return [before, runOutsideCells(() => withInterrupt())];
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('stays aborted in a cell that was stopped, and not in the next', () => {
    const inCell = runInterruptible(() => {
      interrupt();
      return withInterrupt().aborted;
    });
    expect(inCell).toBe(true);
    expect(runInterruptible(() => withInterrupt().aborted)).toBe(false);
  });
});

describe('joinSignals', () => {
  it('leaves a signal that is joined with nothing to the kernel', () => {
    const joined = joinSignals(new AbortController().signal, new AbortController().signal);
    expect(withInterrupt(joined)).not.toBe(joined);
  });
});
