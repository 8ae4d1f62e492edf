/**
 * What `npm run setup` runs, on the project's Node: finds or sets up a JupyterLab, offers both kernels to every
 * Jupyter of this user, says what was found, and what to click next. It starts nothing.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chooseRegion } from 'lib/region';
import { declarationPaths } from 'typescript-kernel';
import { cellPackages } from './kernel/bedrock-hooks.ts';
import { describeUserKernels, installUserKernels, writeKernelspecs } from './kernelspecs.ts';
import { modelOptionsOf } from './model/choice.ts';
import { makeModelReady } from './model/make-ready.ts';
import { readOptions, runMain } from './setup/cli.mjs';
import { describeCredentials, findCredentials } from './setup/credentials.ts';
import { formatMegabytes, freeMegabytes, setUpMegabytes } from './setup/disk.mjs';
import { findHome } from './setup/find-jupyter.ts';
import { formatSummary, homeRow, nextSteps, nodeRow, type SummaryRow } from './setup/summary.ts';

const projectRoot = join(import.meta.dirname, '..', '..', '..');

runMain(main);

async function main(): Promise<number> {
  // The bootstrap has answered --help and --uninstall, which need no packages.
  const options = readOptions('setup');
  const asked = modelOptionsOf(options);
  const model = asked && (await makeModelReady(asked));
  const [found, credentials, { region, source }] = await Promise.all([
    findHome(projectRoot, process.env),
    findCredentials(),
    chooseRegion(process.env),
  ]);
  const { jupyterPath } = writeKernelspecs(projectRoot, process.execPath);
  const kernels = await installUserKernels(projectRoot, jupyterPath, process.env, options.take);
  // The first notebook need not wait for them.
  declarationPaths(projectRoot, cellPackages);
  const taken = formatMegabytes(setUpMegabytes(projectRoot));
  const rows: SummaryRow[] = [
    nodeRow(projectRoot),
    homeRow(found),
    ['Region', `${region}, from ${source}`],
    ['Credentials', describeCredentials(credentials)],
    ['Kernels', describeUserKernels(kernels)],
    ...(model === undefined ? [] : [['Model', `${model}, for TypeScript (local model)`] as const]),
    ['Disk', `${taken} taken in this folder, ${formatMegabytes(freeMegabytes(projectRoot))} free`],
  ];
  console.log(
    `${formatSummary(rows)}\n\n${nextSteps(found.home, projectRoot, process.env, kernels.displayNames)}`,
  );
  if (existsSync(join(projectRoot, '.git')))
    console.log('\nA newer version, later: npm run pull. Notebooks that you ran or edited are kept.');
  return 0;
}
