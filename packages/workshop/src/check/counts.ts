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
