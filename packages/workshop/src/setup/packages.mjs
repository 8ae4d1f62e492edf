/** Brings `node_modules` in step with package-lock.json by `npm ci`, when it is not, and finds the Node in it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { explained } from './cli.mjs';
import { megabytesOf, packagesMegabytes, readText } from './disk.mjs';
import { explainFailure, withMoreTries } from './failure-cause.mjs';
import { runLongStep, slowestAnswerMs } from './run-command.mjs';
import { withSetUpLock } from './set-up-lock.mjs';
import { isStudio } from './studio.mjs';

const oldestNpm = 9;

const flags = [
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
  '--prefer-offline',
  // With npm's own pauses, a machine without a network waits over a minute for the answer.
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
];

/**
 * Does nothing, in a few milliseconds, when the packages are in step. A run that is cut short leaves no stamp, and
 * the next one starts over.
 *
 * @param {string} projectRoot
 */
export async function bringPackagesInStep(projectRoot) {
  if (reasonToInstall(projectRoot) === undefined) return;
  await withSetUpLock(projectRoot, async () => {
    const reason = reasonToInstall(projectRoot);
    if (reason === undefined) return;
    const command = [...findNpm(), 'ci', ...flags];
    const result = await withNpmCache(projectRoot, (env) =>
      withMoreTries(() =>
        runLongStep(`Installing the npm packages (${reason})`, command, { cwd: projectRoot, env }),
      ),
    );
    if (result.interrupted) {
      throw explained(
        'Interrupted. Nothing is lost: the same command starts the install over.',
        result.interrupted,
      );
    }
    if (result.code !== 0)
      throw explained(explainFailure('npm could not install the packages', result.output));
    writeStamp(projectRoot);
  });
}

/** The npm that runs this command, else the one on the PATH. */
function findNpm() {
  const running = process.env.npm_execpath;
  // yarn and pnpm set this variable too.
  const isNpm = running !== undefined && basename(running) === 'npm-cli.js' && existsSync(running);
  const npm = isNpm ? [process.execPath, running] : ['npm'];
  const [program = '', ...args] = npm;
  const answer = spawnSync(program, [...args, '--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const version = (answer.stdout || '').trim();
  if (answer.error || answer.status !== 0) {
    throw explained(
      `npm was not found on the PATH, or does not run.\nNext step: install Node 24 with its npm from nodejs.org, then run this again.`,
    );
  }
  if (Number(version.split('.')[0]) < oldestNpm) {
    throw explained(
      `npm ${version} is too old: this project needs npm ${oldestNpm} or later.\n` +
        'Next step: npm install --global npm@10, or install Node 24, which brings a newer npm; then run this again.',
    );
  }
  return npm;
}

/** Megabytes of downloads, which are on the same disk where there is only one. */
const downloadsMegabytes = 250;

/**
 * Where what an install that failed has downloaded is kept for the next one.
 *
 * @param {string} projectRoot
 */
const keptDownloads = (projectRoot) => join(projectRoot, '.cache', 'npm');

/**
 * Megabytes that installing the packages takes, downloads included that are not there yet; 0 when they are in step.
 *
 * @param {string} projectRoot
 */
export function neededMegabytes(projectRoot) {
  if (reasonToInstall(projectRoot) === undefined) return 0;
  const kept = keptDownloads(projectRoot);
  if (existsSync(kept)) return packagesMegabytes + Math.max(0, downloadsMegabytes - megabytesOf([kept]));
  const isHere = isStudio(process.env)
    ? statSync(tmpdir()).dev === statSync(projectRoot).dev
    : !hasNpmCache(process.env);
  return packagesMegabytes + (isHere ? downloadsMegabytes : 0);
}

/**
 * Runs npm with its environment. Where npm keeps no downloads yet, and always in SageMaker Studio, that names a cache
 * which is removed afterwards: npm's own is in the home folder, where it would take a quarter of a gigabyte for good.
 * An install that failed is taken up again with what it had downloaded, and that then goes; but in Studio, whose home
 * folder is small, nothing is kept.
 *
 * @template {{ readonly code: number }} T
 * @param {string} projectRoot
 * @param {(env: NodeJS.ProcessEnv) => Promise<T>} runNpm
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<T>}
 */
async function withNpmCache(projectRoot, runNpm, env = process.env) {
  const kept = keptDownloads(projectRoot);
  const isKept = existsSync(kept);
  const inStudio = isStudio(env);
  if (hasNpmCache(env) && !inStudio && !isKept) return runNpm(env);
  const cache = inStudio && !isKept ? mkdtempSync(join(tmpdir(), 'npm-cache-')) : kept;
  const remove = () => rmSync(cache, { recursive: true, force: true });
  // A second Ctrl-C ends this process before npm has.
  if (inStudio) process.once('exit', remove);
  try {
    const result = await runNpm({ ...env, npm_config_cache: cache });
    if (result.code === 0) remove();
    return result;
  } finally {
    process.off('exit', remove);
    if (inStudio) remove();
  }
}

/**
 * Whether npm keeps downloads of other projects here. npm tells its scripts where.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function hasNpmCache(env) {
  return existsSync(join(env.npm_config_cache || join(env.HOME || homedir(), '.npm'), '_cacache'));
}

/**
 * An entry of package-lock.json, as far as it is read.
 *
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} LockEntry
 */

/** The parts of a package.json that decide what is installed. A changed script must not cost an install. */
const decisive = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'overrides',
  'workspaces',
  'allowScripts',
];

/** @param {string} projectRoot */
const stampFile = (projectRoot) => join(projectRoot, 'node_modules', '.set-up-stamp');

/**
 * Why the packages must be installed, or undefined when they need not. Packages that somebody installed with npm
 * directly are accepted as they are, if npm's own record of them agrees with package-lock.json.
 *
 * @param {string} projectRoot
 */
function reasonToInstall(projectRoot) {
  if (!existsSync(join(projectRoot, 'node_modules'))) return 'not installed yet';
  /** @type {Record<string, LockEntry>} */
  const locked = readJson(join(projectRoot, 'package-lock.json')).packages ?? {};
  const absent = Object.entries(locked).find(
    ([path, entry]) => path !== '' && !entry.optional && !existsSync(join(projectRoot, path, 'package.json')),
  );
  if (absent !== undefined) return 'some are missing';
  if (readText(stampFile(projectRoot)) === fingerprint(projectRoot)) return undefined;
  if (!npmRecordAgrees(projectRoot, locked))
    return 'package-lock.json has changed or an install was cut short';
  writeStamp(projectRoot);
  return undefined;
}

/**
 * Records that the packages are complete. To be called only when they are.
 *
 * @param {string} projectRoot
 */
function writeStamp(projectRoot) {
  try {
    writeFileSync(stampFile(projectRoot), fingerprint(projectRoot));
  } catch {
    // A folder that may be read only: the packages are there, and are looked at again next time.
  }
}

/** @param {string} projectRoot */
function fingerprint(projectRoot) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  hash.update(readText(join(projectRoot, 'package-lock.json')) || '');
  for (const folder of ownPackages(projectRoot)) {
    const manifest = readJson(join(projectRoot, folder, 'package.json'));
    hash.update(JSON.stringify(decisive.map((key) => manifest[key])));
  }
  return hash.digest('hex');
}

