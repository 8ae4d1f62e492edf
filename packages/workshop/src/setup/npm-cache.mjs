/** Where npm keeps what it downloads during the set-up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isStudio } from './is-studio.mjs';

/**
 * Runs an action with the environment for npm. In SageMaker Studio that names a cache that is thrown away afterwards:
 * npm's own one is in the home folder, where it would take a quarter of a gigabyte, for good, of the few that are there.
 *
 * @template T
 * @param {(env: NodeJS.ProcessEnv) => Promise<T>} action
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<T>}
 */
export async function withNpmCache(action, env = process.env) {
  if (!isStudio(env)) return action(env);
  const cache = mkdtempSync(join(tmpdir(), 'npm-cache-'));
  const remove = () => rmSync(cache, { recursive: true, force: true });
  // A second Ctrl-C ends this process before the action has.
  process.once('exit', remove);
  try {
    return await action({ ...env, npm_config_cache: cache });
  } finally {
    process.off('exit', remove);
    remove();
  }
}
