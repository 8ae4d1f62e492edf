/**
 * What `npm start` runs, on the project's Node: finds Jupyter, credentials, a region and a port, starts JupyterLab
 * with the right kernel on the notebook, says what it chose, and ends everything again on Ctrl-C.
 */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chooseRegion } from 'lib/region';
import { declarationPaths } from 'typescript-kernel';
import { cellPackages } from './kernel/bedrock-hooks.ts';
import {
  describeUserKernels,
  installUserKernels,
  kernelspecs,
  refreshUserKernels,
  writeKernelspecs,
} from './kernelspecs.ts';
import { modelOptionsOf } from './model/choice.ts';
import { makeModelReady } from './model/make-ready.ts';
import { describeServer, findServer } from './model/servers.ts';
import { explained, runMain, shortPath, untilAskedToEnd } from './setup/cli.mjs';
import { commands } from './setup/commands.mjs';
import {
  type CredentialsFinding,
  chooseKernel,
  describeCredentials,
  findCredentials,
  type KernelChoice,
} from './setup/credentials.ts';
import { findOrCreateJupyter, type Jupyter } from './setup/find-jupyter.ts';
import {
  defaultPort,
  firstFreePort,
  isPortFree,
  type JupyterServer,
  lastLines,
  logFileFor,
  notebookUrl,
  startJupyterServer,
  startNotebookSession,
} from './setup/jupyter-server.ts';
import { openBrowser } from './setup/open-browser.ts';
import { findNotebook, parseStartArguments, type StartArguments } from './setup/start-arguments.ts';
import { isStudio } from './setup/studio.mjs';
import { formatSummary, jupyterRow, nextSteps, nodeRow, type SummaryRow } from './setup/summary.ts';
import { userDataFolder } from './setup/user-kernels.mjs';

const projectRoot = join(import.meta.dirname, '..', '..', '..');
const defaultNotebook = 'notebooks/001.ipynb';

runMain(main);

async function main(): Promise<number> {
  // From the first second of the command, what had to be installed included.
  const started = Number(process.env.SET_UP_STARTED ?? Date.now());
  const request = parseStartArguments(process.argv.slice(2));
  if (request.help) {
    console.log(commands.start.usage);
    return 0;
  }
  checkHome(process.env);
  const era = localEra(process.env);
  const asked = modelOptionsOf(request);
  const model = asked && (await makeModelReady(asked));
  const kernels = writeKernelspecs(projectRoot, process.execPath);
  // The JupyterLab that is started here does without them.
  await refreshUserKernels(projectRoot, kernels.jupyterPath, process.env).catch((error: Error) => {
    const [why] = error.message.split('\n');
    console.error(`The kernels of your other Jupyters stay as they are. ${why} Next step: npm run setup`);
  });
  if (isStudio(process.env) && request.port === undefined) return explainStudio(kernels.jupyterPath);
  const notebook = chooseNotebook(request.notebook);
  const [jupyter, credentials, port, found] = await Promise.all([
    findOrCreateJupyter(projectRoot),
    findCredentials(),
    choosePort(request.port),
    model === undefined ? findServer() : undefined,
  ]);
  const choice = chooseKernel(request, credentials);
  const stopping = untilAskedToEnd();
  const startOn = (port: number) => startServer(jupyter, port, kernels.jupyterPath, request.verbose);
  let { server, logFile } = startOn(port);
  const rows = await describe(request, choice, era, credentials, port, notebook, model);
  if (found !== undefined) rows.push(['Model', describeServer(found)]);
  console.log(formatSummary([nodeRow(projectRoot), jupyterRow(jupyter), ...rows]));
  // Every kernel reads them; where they are new, they are made while the server starts.
  declarationPaths(projectRoot, cellPackages);
  for (;;) {
    const beforeReady = await Promise.race([failureOf(server), stopping]);
    if (typeof beforeReady === 'string') return close(server);
    if (beforeReady === undefined) break;
    await server.stop();
    // It was free when it was chosen: another program, such as a second npm start, was quicker.
    const next = request.port === undefined && (await portAfter(server));
    if (!next) throw explained(explainDeadServer(beforeReady.message, jupyter, logFile));
    console.log(
      formatSummary([['Port', `${next}, since another program has taken the one before meanwhile`]]),
    );
    ({ server, logFile } = startOn(next));
  }
  await openNotebook(server, notebook, kernels[choice.kernel] ?? kernels.local);
  announce(server, notebook, request.browser, (Date.now() - started) / 1000);
  const code = await Promise.race([server.ended, stopping]);
  if (typeof code === 'string') return close(server);
  if (code === 0) {
    console.log('JupyterLab was shut down from its menu. All has ended.');
    return 0;
  }
  throw explained(explainDeadServer(`JupyterLab ended by itself with exit code ${code}.`, jupyter, logFile));
}

function startServer(jupyter: Jupyter, port: number, jupyterPath: string, verbose: boolean) {
  const logFile = verbose ? undefined : logFileFor(projectRoot, port);
  const { command } = jupyter;
  const server = startJupyterServer({ command, projectRoot, port, jupyterPath, env: process.env, logFile });
  return { server, logFile };
}

/** Why it did not become ready; undefined when it did. */
function failureOf(server: JupyterServer): Promise<Error | undefined> {
  return server.ready.then(
    () => undefined,
    (error: Error) => error,
  );
}

/** The next free port when that of a server which has ended is another program's now. */
async function portAfter({ url }: JupyterServer): Promise<number | undefined> {
  const port = Number(new URL(url).port);
  return (await isPortFree(port)) ? undefined : firstFreePort(port + 1);
}

