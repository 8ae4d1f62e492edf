/**
 * Refreshes the committed outputs: runs every notebook on the local endpoint, in its lab era, and writes what
 * came out into the files.
 *
 *   npm run notebooks:record [-- notebooks/001.ipynb …]
 */
import { globSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { startHeadlessServer } from './headless-server.ts';
import { kernelNames, writeKernelspecs } from './kernelspecs.ts';
import { describeFaults, fileFaults, findFaults } from './notebook-faults.ts';
import { notebookName, readNotebook, withOutputs, writeNotebook } from './notebook-file.ts';
import { runNotebook } from './run-notebook.ts';
import { findOrCreateJupyter } from './setup/jupyter.ts';

const projectRoot = join(import.meta.dirname, '..', '..');

async function main(asked: readonly string[]): Promise<void> {
  const paths =
    asked.length > 0 ? asked.map(fromRoot) : globSync('notebooks/**/*.ipynb', { cwd: projectRoot }).sort();
  // The client library reports each connection; a person needs to read of notebooks only.
  console.debug = () => {};
  const { command } = await findOrCreateJupyter(projectRoot);
  const { jupyterPath } = writeKernelspecs(projectRoot, process.execPath);
  const env = { LOCAL_BEDROCK_ERA: 'lab', AWS_REGION: 'us-east-1' };
  const server = await startHeadlessServer({ jupyter: command, root: projectRoot, jupyterPath, env });
  try {
    for (const path of paths) {
      const session = await server.openSession(path, kernelNames.local);
      const file = join(projectRoot, path);
      const name = notebookName(path);
      const notebook = readNotebook(file);
      const runs = await runNotebook(notebook, session);
      await session.shutdown();
      const recorded = withOutputs(notebook, new Map(runs.map((run) => [run.index, run.outputs])));
      const faults = describeFaults(name, [
        ...fileFaults(name, recorded),
        ...findFaults(recorded, runs, true),
      ]);
      if (faults) {
        console.error(`${path} was not recorded; put this right first:\n${faults}`);
        process.exitCode = 1;
      } else {
        writeNotebook(file, recorded);
        console.log(`${path}: ${runs.length} cells recorded.`);
      }
    }
  } finally {
    await server.close();
  }
}

function fromRoot(path: string): string {
  return relative(projectRoot, resolve(path));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
