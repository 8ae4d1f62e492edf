/** Two commands that are started at once on a fresh copy must not both install: the second waits for the first. */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  constants as modes,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { explained, shortPath } from './cli.mjs';
import { freeMegabytes, readText, writeWhole } from './disk.mjs';
import { explainFailure } from './failure-cause.mjs';
import { endProcessTree, nameOf, runsStill, sleep } from './processes.mjs';
import { stepWatchers } from './run-command.mjs';

/** Milliseconds between two looks at a lock that is taken. */
const pollMs = 200;

/**
 * The folder that whoever runs is setting up.
 *
 * @type {AsyncLocalStorage<string>}
 */
const settingUp = new AsyncLocalStorage();

/**
 * Runs the action while no other process sets up this folder; waits for the one that does. A step of a set-up may ask
 * for what its set-up has already, so that several run at once.
 *
 * @template T
 * @param {string} projectRoot
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withSetUpLock(projectRoot, action) {
  if (settingUp.getStore() === projectRoot) return await action();
  return await withLock(join(projectRoot, '.cache', 'set-up.lock'), () => settingUp.run(projectRoot, action));
}

/**
 * Runs the action while no other process has this lock; waits for the one that has it.
 *
 * @template T
 * @param {string} file whose folder is made
 * @param {() => Promise<T>} action
 * @param {string} [who] has it, to a person who waits
 * @returns {Promise<T>}
 */
export async function withLock(file, action, who = 'another set-up of this folder') {
  const folder = dirname(file);
  try {
    mkdirSync(folder, { recursive: true });
    await acquire(file, who);
  } catch (error) {
    const what = `The set-up cannot write to ${shortPath(folder)}`;
    throw explained(explainFailure(what, String(error), freeMegabytes(folder), nearestTo(folder)));
  }
  /** @type {Map<number, string>} */
  const steps = new Map();
  /** @type {(pid: number, hasEnded: boolean) => void} */
  const watch = (pid, hasEnded) => {
    if (hasEnded) steps.delete(pid);
    else steps.set(pid, nameOf(pid));
    writeWhole(file, [nameOf(process.pid), ...steps.values()].join(' '));
  };
  stepWatchers.add(watch);
  try {
    return await action();
  } finally {
    stepWatchers.delete(watch);
    rmSync(file, { force: true });
  }
}

/**
 * The folder, or the one that it was to be made in.
 *
 * @param {string} folder
 * @returns {string}
 */
const nearestTo = (folder) =>
  existsSync(folder) || dirname(folder) === folder ? folder : nearestTo(dirname(folder));

/** @type {(file: string, who: string) => Promise<void>} */
async function acquire(file, who) {
  let said = false;
  while (!tryToCreate(file)) {
    // A lock that says nothing counts as left behind.
    const owner = readText(file);
    const [pid, started, ...steps] = (owner ?? '').split(' ');
    if (owner !== undefined && !runsStill(Number(pid), started)) {
      for (let place = 0; place < steps.length; place += 2)
        await endLeftStep(Number(steps[place]), steps[place + 1]);
      // Whoever has taken the lock meanwhile keeps it.
      if (readText(file) === owner) rmSync(file, { force: true });
      continue;
    }
    if (!said && owner !== undefined) {
      const what = `Waiting for ${who} (process ${pid}) to finish.`;
      process.stderr.write(`${what} If there is none: delete ${shortPath(file)}\n`);
      said = true;
    }
    await sleep(pollMs);
  }
}

/**
 * Of a set-up that was killed, npm or pip goes on, into the folder of the next one. Its work is not lost: what it has
 * downloaded is kept.
 *
 * @type {(pid: number, started: string | undefined) => Promise<void>}
 */
async function endLeftStep(pid, started) {
  if (started === undefined || !runsStill(pid, started)) return;
  process.stderr.write(`Ending what a set-up that was killed has left running (process ${pid}).\n`);
  await endProcessTree(pid);
}

/**
 * The lock is there with its owner's name or not at all: one that says nothing yet would be taken away.
 *
 * @param {string} file
 */
function tryToCreate(file) {
  if (existsSync(file)) return false;
  const own = `${file}.${process.pid}`;
  try {
    writeFileSync(own, nameOf(process.pid));
    linkOrCopy(own, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** @type {(from: string, to: string) => void} */
function linkOrCopy(from, to) {
  try {
    linkSync(from, to);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') throw error;
    // Some file systems have no links.
    copyFileSync(from, to, modes.COPYFILE_EXCL);
  }
}
