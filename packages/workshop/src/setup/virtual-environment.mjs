/** The project's own JupyterLab, and the Python that makes it. Plain JavaScript: it is made while npm installs the rest. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { explained } from './cli.mjs';
import { readText } from './disk.mjs';
import { explainFailure, withMoreTries } from './failure-cause.mjs';
import { executablesOnPath, isExecutable, runCommand, runLongStep, slowestAnswerMs } from './run-command.mjs';
import { withSetUpLock } from './set-up-lock.mjs';

const scripts = process.platform === 'win32' ? 'Scripts' : 'bin';
const requirementsFile = join(import.meta.dirname, '..', 'requirements.txt');

/** @typedef {import('./find-jupyter.ts').Jupyter} Jupyter */

/**
 * The project's own JupyterLab in `.venv`, if it is there, complete, and of the pinned version.
 *
 * @param {string} projectRoot
 * @returns {Jupyter | undefined}
 */
export function readVirtualEnvironment(projectRoot) {
  const { python, stampFile } = paths(projectRoot);
  if (!isExecutable(python) || readText(stampFile) !== stamp(projectRoot)) return undefined;
  return describe(projectRoot);
}

/**
 * Makes `.venv` with the pinned JupyterLab. The stamp is written last, so that a run which was cut short is not
 * taken for a finished one: the next starts over.
 *
 * @param {string} projectRoot
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Jupyter>}
 * @throws an explained error that names the next step
 */
export async function createVirtualEnvironment(projectRoot, env) {
  return withSetUpLock(projectRoot, async () => {
    const ready = readVirtualEnvironment(projectRoot);
    if (ready !== undefined) return ready;
    const { folder, python, stampFile } = paths(projectRoot);
    const base = await findPython(env);
    const downloads = join(projectRoot, '.cache', 'pip');
    const clean = pipEnvironment(env, downloads);
    await step(
      `Making .venv with Python ${base.version}`,
      [base.path, '-m', 'venv', '--clear', folder],
      clean,
      `${base.path} could not make the virtual environment .venv`,
    );
    await step(
      `Installing JupyterLab ${pinnedVersion()} into .venv`,
      [python, '-m', 'pip', 'install', ...pipFlags, '-r', requirementsFile],
      clean,
      'pip could not install JupyterLab',
    );
    // A pip that failed goes on with them the next time.
    rmSync(downloads, { recursive: true, force: true });
    writeFileSync(stampFile, stamp(projectRoot));
    return describe(projectRoot);
  });
}

// The list is whole, so that pip need not look for more, a fifth of its work. Python compiles what it loads, when it loads it: doing so for all packages first takes longer than to start.
const pipFlags = [
  '--quiet',
  '--no-deps',
  '--no-compile',
  '--disable-pip-version-check',
  '--no-input',
  '--retries',
  '2',
];

/**
 * Without settings of the user's that make pip install elsewhere than into the virtual environment.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {string} downloads where pip keeps them, if it has kept some there or keeps none of other projects here
 * @returns {NodeJS.ProcessEnv}
 */
function pipEnvironment(env, downloads) {
  const { PYTHONHOME: _home, PYTHONPATH: _path, PIP_TARGET: _target, PIP_PREFIX: _prefix, ...rest } = env;
  const isElsewhere = hasPipCache(env) && !existsSync(downloads);
  return { ...rest, PIP_USER: '0', ...(isElsewhere ? {} : { PIP_CACHE_DIR: downloads }) };
}

/**
 * Whether pip keeps downloads of other projects here; where it does not, it shall not begin to for good.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function hasPipCache(env) {
  const home = env.HOME ?? homedir();
  const caches = process.platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
  return existsSync(env.PIP_CACHE_DIR ?? join(env.XDG_CACHE_HOME ?? caches, 'pip'));
}

/** @type {(label: string, command: readonly string[], env: NodeJS.ProcessEnv, failure: string) => Promise<void>} */
async function step(label, command, env, failure) {
  const result = await withMoreTries(() => runLongStep(label, command, { env }));
  if (result.interrupted !== 0) {
    throw explained('Interrupted. The same command starts this step over.', result.interrupted);
  }
  if (result.code !== 0) throw explained(explainFailure(failure, result.output));
}

