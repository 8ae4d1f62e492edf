import { join } from 'node:path';
import { type HeadlessServer, startHeadlessServer } from '../../lib/jupyter/headless-server.ts';
import { kernelNames } from '../../lib/jupyter/kernelspecs.ts';
import { describeFaults, fileFaults, findFaults } from '../../lib/jupyter/notebook-faults.ts';
import { type Notebook, notebookName, readNotebook, streamText } from '../../lib/jupyter/notebook-file.ts';
import { type CellRun, runNotebook } from '../../lib/jupyter/run-notebook.ts';
import { withCallsTold } from './cost.ts';

export const projectRoot = join(import.meta.dirname, '..', '..');

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
export async function examine(server: HeadlessServer, path: string, compareOutputs: boolean) {
  const notebook = readNotebook(join(projectRoot, path));
  const all = await runOn(server, path, withCallsTold(notebook));
  const runs = all.filter(({ index }) => index < notebook.cells.length);
  const name = notebookName(path);
  const faults = [...fileFaults(name, notebook), ...findFaults(notebook, runs, compareOutputs)];
  return {
    faults: describeFaults(name, faults),
    printed: runs.map(({ outputs }) => streamText(outputs)).join(''),
    notebook,
    told: all.find(({ index }) => index === notebook.cells.length),
  };
}
