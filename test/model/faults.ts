import { describeFaults, findFaults } from '../../packages/workshop/src/notebook-faults.ts';
import { type Notebook, notebookName } from '../../packages/workshop/src/notebook-file.ts';
import type { CellRun } from '../../packages/workshop/src/run-notebook.ts';

/** What is wrong with a run, as text; that a model is shown no pictures is said below the cell, and is no fault. */
export function faultsOf(path: string, notebook: Notebook, runs: readonly CellRun[]): string {
  const faults = findFaults(notebook, runs, false).filter(
    ({ kind, message }) =>
      !(kind === 'stderr' && /^\(node:\d+\) Warning: .* is not shown any image/.test(message)),
  );
  return describeFaults(notebookName(path), faults);
}
