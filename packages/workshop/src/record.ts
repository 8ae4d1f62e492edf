/**
 * Refreshes the committed outputs: runs every notebook on the local endpoint, in its lab era, and writes what
 * came out into the files.
 *
 *   npm run notebooks:record [-- notebooks/001.ipynb …]
 */
import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startHeadlessServer } from './headless-server.ts';
import { kernelNames } from './kernelspecs.ts';
import { compareOutputs, describeFaults, fileFaults, findFaults } from './notebook-faults.ts';
import {
  type Notebook,
  normaliseOutputs,
  notebookName,
  type Output,
  readNotebook,
  withOutputs,
  writeNotebook,
} from './notebook-file.ts';
import { type CellRun, runNotebook } from './run-notebook.ts';
import { fromHere, readOptions, runMain } from './setup/cli.mjs';

const projectRoot = join(import.meta.dirname, '..', '..', '..');

runMain(main);

async function main(): Promise<number> {
  const { positionals: asked } = readOptions('record');
  let failed = false;
  const paths =
    asked.length > 0 ? asked.map(fromRoot) : globSync('notebooks/**/*.ipynb', { cwd: projectRoot }).sort();
  // The client library reports each connection; a person needs to read of notebooks only.
  console.debug = () => {};
  const server = await startHeadlessServer(projectRoot, 'lab');
  try {
    for (const path of paths) {
      const session = await server.openSession(path, kernelNames.local);
      const file = join(projectRoot, path);
      const name = notebookName(path);
      const notebook = readNotebook(file);
      const runs = await runNotebook(notebook, session);
      await session.shutdown();
      const recorded = withOutputs(
        notebook,
        new Map(runs.map((run) => [run.index, outputsOf(notebook, run)])),
      );
      const faults = describeFaults(name, [
        ...fileFaults(name, recorded),
        ...findFaults(recorded, runs, true),
      ]);
      if (faults) {
        console.error(`${path} was not recorded; put this right first:\n${faults}`);
        failed = true;
      } else {
        writeNotebook(file, recorded);
        console.log(`${path}: ${runs.length} cells recorded.`);
      }
    }
  } finally {
    await server.close();
  }
  return failed ? 1 : 0;
}

/** The fresh outputs; the committed ones where only versions and times differ, which nobody needs to review. */
function outputsOf(notebook: Notebook, run: CellRun): readonly Output[] {
  const { committed, fresh } = compareOutputs(notebook, run);
  return committed === fresh ? normaliseOutputs(notebook.cells[run.index]?.outputs ?? []) : run.outputs;
}

function fromRoot(path: string): string {
  return relative(projectRoot, fromHere(path, projectRoot));
}
