/** Two commands that are started at once on a fresh copy must not both install: the second waits for the first. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explained, explainFailure } from './failure-cause.mjs';

/** Milliseconds between two looks at a lock that is taken. */
const pollMs = 200;

/**
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

async function acquire(file) {
  let said = false;
  while (!tryToCreate(file)) {
    const owner = ownerOf(file);
    if (owner !== undefined && !isAlive(owner)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!said)
      process.stderr.write(`Waiting for another set-up of this folder (process ${owner}) to finish.\n`);
    said = true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function tryToCreate(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that holds the lock; 0, which counts as gone, when the file says nothing. */
function ownerOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
