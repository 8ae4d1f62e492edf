/** What `npm run setup` runs, on the project's Node: the set-up that `npm start` does, and nothing after it. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseRegion } from '../region.ts';
import { writeKernelspecs } from './kernelspecs.ts';
import { describeCredentials } from './setup/choose-kernel.ts';
import { findCredentials } from './setup/credentials.ts';
import { explained } from './setup/failure-cause.mjs';
import { findOrCreateJupyter } from './setup/jupyter.ts';
import { runMain } from './setup/run-main.ts';
import { explainParseError } from './setup/start-arguments.ts';
import { installKernelsForUser, isStudio } from './setup/studio.ts';
import { formatSummary, jupyterRow, nodeRow, type SummaryRow, shortPath } from './setup/summary.ts';

const projectRoot = join(import.meta.dirname, '..', '..');

const usage = `Usage: npm run setup -- [--user]

Installs what the project needs and says what was found. Nothing is started.

  --user   also offer both kernels to every Jupyter of this user (the default in SageMaker Studio)
  --help   show this`;

runMain(main);

async function main(): Promise<number> {
  const request = parse();
  if (request.help) {
    console.log(usage);
    return 0;
  }
  const { jupyterPath } = writeKernelspecs(projectRoot, process.execPath);
  const inStudio = isStudio(process.env);
  const rows: SummaryRow[] = [nodeRow(projectRoot)];
  if (!inStudio) rows.push(jupyterRow(await findOrCreateJupyter(projectRoot)));
  const credentials = await findCredentials();
  const { region, source } = await chooseRegion(process.env);
  rows.push(['Region', `${region}, from ${source}`], ['Credentials', describeCredentials(credentials)]);
  if (request.user || inStudio) {
    rows.push(['Kernels', `installed in ${shortPath(installKernelsForUser(jupyterPath, process.env))}`]);
  }
  console.log(formatSummary(rows));
  console.log(
    inStudio
      ? '\nReady: refresh the page, open notebooks/001.ipynb, and choose the kernel TypeScript (Bedrock).'
      : '\nReady: npm start',
  );
  return 0;
}

function parse(): { user: boolean; help: boolean } {
  const off = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ options: { user: off, help: off } }).values;
  } catch (error) {
    throw explained(`${explainParseError(error as NodeJS.ErrnoException)}\n\n${usage}`, 2);
  }
}
