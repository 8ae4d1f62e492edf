/** The kernels where every Jupyter of this user looks for them, and which copy of the project each belongs to. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, sep } from 'node:path';
import { shortPath } from './cli.mjs';
import { namesIn, readText } from './disk.mjs';
import { withLock } from './set-up-lock.mjs';

/** The names that notebooks ask for. As in kernelspecs.ts, which cannot be read before the packages are there. */
export const userKernelNames = ['typescript-bedrock', 'typescript-bedrock-local', 'typescript-bedrock-model'];

/** What kernelspecs start, from the folder of the project: today's, and that of versions before. */
const launchers = [join('packages', 'kernel', 'src', 'kernel.ts'), join('lib', 'jupyter', 'kernel.ts')];

/**
 * The folder that `jupyter --data-dir` prints.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function userDataFolder(env) {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  const home = env.HOME || homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Jupyter');
  if (process.platform === 'win32') return join(env.APPDATA || home, 'jupyter');
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'jupyter');
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
export function userKernelFile(env, name) {
  return join(userDataFolder(env), 'kernels', name, 'kernel.json');
}

/**
 * Runs the action while no other process writes or removes this user's kernels; waits for the one that does.
 *
 * @template T
 * @param {NodeJS.ProcessEnv} env
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export function withUserKernelsLock(env, action) {
  const file = join(userDataFolder(env), 'kernels', '.typescript-bedrock.lock');
  return withLock(file, action, 'another command that changes your kernels');
}

/**
 * Which of the names that notebooks ask for this one is, or is that of one copy only of; undefined for another program's.
 *
 * @param {string} name
 */
export function userKernelBase(name) {
  return userKernelNames.find((base) => name === base || name.startsWith(`${base}-in-`));
}

/**
 * A kernel of this project's, of whichever copy.
 *
 * @typedef {object} UserKernel
 * @property {string} name as Jupyter knows it: that of the notebooks, or one that only its copy has
 * @property {string} displayName as Jupyter's menu shows it; empty when it cannot be read
 * @property {string} folder
 * @property {string} checkout the copy that it leads to; empty when that cannot be told
 * @property {'own' | 'another' | 'gone'} state whose it is: this copy's, another one's that is there, or nobody's
 */

/**
 * The kernels of all copies of the project that every Jupyter of this user is offered.
 *
 * @param {string} projectRoot
 * @param {NodeJS.ProcessEnv} env
 * @returns {UserKernel[]}
 */
export function userKernels(projectRoot, env) {
  return namesIn(join(userDataFolder(env), 'kernels'))
    .filter((name) => userKernelBase(name) !== undefined)
    .filter((name) => existsSync(userKernelFile(env, name)))
    .sort()
    .map((name) => {
      const file = userKernelFile(env, name);
      const { checkout, displayName } = readKernel(file);
      const state = isSame(checkout, projectRoot) ? 'own' : isThere(checkout) ? 'another' : 'gone';
      return { name, displayName, folder: dirname(file), checkout, state };
    });
}

/**
 * The other copies of the project that have kernels of this user and are there.
 *
 * @param {readonly UserKernel[]} kernels
 */
export function otherCheckouts(kernels) {
  return [...new Set(kernels.filter(({ state }) => state === 'another').map(({ checkout }) => checkout))];
}

/**
 * What the names of a copy's kernels end with where another copy has the plain ones: no two copies have the same, and
 * a copy always has this one.
 *
 * @param {string} checkout
 */
export function suffixOf(checkout) {
  const path = realPath(checkout);
  const word = basename(path)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return `-in-${word}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`;
}

/**
 * What is added to the display names of a copy's kernels where there are kernels of others beside them.
 *
 * @param {string} checkout
 * @param {readonly string[]} others
 */
export function labelOf(checkout, others) {
  if (others.length === 0) return '';
  const name = basename(checkout);
  return `, in ${others.some((other) => basename(other) === name) ? shortPath(checkout) : name}`;
}

/**
 * Removes the kernels, but none that belongs to another copy of the project which is there.
 *
 * @param {string} projectRoot
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string[]>} the folders that were removed
 */
export async function removeUserKernels(projectRoot, env) {
  const ofNoOther = () => userKernels(projectRoot, env).filter(({ state }) => state !== 'another');
  // The lock would make a folder where there is none.
  if (ofNoOther().length === 0) return [];
  const removed = await withUserKernelsLock(env, async () => {
    const kernels = ofNoOther();
    for (const { folder } of kernels) rmSync(folder, { recursive: true, force: true });
    return kernels;
  });
  // The set-up may have been the first to keep a kernel here.
  removeIfEmpty(join(userDataFolder(env), 'kernels'));
  removeIfEmpty(userDataFolder(env));
  return removed.map(({ folder }) => folder);
}

/** @param {string} folder */
function removeIfEmpty(folder) {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

/**
 * @param {string} file
 * @returns {{ checkout: string, displayName: string }}
 */
function readKernel(file) {
  try {
    /** @type {{ argv?: string[], display_name?: string, metadata?: { checkout?: string } }} */
    const { argv = [], display_name: displayName = '', metadata = {} } = JSON.parse(readText(file) ?? '');
    return { checkout: metadata.checkout || checkoutOf(argv), displayName };
  } catch {
    return { checkout: '', displayName: '' };
  }
}

/**
 * By its launcher, for those that were written without a word of the copy.
 *
 * @param {readonly string[]} argv
 */
function checkoutOf(argv) {
  for (const launcher of launchers) {
    const own = argv.find((word) => word.endsWith(sep + launcher));
    if (own !== undefined) return own.slice(0, -launcher.length - 1);
  }
  return '';
}

/** @param {string} checkout */
function isThere(checkout) {
  return checkout !== '' && launchers.some((launcher) => existsSync(join(checkout, launcher)));
}

/**
 * A folder may be reached by several paths.
 *
 * @type {(one: string, other: string) => boolean}
 */
function isSame(one, other) {
  return realPath(one) === realPath(other);
}

/** @param {string} path */
function realPath(path) {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
