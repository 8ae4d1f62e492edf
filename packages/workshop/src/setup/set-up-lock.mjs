/** Two commands that are started at once on a fresh copy must not both install: the second waits for the first. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explained } from './cli.mjs';
import { explainFailure } from './failure-cause.mjs';
import { isRunning, sleep } from './processes.mjs';

/** Milliseconds between two looks at a lock that is taken. */
const pollMs = 200;

/**
 * Runs the action while no other process sets up this folder; waits for the one that does.
 *
 * @template T
 * @param {string} projectRoot
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withSetUpLock(projectRoot, action) {
  const folder = join(projectRoot, '.cache');
  const file = join(folder, 'set-up.lock');
  try {
    mkdirSync(folder, { recursive: true });
    await acquire(file);
  } catch (error) {
    throw explained(explainFailure('The set-up cannot write to the project folder', String(error)));
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
async function acquire(file) {
  let said = false;
  while (!tryToCreate(file)) {
    const owner = ownerOf(file);
    if (owner !== undefined && (owner === 0 || !isRunning(owner))) {
      rmSync(file, { force: true });
      continue;
    }
    if (!said)
      process.stderr.write(`Waiting for another set-up of this folder (process ${owner}) to finish.\n`);
    said = true;
    await sleep(pollMs);
  }
}

/** @param {string} file */
function tryToCreate(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * The process that holds the lock; 0, which counts as gone, when the file says nothing.
 *
 * @param {string} file
 */
function ownerOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    return undefined;
  }
}
