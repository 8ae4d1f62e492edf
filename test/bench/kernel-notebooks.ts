/**
 * What eight open notebooks cost, each run to its end, on Linux, with the real JupyterLab.
 *
 *   npm run bench -- kernel-notebooks
 */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Session } from '@jupyterlab/services';
import { type HeadlessServer, startHeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import { kernelNames } from '../../packages/workshop/src/kernelspecs.ts';
import { readNotebook } from '../../packages/workshop/src/notebook-file.ts';
import { runNotebook } from '../../packages/workshop/src/run-notebook.ts';
import { cpuOf, type Memory, memoryOf, parentOf, processWith } from './kernel/processes.ts';
import { printTable } from './measure.ts';

const projectRoot = join(import.meta.dirname, '..', '..');
const openNotebooks = 8;
/** The memory of the smallest instance that the workshop names, an ml.t3.medium, in MB. */
const room = 4096;
/** Milliseconds after which V8 has collected what an idle kernel does not use any more. */
const untilAtRest = 30_000;

async function main(): Promise<void> {
  // The client library reports each connection.
  console.debug = () => {};
  const server = await startHeadlessServer(projectRoot, 'lab');
  try {
    const { rows, used } = await manyNotebooks(server);
    printTable(rows);
    console.log(`\n${openNotebooks} open notebooks and the server take ${used.toFixed(0)} of ${room} MB.`);
    if (used > room) process.exitCode = 1;
  } finally {
    await server.close();
  }
}

async function open(server: HeadlessServer, name: string) {
  const session: Session.ISessionConnection = await server.openSession(
    `notebooks/${name}.ipynb`,
    kernelNames.local,
  );
  const { kernel } = session;
  if (!kernel) throw new Error('The session has no kernel.');
  await kernel.info;
  return { session, pid: processWith(kernel.id) };
}

/** The rows of the notebooks, which are run one after the other and stay open, and of the server; and MB of memory in all. */
async function manyNotebooks(server: HeadlessServer) {
  const names = globSync('notebooks/*.ipynb', { cwd: projectRoot }).sort();
  const opened: { name: string; pid: number; atEnd: number }[] = [];
  while (opened.length < openNotebooks) {
    const name = names[opened.length % names.length] ?? '';
    // A notebook that is opened twice has one kernel: this one stands for another in the same folder.
    const { session, pid } = await open(server, `opened-${opened.length}`);
    await runNotebook(readNotebook(join(projectRoot, name)), session);
    opened.push({ name: basename(name, '.ipynb'), pid, atEnd: memoryOf(pid).proportional });
  }
  await wait(untilAtRest);
  const kernels = opened.map(({ pid, ...row }) => ({ ...row, pid, cpu: cpuOf(pid), ...memoryOf(pid) }));
  const sum = (key: 'cpu' | keyof Memory) => kernels.reduce((total, kernel) => total + kernel[key], 0);
  const { resident, proportional } = memoryOf(parentOf(kernels[0]?.pid ?? 0));
  const rows: Record<string, string>[] = [
    ...kernels.map((row) => ({
      notebook: row.name,
      'CPU s': (row.cpu / 1000).toFixed(1),
      'PSS MB at its end': row.atEnd.toFixed(0),
      'PSS MB at rest': row.proportional.toFixed(0),
      'RSS MB at rest': row.resident.toFixed(0),
    })),
    {
      notebook: 'all of them',
      'CPU s': (sum('cpu') / 1000).toFixed(1),
      'PSS MB at rest': sum('proportional').toFixed(0),
      'RSS MB at rest': sum('resident').toFixed(0),
    },
    {
      notebook: 'the Jupyter server',
      'PSS MB at rest': proportional.toFixed(0),
      'RSS MB at rest': resident.toFixed(0),
    },
  ];
  return { rows, used: sum('proportional') + proportional };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
