import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What runs a model: its `package.json` and its lock file, from which the folder below is installed. */
export const runtimeSource = join(import.meta.dirname, 'runtime');

/**
 * Where weights, what runs them, and the signs of a model that runs are kept: below the project's `.cache`; where the
 * package is installed elsewhere, in the user's. `LOCAL_BEDROCK_CACHE` names another folder.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.LOCAL_BEDROCK_CACHE) return env.LOCAL_BEDROCK_CACHE;
  const project = join(import.meta.dirname, '..', '..', '..', '..', '..');
  if (existsSync(join(project, 'notebooks'))) return join(project, '.cache', 'model');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'local-bedrock');
}

/** The installed runtime: a folder for each lock file, so that a newer version of the project brings its own. */
export function runtimeFolder(lock: string, env?: NodeJS.ProcessEnv): string {
  const version = createHash('sha256').update(lock).digest('hex').slice(0, 8);
  return join(cacheFolder(env), `runtime-${version}`);
}
