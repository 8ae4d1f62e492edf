import type { ExplainedError } from './failure-cause.mjs';
import { fitMessage } from './wrap.mjs';

/** Runs a program's main function. What is explained is shown as it is, without a stack; the exit code is set. */
export function runMain(main: () => Promise<number>): void {
  main().then(
    (code) => process.exit(code),
    (error: Partial<ExplainedError>) => {
      console.error(error.isExplained ? fitMessage(error.message ?? '') : error);
      process.exit(error.exitCode ?? 1);
    },
  );
}
