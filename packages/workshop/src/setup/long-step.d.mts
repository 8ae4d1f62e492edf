/** What became of one external command. */
export interface LongStepResult {
  /** The exit code; 128 + n after signal n, 127 if the command did not start. */
  readonly code: number;
  /** Standard output and error together. */
  readonly output: string;
  readonly seconds: number;
  /** 0, or the exit code to end with, because this process was asked to end meanwhile. */
  readonly interrupted: number;
}

export function runLongStep(
  label: string,
  command: string,
  args: readonly string[],
  options?: { cwd?: string; env?: NodeJS.ProcessEnv },
): Promise<LongStepResult>;
