/** A failure as a person should read it: what failed and why, the next step, the end of what the tool said. */
export function explainFailure(what: string, output: string, freeMegabytes?: number): string;

/** An error whose message is all that a person should see of it. */
export interface ExplainedError extends Error {
  readonly isExplained: true;
  readonly exitCode: number;
}

export function explained(message: string, exitCode?: number): ExplainedError;
