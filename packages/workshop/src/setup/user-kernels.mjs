/** The kernels where every Jupyter of this user looks for them, and which copy of the project they belong to. */
import { existsSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { readText } from './disk.mjs';

/** As in kernelspecs.ts, which cannot be read before the packages are there. */
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
 * Which copy of the project the kernels of this user belong to.
 *
 * @typedef {{ readonly state: 'none' | 'own' } | { readonly state: 'gone' | 'another', readonly checkout: string }} KernelsOwner
 */

/**
 * Whom the kernels belong to, of which there may be one only: a name leads to one copy of the project.
 *
 * @param {string} projectRoot
 * @param {NodeJS.ProcessEnv} env
 * @returns {KernelsOwner}
 */
export function ownerOfUserKernels(projectRoot, env) {
  const checkouts = userKernelNames
    .map((name) => checkoutOf(userKernelFile(env, name)))
    .filter((checkout) => checkout !== undefined);
  const other = checkouts.find((checkout) => !isSame(checkout, projectRoot));
  if (other === undefined) return { state: checkouts.length === 0 ? 'none' : 'own' };
  return { state: isThere(other) ? 'another' : 'gone', checkout: other };
}

/**
 * Removes the kernels, but none that belongs to another copy of the project which is there.
 *
 * @param {string} projectRoot
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]} the folders that were removed
 */
export function removeUserKernels(projectRoot, env) {
  const folders = userKernelNames
    .map((name) => userKernelFile(env, name))
    .filter((file) => {
      const checkout = checkoutOf(file);
      return checkout !== undefined && (isSame(checkout, projectRoot) || !isThere(checkout));
    })
    .map((file) => dirname(file));
  for (const folder of folders) rmSync(folder, { recursive: true });
  // The set-up may have been the first to keep a kernel here.
  removeIfEmpty(join(userDataFolder(env), 'kernels'));
  removeIfEmpty(userDataFolder(env));
  return folders;
}

/** @param {string} folder */
function removeIfEmpty(folder) {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

/**
 * Undefined without such a kernel; an empty path when it cannot be read, or is none of ours.
 *
 * @param {string} file
 * @returns {string | undefined}
 */
function checkoutOf(file) {
  if (!existsSync(file)) return undefined;
  try {
    /** @type {{ argv?: string[], metadata?: { checkout?: string } }} */
    const { argv = [], metadata = {} } = JSON.parse(readText(file) ?? '');
    if (metadata.checkout) return metadata.checkout;
    for (const launcher of launchers) {
      const own = argv.find((word) => word.endsWith(sep + launcher));
      if (own !== undefined) return own.slice(0, -launcher.length - 1);
    }
    return '';
  } catch {
    return '';
  }
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
