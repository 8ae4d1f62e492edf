import { stripVTControlCharacters } from 'node:util';
import { joinLines, type Notebook, normaliseOutputs, type Output } from './notebook-file.ts';
import type { CellRun } from './run-notebook.ts';

/** One reason why a notebook is not fit to be shown. */
export interface Fault {
  /** Position among all cells, counted from 1 as JupyterLab's users count; absent for the notebook as a whole. */
  readonly cell?: number;
  readonly kind:
    | 'cell-failed'
    | 'cell-skipped'
    | 'no-answer'
    | 'stderr'
    | 'unhandled-rejection'
    | 'outputs-differ'
    | 'source-cell'
    | 'leftover';
  readonly message: string;
}

/** How many cells each of the source workshop's notebooks has; each is mirrored once, in order. */
export const sourceCells: Readonly<Record<string, number>> = {
  '001': 9,
  '002': 8,
  '003': 17,
  '004': 9,
  '005': 5,
};

/** Whether the cell's tags say so: `volatile` outputs hold versions and times, `stderr` output is part of the lesson. */
function tagged(notebook: Notebook, index: number, tag: string): boolean {
  return notebook.cells[index]?.metadata.tags?.includes(tag) ?? false;
}

/** Everything that is wrong with a run. Empty: the notebook is fit. Pure. */
export function findFaults(notebook: Notebook, runs: readonly CellRun[], withOutputs: boolean): Fault[] {
  const faults: Fault[] = [];
  const codeCells = notebook.cells.flatMap((cell, index) => (cell.cell_type === 'code' ? [index] : []));
  for (const index of codeCells) {
    const run = runs.find((candidate) => candidate.index === index);
    if (run) faults.push(...cellFaults(notebook, run));
    else
      faults.push({
        cell: index + 1,
        kind: 'cell-skipped',
        message: 'It was never run: an earlier cell ended the run.',
      });
  }
  if (withOutputs) faults.push(...runs.flatMap((run) => outputFaults(notebook, run)));
  return faults;
}

function cellFaults(notebook: Notebook, run: CellRun): Fault[] {
  const cell = run.index + 1;
  const stderr = run.outputs
    .map((output) =>
      output.output_type === 'stream' && output.name === 'stderr' ? joinLines(output.text) : '',
    )
    .join('');
  const faults: Fault[] = [];
  if (run.status === 'error')
    faults.push({
      cell,
      kind: 'cell-failed',
      message: errorText(run.outputs) || stderr || 'The kernel reports an error.',
    });
  if (run.status === 'abort')
    faults.push({ cell, kind: 'cell-skipped', message: 'The kernel skipped it after an earlier failure.' });
  if (run.status === 'none')
    faults.push({
      cell,
      kind: 'no-answer',
      message: `No answer after ${run.milliseconds} ms: too slow, or the kernel died.`,
    });
  if (/Unhandled ?Promise ?Rejection|UncaughtException:/i.test(stderr))
    faults.push({ cell, kind: 'unhandled-rejection', message: stderr });
  else if (run.status === 'ok' && stderr !== '' && !tagged(notebook, run.index, 'stderr'))
    faults.push({ cell, kind: 'stderr', message: stderr });
  return faults;
}

/** The error as Jupyter shows it, without its colours. */
function errorText(outputs: readonly Output[]): string {
  return outputs
    .flatMap((output) => (output.output_type === 'error' ? output.traceback : []))
    .map(stripVTControlCharacters)
    .join('\n');
}

function outputFaults(notebook: Notebook, run: CellRun): Fault[] {
  const { committed, fresh } = compareOutputs(notebook, run);
  if (committed === fresh) return [];
  const next = 'npm run notebooks:record refreshes them.';
  const message = `committed:\n${committed}\nfresh:\n${fresh}\n${next}`;
  return [{ cell: run.index + 1, kind: 'outputs-differ', message }];
}

/** The committed and the fresh outputs of a cell, each as one text; equal texts count as the same outputs. Pure. */
export function compareOutputs(notebook: Notebook, run: CellRun): { committed: string; fresh: string } {
  const pattern = volatilePattern(notebook, run.index);
  const spell = (outputs: readonly Output[]) => {
    const text = JSON.stringify(normaliseOutputs(outputs), null, 1);
    return pattern ? text.replace(pattern, '#') : text;
  };
  return { committed: spell(notebook.cells[run.index]?.outputs ?? []), fresh: spell(run.outputs) };
}

/**
 * What may differ in the outputs of a cell that is tagged `volatile`: versions, times with their units, and a plot of
 * times, whose words and numbers stand beside it. All else is compared byte for byte.
 */
function volatilePattern(notebook: Notebook, index: number): RegExp | undefined {
  if (!tagged(notebook, index, 'volatile')) return undefined;
  return /\b\d+\.\d+\.\d+\b|\b\d+ ms\b|\d{4}-\d{2}-\d{2}T[\d:.]+Z|data:image\/svg\+xml,[\w%.!~*'()-]+|from (AWS_REGION|AWS_DEFAULT_REGION|profile [^<]*|the workshop[^<]*)/g;
}

/** Faults of the file itself: source cells out of order, and what a run in JupyterLab leaves behind. Pure. */
export function fileFaults(name: string, notebook: Notebook): Fault[] {
  return [...sourceCellFaults(name, notebook), ...leftovers(notebook)];
}

function sourceCellFaults(name: string, notebook: Notebook): Fault[] {
  const count = sourceCells[name];
  if (count === undefined) return [];
  const found = notebook.cells.flatMap((cell) => cell.metadata.source_cell ?? []);
  const wanted = Array.from({ length: count }, (_, index) => index + 1);
  if (JSON.stringify(found) === JSON.stringify(wanted)) return [];
  return [
    {
      kind: 'source-cell',
      message: `source_cell must run ${wanted.join(' ')}, once each and in order; it runs ${found.join(' ')}.`,
    },
  ];
}

/** Paths of somebody's machine, and AWS account numbers. */
const personal = /\/(home|root|Users|tmp|work)\/\S*|\b\d{12}\b/;

function leftovers(notebook: Notebook): Fault[] {
  return notebook.cells.flatMap((cell, index): Fault[] => {
    const found = personal.exec(JSON.stringify(cell.outputs ?? []))?.[0];
    if (found) return [{ cell: index + 1, kind: 'leftover', message: `Its output holds ${found}.` }];
    if (cell.cell_type !== 'code' || (cell.execution_count ?? null) === null) return [];
    return [
      {
        cell: index + 1,
        kind: 'leftover',
        message: 'It has an execution count; npm run notebooks:record removes it.',
      },
    ];
  });
}

/** The faults as lines for a person. */
export function describeFaults(name: string, faults: readonly Fault[]): string {
  return faults
    .map(
      ({ cell, kind, message }) => `${name}${cell === undefined ? '' : ` cell ${cell}`}: ${kind}: ${message}`,
    )
    .join('\n');
}
