import { progress } from 'lib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { progressHtml, progressText } from '../../../lib/notebook/progress.ts';

afterEach(() => vi.restoreAllMocks());

function linesOf(total: number, failures: readonly number[] = []): string[] {
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  const report = progress('Reading', total);
  for (let done = 1; done <= total; done += 1) {
    report({ done, failed: failures.filter((failure) => failure <= done).length });
  }
  return print.mock.calls.map(([line]) => String(line));
}

describe('progress outside a notebook', () => {
  it('prints a line for each tenth, and the last one says that all is done', () => {
    const lines = linesOf(250);
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe('Reading: 25 of 250');
    expect(lines.at(-1)).toBe('Reading: 250 of 250');
  });

  it('prints a line for each input when there are few', () => {
    expect(linesOf(2)).toEqual(['Reading: 1 of 2', 'Reading: 2 of 2']);
  });

  it('says that there was nothing to do', () => {
    expect(linesOf(0)).toEqual(['Reading: 0 of 0']);
  });

  it('says how many failed', () => {
    expect(linesOf(3, [2, 3]).at(-1)).toBe('Reading: 3 of 3, 2 failed');
  });
});

describe('a progress bar', () => {
  it('is a bar with the same words as the line', () => {
    expect(progressHtml('A & B', 4, { done: 1, failed: 1 })).toBe(
      '<label>A &amp; B: 1 of 4, 1 failed <progress max="4" value="1"></progress></label>',
    );
    expect(progressText('A & B', 4, { done: 1, failed: 0 })).toBe('A & B: 1 of 4');
  });
});
