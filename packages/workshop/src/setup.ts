/**
 * What `npm run setup` runs, on the project's Node: finds or sets up a JupyterLab, offers both kernels to every
 * Jupyter of this user, says what was found, and what to click next. It starts nothing.
 */
import { join } from 'node:path';
import { chooseRegion } from 'lib/region';
import { declarationPaths } from 'typescript-kernel';
import { cellPackages } from './kernel/bedrock-hooks.ts';
import { describeUserKernels, installUserKernels, writeKernelspecs } from './kernelspecs.ts';
import { readOptions, runMain } from './setup/cli.mjs';
import { describeCredentials, findCredentials } from './setup/credentials.ts';
import {
  formatMegabytes,
  freeMegabytes,
  jupyterMegabytes,
  setUpMegabytes,
  warnOrRefuse,
} from './setup/disk.mjs';
import { findJupyter, findRunningJupyter, type Jupyter } from './setup/find-jupyter.ts';
import { isStudio } from './setup/studio.mjs';
import {
  formatSummary,
  type Home,
  jupyterRow,
  nextSteps,
  nodeRow,
  type SummaryRow,
} from './setup/summary.ts';
import { createVirtualEnvironment, readVirtualEnvironment } from './setup/virtual-environment.ts';

const projectRoot = join(import.meta.dirname, '..', '..', '..');

runMain(main);

async function main(): Promise<number> {
  // The bootstrap has answered --help and --uninstall, which need no packages.
  const { keep } = readOptions('setup');
  const [[home, jupyter], credentials, { region, source }] = await Promise.all([
    findHome(),
    findCredentials(),
    chooseRegion(process.env),
  ]);
  const { jupyterPath } = writeKernelspecs(projectRoot, process.execPath);
  const kernels = installUserKernels(projectRoot, jupyterPath, process.env, keep);
  // The first notebook need not wait for them.
  declarationPaths(projectRoot, cellPackages);
  const taken = formatMegabytes(setUpMegabytes(projectRoot));
  const rows: SummaryRow[] = [
    nodeRow(projectRoot),
    jupyter,
    ['Region', `${region}, from ${source}`],
    ['Credentials', describeCredentials(credentials)],
    ['Kernels', describeUserKernels(kernels)],
    ['Disk', `${taken} taken in this folder, ${formatMegabytes(freeMegabytes(projectRoot))} free`],
  ];
  console.log(`${formatSummary(rows)}\n\n${nextSteps(home, projectRoot, process.env)}`);
  return 0;
}

/** Which Jupyter will run the kernels. One is set up only where there is none. */
async function findHome(): Promise<[Home, SummaryRow]> {
  const env = process.env;
  if (isStudio(env)) return ['studio', ['Jupyter', "this space's own, which is running"]];
  const running = findRunningJupyter(env);
  const found = (await findJupyter(projectRoot, env)) ?? readVirtualEnvironment(projectRoot);
  if (running !== undefined) {
    const where = running.url === undefined ? '' : `, at ${running.url}`;
    return ['running', found ? jupyterRow(found) : ['Jupyter', `the one that is running${where}`]];
  }
  return ['stopped', jupyterRow(found ?? (await setUpJupyter()))];
}

function setUpJupyter(): Promise<Jupyter> {
  warnOrRefuse(projectRoot, jupyterMegabytes);
  return createVirtualEnvironment(projectRoot, process.env);
}
