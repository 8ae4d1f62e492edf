import { join } from 'node:path';
import { type HeadlessServer, startHeadlessServer } from '../../lib/jupyter/headless-server.ts';
import { kernelNames } from '../../lib/jupyter/kernelspecs.ts';
import { describeFaults, fileFaults, findFaults } from '../../lib/jupyter/notebook-faults.ts';
import { type Notebook, notebookName, readNotebook } from '../../lib/jupyter/notebook-file.ts';
import { type CellRun, runNotebook } from '../../lib/jupyter/run-notebook.ts';

export const projectRoot = join(import.meta.dirname, '..', '..');

/** A Jupyter server whose local kernels serve this era. */
export const serverFor = (era: 'lab' | 'today') => startHeadlessServer(projectRoot, era);

/** Runs one notebook on a fresh local kernel, as if it stood at `path`. */
export async function runOn(server: HeadlessServer, path: string, notebook: Notebook): Promise<CellRun[]> {
  const session = await server.openSession(path, kernelNames.local);
  try {
    return await runNotebook(notebook, session);
  } finally {
    await session.shutdown().catch(() => undefined);
  }
}

/** Every fault of a notebook's file and of a run of it, as text; empty when it is fit. */
export async function faultsOf(
  server: HeadlessServer,
  path: string,
  compareOutputs: boolean,
): Promise<string> {
  const notebook = readNotebook(join(projectRoot, path));
  const runs = await runOn(server, path, notebook);
  const name = notebookName(path);
  return describeFaults(name, [...fileFaults(name, notebook), ...findFaults(notebook, runs, compareOutputs)]);
}
