/** What `npm run setup -- --uninstall` does. It needs no packages. */
import { existsSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { explained, shortPath } from './cli.mjs';
import { formatMegabytes, madeBySetUp, setUpMegabytes } from './disk.mjs';
import { explainFailure } from './failure-cause.mjs';
import { withSetUpLock } from './set-up-lock.mjs';
import { isStudio } from './studio.mjs';
import { otherCheckouts, removeUserKernels, userKernels } from './user-kernels.mjs';

/** Log of the script that runs when a Studio space starts, in the home folder. */
export const startLog = '.typescript-bedrock-on-start.log';

/**
 * Removes what the set-up made, and nothing else: not the project's files, not a notebook, not a database.
 *
 * @param {string} projectRoot
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} what was removed and what was not, for a person
 * @throws an explained error when something may not be removed
 */
export async function uninstall(projectRoot, env) {
  // Before the lock, which makes a folder of its own.
  const paths = madeBySetUp.filter((path) => existsSync(join(projectRoot, path)));
  const megabytes = setUpMegabytes(projectRoot);
  const log = join(env.HOME || homedir(), startLog);
  const removed = await withSetUpLock(projectRoot, async () => [
    ...(await removeUserKernels(projectRoot, env)),
    ...paths.filter((path) => path !== '.cache').map((path) => remove(join(projectRoot, path))),
    ...(existsSync(log) ? [remove(log)] : []),
  ]);
  // The lock is in this folder.
  remove(join(projectRoot, '.cache'));
  if (paths.includes('.cache')) removed.push(join(projectRoot, '.cache'));
  const lines = [
    removed.length === 0
      ? 'There was nothing to remove.'
      : `Removed (${formatMegabytes(megabytes)}):\n${removed.map((path) => `  ${shortPath(path)}`).join('\n')}`,
  ];
  const others = otherCheckouts(userKernels(projectRoot, env));
  if (others.length > 0) {
    lines.push(
      `The kernels of other copies of the project stay: ${others.map(shortPath).join(', ')}.\n` +
        'Next step: to remove them, too, run the same command there.',
    );
  }
  if (!isStudio(env)) {
    lines.push(
      'What npm and pip downloaded is kept by them for all of your projects: npm cache clean --force, pip cache purge.',
    );
  }
  lines.push(
    `Your notebooks and files in ${shortPath(projectRoot)} are as they were. When you need none of them, delete that folder:\n` +
      'nothing of the project is left then. Kernels that are still running end when their notebooks are shut down.',
  );
  return lines.join('\n\n');
}

/** @param {string} path */
function remove(path) {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    return path;
  } catch (error) {
    throw explained(explainFailure(`${shortPath(path)} could not be removed`, String(error)));
  }
}
