import { styleText } from 'node:util';
import { type Counts, sum } from './counts.ts';
import type { StepResult } from './run-step.ts';

type Shown = Pick<StepResult, 'name' | 'succeeded' | 'counts' | 'seconds'>;

/** One line about a step that has ended. */
export function formatStep({ name, succeeded, counts, seconds }: Shown): string {
  const word = styleText(succeeded ? 'green' : 'red', succeeded ? 'passed' : 'FAILED', {
    validateStream: true,
  });
  const time = `${seconds.toFixed(1)} s`.padStart(9);
  return `${name.padEnd(12)}${word}${time}${tally(counts)}`;
}

function tally({ passed, failed }: Counts): string {
  if (passed + failed <= 1) return '';
  return `   ${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`;
}

/** The table of all steps, and below it one sentence that says how it went. */
export function formatReport(results: readonly Shown[], seconds: number): string {
  const rows = results.map(({ name, succeeded, counts, seconds: took }) =>
    row(
      name,
      succeeded ? 'passed' : 'FAILED',
      String(counts.passed),
      String(counts.failed),
      `${took.toFixed(1)} s`,
    ),
  );
  return [row('check', 'result', 'passed', 'failed', 'time'), ...rows, '', sentence(results, seconds)].join(
    '\n',
  );
}

function row(name: string, result: string, passed: string, failed: string, time: string): string {
  return `  ${name.padEnd(12)}${result.padEnd(8)}${passed.padStart(8)}${failed.padStart(8)}${time.padStart(11)}`;
}

function sentence(results: readonly Shown[], seconds: number): string {
  const { passed, failed } = sum(results.map(({ counts }) => counts));
  const failing = results.filter(({ succeeded }) => !succeeded).map(({ name }) => name);
  const start = failing.length === 0 ? 'All checks passed' : `Checks failed (${failing.join(', ')})`;
  return `${start}: ${passed} passed, ${failed} failed in ${Math.round(seconds)} s`;
}