/** @type {(projectRoot: string) => Jupyter} */
function describe(projectRoot) {
  return { command: [paths(projectRoot).jupyter], version: pinnedVersion(), source: 'venv' };
}

/** @param {string} projectRoot */
function paths(projectRoot) {
  const folder = join(projectRoot, '.venv');
  const python = join(folder, scripts, process.platform === 'win32' ? 'python.exe' : 'python');
  const jupyter = join(folder, scripts, process.platform === 'win32' ? 'jupyter.exe' : 'jupyter');
  return { folder, python, jupyter, stampFile: join(folder, '.set-up-stamp') };
}

/**
 * The path is part of it: the scripts of a virtual environment that was moved do not run.
 *
 * @param {string} projectRoot
 */
function stamp(projectRoot) {
  return createHash('sha256')
    .update(`${projectRoot}\n${readFileSync(requirementsFile, 'utf8')}`)
    .digest('hex');
}

function pinnedVersion() {
  return /^jupyterlab==(\S+)/m.exec(readFileSync(requirementsFile, 'utf8'))?.[1] ?? 'of requirements.txt';
}

const names = ['python3', 'python', ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];
const oldest = { major: 3, minor: 10 };
const probe =
  'import sys; print("%d.%d.%d" % sys.version_info[:3]); sys.stdout.flush(); import ensurepip, venv; print("venv")';

/**
 * The first Python on the PATH that is 3.10 or later and has `venv` and `ensurepip`; Debian and Ubuntu leave them
 * out, and pyenv's commands exist for versions that it then refuses to run.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ readonly path: string, readonly version: string }>}
 * @throws an explained error that lists what was found and names the next step
 */
export async function findPython(env) {
  /** @type {Rejected[]} */
  const rejected = [];
  for (const path of names.flatMap((name) => executablesOnPath(name, env))) {
    const { stdout } = await runCommand([path, '-c', probe], {
      timeoutMs: slowestAnswerMs,
      env,
      saysAfterMs: 10_000,
    });
    const [version, venv] = stdout.trim().split(/\s+/);
    const reason = reasonToReject(version, venv);
    if (reason === undefined) return { path, version: version ?? '' };
    rejected.push({ path, version, reason });
  }
  throw explained(explainMissingPython(rejected, process.platform));
}

/**
 * A Python that cannot.
 *
 * @typedef {{ readonly path: string, readonly version: string | undefined, readonly reason: 'does not run' | 'too old' | 'without venv' }} Rejected
 */

/** @type {(version: string | undefined, venv: string | undefined) => Rejected['reason'] | undefined} */
function reasonToReject(version, venv) {
  if (!version) return 'does not run';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < oldest.major || (major === oldest.major && minor < oldest.minor)) return 'too old';
  return venv === 'venv' ? undefined : 'without venv';
}

/**
 * What was found on the PATH, why none of it will do, and what to install.
 *
 * @type {(rejected: readonly Rejected[], platform: NodeJS.Platform) => string}
 */
export function explainMissingPython(rejected, platform) {
  const found = rejected.map(({ path, version, reason }) => {
    if (reason === 'does not run') return `  ${path} does not run`;
    if (reason === 'too old') return `  ${path} is Python ${version}: too old`;
    return `  ${path} is Python ${version}, without its modules venv and ensurepip`;
  });
  const conda = 'Or use conda: conda env create -f environment.yml && conda activate bedrock-typescript';
  return [
    'JupyterLab was not found, and there is no Python 3.10 or later that could install it here.',
    found.length === 0 ? 'There is no Python on the PATH.' : 'Found on the PATH:',
    ...found,
    `Next step: ${installStep(rejected, platform)}; then run the same command again.`,
    conda,
  ].join('\n');
}

/** @type {(rejected: readonly Rejected[], platform: NodeJS.Platform) => string} */
function installStep(rejected, platform) {
  if (platform === 'darwin') return 'brew install python';
  if (platform === 'win32') return 'install Python 3 from python.org';
  const withoutVenv = rejected.some(({ reason }) => reason === 'without venv');
  const other = 'dnf and apk: the package python3';
  return withoutVenv ? 'sudo apt install python3-venv' : `sudo apt install python3 python3-venv (${other})`;
}
