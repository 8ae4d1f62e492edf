import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type HeadlessServer, startHeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import { kernelNames } from '../../packages/workshop/src/kernelspecs.ts';
import { describeFaults, fileFaults, findFaults } from '../../packages/workshop/src/notebook-faults.ts';
import {
  type Notebook,
  notebookName,
  readNotebook,
  streamText,
} from '../../packages/workshop/src/notebook-file.ts';
import { type CellRun, runNotebook } from '../../packages/workshop/src/run-notebook.ts';
import { withCallsTold } from './cost.ts';

export const projectRoot = join(import.meta.dirname, '..', '..');

/** Paths from the project's folder: the notebooks, and their solutions. */
export const notebooks: readonly string[] = ['notebooks', 'notebooks/solutions'].flatMap((folder) =>
  readdirSync(join(projectRoot, folder))
    .filter((name) => name.endsWith('.ipynb'))
    .map((name) => `${folder}/${name}`),
);

/** A Jupyter server whose local kernels serve this era in this region. */
export const serverFor = (era: 'lab' | 'today', region = 'us-east-1') =>
  startHeadlessServer(projectRoot, era, region);

/** Runs one notebook on a fresh local kernel, as if it stood at `path`. */
export async function runOn(server: HeadlessServer, path: string, notebook: Notebook): Promise<CellRun[]> {
  const session = await server.openSession(path, kernelNames.local);
  try {
    return await runNotebook(notebook, session);
  } finally {
    await session.shutdown().catch(() => undefined);
  }
}

/**
 * Every fault of a notebook's file and of a run of it, as text (empty when it is fit), what the run printed, and the
 * calls that it made, for `costOfRun`.
 */
export async function examine(
  server: HeadlessServer,
  path: string,
  { compareOutputs, twice }: { readonly compareOutputs: boolean; readonly twice: boolean },
) {
  const file = readNotebook(join(projectRoot, path));
  const notebook = twice ? withEachCellTwice(file) : file;
  const all = await runOn(server, path, withCallsTold(notebook));
  const runs = all.filter(({ index }) => index < notebook.cells.length);
  const name = notebookName(path);
  const faults = [...fileFaults(name, file), ...findFaults(notebook, runs, compareOutputs)];
  return {
    faults: describeFaults(name, faults),
    printed: runs.map(({ outputs }) => streamText(outputs)).join(''),
    notebook,
    told: all.find(({ index }) => index === notebook.cells.length),
  };
}

/** The notebook as a reader runs it who tries every cell once more before going on. */
function withEachCellTwice(notebook: Notebook): Notebook {
  return {
    ...notebook,
    cells: notebook.cells.flatMap((cell) => (cell.cell_type === 'code' ? [cell, cell] : [cell])),
  };
}
