import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from './process-tree.ts';
import { userDataFolder } from './user-kernels.mjs';

/** A Jupyter server of this user that runs now. */
export interface RunningJupyter {
  /** Where its page is, without a token; undefined when it does not say. */
  readonly url: string | undefined;
}

/**
 * The Jupyter server whose terminal this is, else one that has left its file in the user's runtime folder and is
 * still there.
 */
export function findRunningJupyter(env: NodeJS.ProcessEnv): RunningJupyter | undefined {
  // jupyter_server_terminals sets it in each terminal that it opens.
  if (env.JUPYTER_SERVER_URL) return { url: env.JUPYTER_SERVER_URL };
  const folder = env.JUPYTER_RUNTIME_DIR ?? join(userDataFolder(env), 'runtime');
  return filesIn(folder)
    .filter((name) => /^jpserver-\d+\.json$/.test(name))
    .map((name) => readServer(join(folder, name)))
    .find((server) => server !== undefined);
}

function readServer(file: string): RunningJupyter | undefined {
  try {
    const { pid, url } = JSON.parse(readFileSync(file, 'utf8'));
    return Number(pid) > 0 && isRunning(Number(pid)) ? { url } : undefined;
  } catch {
    return undefined;
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