/** What the local endpoint will serve; the kernel reads the same variable. */
function localEra(env: NodeJS.ProcessEnv): string {
  const era = env.LOCAL_BEDROCK_ERA || 'lab';
  if (era === 'lab' || era === 'today') return era;
  throw explained(`LOCAL_BEDROCK_ERA is "${era}".\nNext step: set it to lab or to today, or unset it.`);
}

/** The notebook's path relative to the project; undefined when none was named and the first is not there. */
function chooseNotebook(named: string | undefined): string | undefined {
  if (named === undefined)
    return existsSync(join(projectRoot, defaultNotebook)) ? defaultNotebook : undefined;
  return findNotebook(named, projectRoot);
}

async function choosePort(asked: number | undefined): Promise<number> {
  if (asked !== undefined) {
    if (await isPortFree(asked)) return asked;
    throw explained(
      `Port ${asked} is taken by another program.\nNext step: choose another one, or leave --port out: a free one is found.`,
    );
  }
  const port = await firstFreePort(defaultPort);
  if (port === undefined) throw explained('No port from 8888 on is free.\nNext step: name one with --port.');
  return port;
}

async function describe(
  request: StartArguments,
  choice: KernelChoice,
  era: string,
  credentials: CredentialsFinding,
  port: number,
  notebook: string | undefined,
  model: string | undefined,
): Promise<SummaryRow[]> {
  const { region, source } = await chooseRegion(process.env);
  const name = kernelspecs(projectRoot, process.execPath)[choice.kernel].display_name;
  const answers = model === undefined ? 'stand-in answers' : `${model} answers for every model`;
  const endpoint =
    choice.kernel !== 'aws'
      ? `local (${era}), started with the kernel: no AWS account, no cost, ${answers}`
      : (process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME ??
        'Amazon Bedrock; calls are billed to your AWS account');
  const isUnsigned = choice.kernel === 'aws' && credentials.state !== 'found';
  const signInFirst = isUnsigned ? '; sign in first (aws configure, aws sso login), or use --local' : '';
  const moved = request.port === undefined && port !== defaultPort ? ` (${defaultPort} is taken)` : '';
  return [
    ['Kernel', `${name}, ${choice.reason}`],
    ['Endpoint', endpoint],
    ['Region', `${region}, from ${source}`],
    ['Credentials', describeCredentials(credentials) + signInFirst],
    ['Notebook', notebook ?? `none: ${defaultNotebook} is not there`],
    ['Port', `${port}${moved}, on this machine only`],
  ];
}

/** A notebook whose kernel does not start can still be read: say so and go on. */
async function openNotebook(
  server: JupyterServer,
  notebook: string | undefined,
  kernel: string,
): Promise<void> {
  if (notebook === undefined) return;
  await startNotebookSession(server, notebook, kernel).catch((error: Error) => {
    console.log(`\nThe kernel ${kernel} did not start (${error.message}).`);
    console.log('Next step: npm test -- --only unit, or choose a kernel in the notebook itself.');
  });
}

function announce(
  server: JupyterServer,
  notebook: string | undefined,
  browser: boolean,
  seconds: number,
): void {
  const url = notebookUrl(server, notebook);
  const opened = browser && openBrowser(url);
  const next = opened ? 'Your browser opens; if it does not, open this address:' : 'Open this address:';
  console.log(`\nJupyterLab is ready after ${seconds.toFixed(1)} s. ${next}\n\n${url}\n\nStop with Ctrl-C.`);
}

async function close(server: JupyterServer): Promise<number> {
  await server.stop();
  console.log('\nStopped: JupyterLab and its kernels have ended.');
  return 0;
}

/** Jupyter keeps files in the home folder while it runs, and ends with a traceback where it cannot. */
function checkHome(env: NodeJS.ProcessEnv): void {
  const folder = env.JUPYTER_RUNTIME_DIR ?? join(env.JUPYTER_DATA_DIR ?? userDataFolder(env), 'runtime');
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw explained(
      `Jupyter must write to ${folder}, and may not: ${(error as Error).message.split(',')[0]}.\n` +
        'Next step: set HOME to a folder of yours that can be written, such as HOME="$PWD/.cache/home" npm start, or make that folder your own.',
    );
  }
}

/** Node's own recursion never ends in a folder such as /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

function explainDeadServer(what: string, { source }: Jupyter, logFile: string | undefined): string {
  const next = 'Next step: put right what the last lines name; npm start -- --verbose shows more.';
  if (logFile === undefined) return `${what}\n${next}`;
  const lines = lastLines(logFile, 15);
  // Only where a part of it is missing: what works is not to be deleted.
  const isBroken = source === 'venv' && /ModuleNotFoundError|ImportError|No such file.*\.venv/.test(lines);
  const anew = isBroken
    ? ' The project’s own JupyterLab is not whole: delete .venv to have it set up anew.'
    : '';
  return `${what} The last lines of its log:\n\n${lines}\n\n${next}${anew}\nAll of the log: ${shortPath(logFile)}`;
}

/** In Studio a JupyterLab runs already, and a second one on this machine's own address could not be reached. */
async function explainStudio(jupyterPath: string): Promise<number> {
  const kernels = await installUserKernels(projectRoot, jupyterPath, process.env);
  console.log(`This is SageMaker Studio, whose own JupyterLab is running already. Both kernels are installed for it:
${describeUserKernels(kernels)}.

${nextSteps('studio', projectRoot, process.env, kernels.displayNames)}

(npm start -- --port N starts another JupyterLab regardless.)`);
  return 0;
}
