/**
 * The first step of every command, after bootstrap.cjs has looked whether it can run here.
 *
 * It is plain JavaScript that needs no package, so that it runs on a fresh machine with Node 20 and npm only. It
 * answers what needs no packages, brings them in step with package-lock.json, among them the Node 24 that runs the
 * project's TypeScript, and then hands over to that Node: arguments, standard input and output, signals and the exit
 * code pass through.
 *
 * Its own words go to standard error.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants, freemem } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explained, readOptions, runMain } from './setup/cli.mjs';
import { commands } from './setup/commands.mjs';
import { isStudio } from './setup/studio.mjs';

const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const started = Date.now();
/** Where the person stands: npm runs scripts in the project's folder, and says where it was called. */
const here = (process.cwd() === projectRoot && process.env.INIT_CWD) || process.cwd();

runMain(main);

async function main() {
  const [name = '', ...args] = process.argv.slice(2);
  /** The endpoint reads its own arguments, and files from the folder that it runs in. */
  let program = 'packages/local-bedrock/src/cli.ts';
  let folder = here;
  if (name !== 'local-bedrock') {
    if (!isIn(commands, name)) {
      const names = [...Object.keys(commands), 'local-bedrock'].join('|');
      const what = name === '' ? 'No command was given.' : `Unknown command: ${name}`;
      throw explained(`${what}\nUsage: node packages/workshop/src/bootstrap.cjs <${names}> [arguments]`, 2);
    }
    program = commands[name].program;
    folder = projectRoot;
    if (readOptions(name, args).help) {
      console.log(commands[name].usage);
      return 0;
    }
  }
  if (name === 'setup' && readOptions('setup', args).uninstall) {
    const { uninstall } = await import('./setup/uninstall.mjs');
    console.log(await uninstall(projectRoot, process.env));
    return 0;
  }
  if (name === 'pull') {
    const { pull } = await import('./setup/pull.mjs');
    const { isNew, text } = pull(projectRoot);
    console.log(text);
    // By the new version of this file and of all that it loads.
    const begin = join(projectRoot, 'packages', 'workshop', 'src', 'bootstrap.cjs');
    return isNew ? handOver(process.execPath, [begin, 'setup'], projectRoot) : 0;
  }
  const { jupyterMegabytes, warnOrRefuse } = await import('./setup/disk.mjs');
  const { bringPackagesInStep, findNode, neededMegabytes } = await import('./setup/packages.mjs');
  const { endWithNpm } = await import('./setup/processes.mjs');
  const hasOwnJupyter = name !== 'start' || existsSync(join(projectRoot, '.venv'));
  const needsJupyter = !hasOwnJupyter && !hasJupyterOnPath();
  const forPackages = neededMegabytes(projectRoot);
  const needed = forPackages + (needsJupyter ? jupyterMegabytes : 0);
  if (needed > 0 || name === 'setup') warnOrRefuse(projectRoot, needed);
  endWithNpm();
  const both = needsJupyter && forPackages > 0 && isRoomForBoth();
  await (both ? installBoth() : bringPackagesInStep(projectRoot));
  return handOver(await findNode(projectRoot), [join(projectRoot, program), ...args], folder);
}

/**
 * Installs npm's packages and JupyterLab side by side: neither needs the other, and each waits for its downloads. What
 * goes wrong with one is told when the other has ended.
 */
async function installBoth() {
  const { bringPackagesInStep } = await import('./setup/packages.mjs');
  const { withSetUpLock } = await import('./setup/set-up-lock.mjs');
  const { createVirtualEnvironment } = await import('./setup/virtual-environment.mjs');
  const outcomes = await withSetUpLock(projectRoot, () =>
    Promise.allSettled([
      bringPackagesInStep(projectRoot),
      createVirtualEnvironment(projectRoot, process.env),
    ]),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** npm takes up to 700 MB while it installs, pip 200. In SageMaker Studio no JupyterLab is needed. */
function isRoomForBoth() {
  return !isStudio(process.env) && (process.availableMemory?.() ?? freemem()) > 1_500_000_000;
}

/** Whether a Jupyter may be used as it is, so that none need be installed. */
function hasJupyterOnPath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return (
    process.env.CONDA_PREFIX !== undefined || folders.some((folder) => existsSync(join(folder, 'jupyter')))
  );
}

/**
 * @template {object} T
 * @param {T} table
 * @param {string} name
 * @returns {name is Extract<keyof T, string>}
 */
function isIn(table, name) {
  return Object.hasOwn(table, name);
}

/**
 * Runs the program in the foreground; the exit code is its own.
 *
 * @param {string} node
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<number>}
 */
function handOver(node, args, cwd) {
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  const env = { ...withDirectLoopback(process.env), INIT_CWD: here, SET_UP_STARTED: String(started) };
  const child = spawn(node, args, { cwd, stdio: 'inherit', env });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)));
  });
}

/**
 * What is started here is called here: no proxy may come between, nor see a token that only this machine knows.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function withDirectLoopback(env) {
  const loopback = '127.0.0.1,localhost,::1';
  const given = env.no_proxy || env.NO_PROXY;
  const direct = given ? `${given},${loopback}` : loopback;
  return { ...env, NO_PROXY: direct, no_proxy: direct };
}
