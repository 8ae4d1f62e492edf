import { styleText } from 'node:util';
import type { StepResult } from './run-step.ts';
import { stepNames } from './steps.ts';

/** Of the first column: the longest name and a gap. */
const nameWidth = Math.max(...stepNames.map(({ length }) => length)) + 2;

/** How many tests passed and failed. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** What we read of vitest's JSON report. */
interface TestReport {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly testResults?: readonly {
    readonly status?: string;
    readonly assertionResults?: readonly { readonly status?: string }[];
  }[];
}

/**
 * The counts of one step. A check without a report counts as one. A test file that could not be loaded counts as
 * one failure, and so does an exit code that the report does not explain, such as an error outside of any test.
 *
 * @param report the text of vitest's JSON report; undefined when there is none
 */
export function countStep(succeeded: boolean, report: string | undefined): Counts {
  if (report === undefined) return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1 };
  const { numPassedTests = 0, numFailedTests = 0, testResults = [] } = parse(report);
  const unloaded = testResults.filter(
    ({ status, assertionResults = [] }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  const failed = numFailedTests + unloaded.length;
  return { passed: numPassedTests, failed: succeeded ? failed : Math.max(1, failed) };
}

export function sum(counts: readonly Counts[]): Counts {
  return {
    passed: counts.reduce((total, { passed }) => total + passed, 0),
    failed: counts.reduce((total, { failed }) => total + failed, 0),
  };
}

function parse(report: string): TestReport {
  try {
    return JSON.parse(report) as TestReport;
  } catch {
    return {};
  }
}

type Shown = Pick<StepResult, 'name' | 'succeeded' | 'counts' | 'seconds'>;

/** One line about a step that has ended. */
export function formatStep({ name, succeeded, counts, seconds }: Shown): string {
  const word = styleText(succeeded ? 'green' : 'red', succeeded ? 'passed' : 'FAILED', {
    validateStream: true,
  });
  const time = `${seconds.toFixed(1)} s`.padStart(9);
  return `${name.padEnd(nameWidth)}${word}${time}${tally(counts)}`;
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
  return `  ${name.padEnd(nameWidth)}${result.padEnd(8)}${passed.padStart(8)}${failed.padStart(8)}${time.padStart(11)}`;
}

function sentence(results: readonly Shown[], seconds: number): string {
  const { passed, failed } = sum(results.map(({ counts }) => counts));
  const failing = results.filter(({ succeeded }) => !succeeded).map(({ name }) => name);
  const start = failing.length === 0 ? 'All checks passed' : `Checks failed (${failing.join(', ')})`;
  return `${start}: ${passed} passed, ${failed} failed in ${Math.round(seconds)} s`;
}