/**
 * The project's own folder and those of its workspaces, from the project's folder; the lock file lists them.
 *
 * @param {string} projectRoot
 */
function ownPackages(projectRoot) {
  const { packages = {} } = readJson(join(projectRoot, 'package-lock.json'));
  return Object.keys(packages).filter((path) => !path.includes('node_modules/'));
}

/**
 * npm writes this record last, so it is not there when an install was cut short.
 *
 * @type {(projectRoot: string, locked: Record<string, LockEntry>) => boolean}
 */
function npmRecordAgrees(projectRoot, locked) {
  const installed = readJson(join(projectRoot, 'node_modules', '.package-lock.json')).packages;
  if (installed === undefined) return false;
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return entry.optional && !isForThisMachine(entry);
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/**
 * Native packages list the systems they are for; `libc` tells two kinds of Linux apart and is not looked at.
 *
 * @param {LockEntry} entry
 */
function isForThisMachine(entry) {
  if (!entry.os || !entry.cpu || entry.libc) return false;
  return entry.os.includes(process.platform) && entry.cpu.includes(process.arch);
}

/**
 * A JSON file; an empty object when it cannot be read.
 *
 * @param {string} file
 */
function readJson(file) {
  try {
    return JSON.parse(readText(file) ?? '{}');
  } catch {
    return {};
  }
}

/**
 * The absolute path of a Node that runs TypeScript as it stands. That is the project's own; when it was not
 * installed, because npm's install scripts are switched off, the one that runs this, if it is new enough; else the
 * project's own is installed now.
 *
 * @param {string} projectRoot
 */
export async function findNode(projectRoot) {
  const packageFolder = join(projectRoot, 'node_modules', 'node');
  const own = join(packageFolder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (versionOf(own)?.startsWith('24.')) return own;
  if (runsTypeScript(process.versions.node)) return process.execPath;
  const output = await withSetUpLock(projectRoot, () => installNode(projectRoot, packageFolder));
  if (versionOf(own)?.startsWith('24.')) return own;
  const what = `Node 24 could not be brought into the project (Node ${process.versions.node} is too old for its TypeScript)`;
  const otherwise =
    'Or install Node 24 from nodejs.org or with your version manager: it is then used as it is.';
  throw explained(`${explainFailure(what, output)}\n\n${otherwise}`);
}

/** @type {(projectRoot: string, packageFolder: string) => Promise<string>} */
async function installNode(projectRoot, packageFolder) {
  const script = 'installArchSpecificPackage.js';
  if (!existsSync(join(packageFolder, script))) return `${script} is missing`;
  const label = 'Installing Node 24 into the project';
  const result = await withNpmCache(projectRoot, ({ npm_config_ignore_scripts: _, ...env }) =>
    runLongStep(label, [process.execPath, script], { cwd: packageFolder, env }),
  );
  if (result.interrupted)
    throw explained('Interrupted. The same command takes it up again.', result.interrupted);
  return result.output;
}

/** @param {string} node */
function versionOf(node) {
  if (node === process.execPath) return process.versions.node;
  if (!existsSync(node)) return undefined;
  const answer = spawnSync(node, ['-p', 'process.versions.node'], {
    encoding: 'utf8',
    timeout: slowestAnswerMs,
  });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}

/**
 * Node strips types by itself from 22.18 on.
 *
 * @param {string} version
 */
function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 ? major !== 23 || minor >= 6 : major === 22 && minor >= 18;
}
