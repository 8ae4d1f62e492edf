import { join } from 'node:path';
import { createCellExecutor } from '../src/run-cells.ts';
import { createCell, runAsCell } from '../src/running-cell.ts';

export const projectRoot = join(import.meta.dirname, '..', '..', '..');

/** What a cell came to: its value, or why it failed. */
export interface Outcome {
  readonly value?: unknown;
  readonly thrown?: unknown;
  /** What the compiler complained of, each as `line:column message`. */
  readonly complaints?: readonly string[];
}

/** A notebook without Jupyter: its cells are compiled and run in this process. */
export function openNotebook(folder = join(projectRoot, 'notebooks')) {
  let count = 0;
  const executor = createCellExecutor(folder, { projectRoot });

  async function run(source: string): Promise<Outcome> {
    count += 1;
    const cell = createCell(count, source, () => undefined);
    if (await runAsCell(cell, () => executor.execute(source))) return { value: cell.value };
    if (cell.failure === undefined) throw new Error('The cell failed, and nobody knows why.');
    if ('thrown' in cell.failure) return { thrown: cell.failure.thrown };
    return {
      complaints: cell.failure.diagnostics.map(
        ({ place, message }) => `${place.line}:${place.column} ${message}`,
      ),
    };
  }

  return {
    executor,
    run,
    /** Runs the cells, and gives the value of the last; every one must end well. */
    async value(...sources: readonly string[]): Promise<unknown> {
      let last: unknown;
      for (const source of sources) {
        const outcome = await run(source);
        if ('thrown' in outcome || outcome.complaints !== undefined)
          throw new Error(`${source}: ${outcome.complaints ?? outcome.thrown}`);
        last = outcome.value;
      }
      return last;
    },
  };
}
