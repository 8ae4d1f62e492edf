import { join, sep } from 'node:path';
import type { ExplainedError } from './cli.mjs';
import { jupyterMegabytes, namesIn, readText, warnOrRefuse } from './disk.mjs';
import { isRunning } from './processes.mjs';
import { executablesOnPath, isExecutable, runCommand, slowestAnswerMs } from './run-command.mjs';
import { isStudio } from './studio.mjs';
import type { Home } from './summary.ts';
import { userDataFolder } from './user-kernels.mjs';
import { createVirtualEnvironment, readVirtualEnvironment } from './virtual-environment.mjs';

/** A JupyterLab 4 that runs. */
export interface Jupyter {
  /** What to run, as in `[...command, 'lab', '--version']`; the first part is an absolute path. */
  readonly command: string[];
  /** JupyterLab's version, such as `4.6.6`. */
  readonly version: string;
  /** Found on the PATH, in the active conda environment, or in the project's own `.venv`. */
  readonly source: 'path' | 'conda' | 'venv';
}

/**
 * A JupyterLab 4 from the active conda environment or the PATH; else the project's own, which is set up in `.venv`
 * on the first call (20 s or so, shown on standard error).
 *
 * @throws an explained error that names the next step, when there is none and none can be set up
 */
export async function findOrCreateJupyter(
  projectRoot: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Jupyter> {
  return (
    (await findJupyter(projectRoot, env)) ??
    readVirtualEnvironment(projectRoot) ??
    (await createVirtualEnvironment(projectRoot, env))
  );
}

/** A JupyterLab 4 that is there already, apart from the project's own; nothing is set up. */
export async function findJupyter(projectRoot: string, env: NodeJS.ProcessEnv): Promise<Jupyter | undefined> {
  const conda = env.CONDA_PREFIX;
  const inConda = conda === undefined ? [] : [join(conda, 'bin', 'jupyter')].filter(isExecutable);
  const own = join(projectRoot, '.venv') + sep;
  const paths = new Set([...inConda, ...executablesOnPath('jupyter', env)]);
  for (const path of paths) {
    if (path.startsWith(own)) continue;
    const version = await labVersion(path, env);
    if (version === undefined) continue;
    const isConda = conda !== undefined && path.startsWith(conda + sep);
    return { command: [path], version, source: isConda ? 'conda' : 'path' };
  }
  return undefined;
}

/** Undefined when `jupyter` does not run, has no JupyterLab, or not version 4. */
async function labVersion(jupyter: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const command = [jupyter, 'lab', '--version'];
  const { code, stdout } = await runCommand(command, {
    timeoutMs: slowestAnswerMs,
    env,
    saysAfterMs: 10_000,
  });
  const version = /^(4\.\d+\S*)\s*$/m.exec(stdout)?.[1];
  return code === 0 ? version : undefined;
}

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
  return namesIn(folder)
    .filter((name) => /^jpserver-\d+\.json$/.test(name))
    .map((name) => readServer(join(folder, name)))
    .find((server) => server !== undefined);
}

/** Where the notebooks will be opened, and with which Jupyter. */
export interface FoundHome {
  readonly home: Home;
  /** The one that runs, outside of Studio. */
  readonly running?: RunningJupyter | undefined;
  /** The one that `npm start` and the tests of this folder use; in Studio they look for it when they run. */
  readonly jupyter?: Jupyter | undefined;
}

/**
 * Finds the Jupyter that will run the kernels. This folder gets one of its own where it would have none, also while
 * another one runs: nobody knows for how long. There it may fail, because the notebooks can be opened all the same.
 */
export async function findHome(projectRoot: string, env: NodeJS.ProcessEnv): Promise<FoundHome> {
  if (isStudio(env)) return { home: 'studio' };
  const running = findRunningJupyter(env);
  const found = (await findJupyter(projectRoot, env)) ?? readVirtualEnvironment(projectRoot);
  if (found !== undefined) return { home: running ? 'running' : 'stopped', running, jupyter: found };
  try {
    warnOrRefuse(projectRoot, jupyterMegabytes);
    const jupyter = await createVirtualEnvironment(projectRoot, env);
    return { home: running ? 'running' : 'stopped', running, jupyter };
  } catch (error) {
    if (running === undefined || (error as ExplainedError).exitCode > 128) throw error;
    console.error((error as Error).message);
    return { home: 'running', running };
  }
}

function readServer(file: string): RunningJupyter | undefined {
  try {
    const { pid, url } = JSON.parse(readText(file) ?? '');
    return Number(pid) > 0 && isRunning(Number(pid)) ? { url } : undefined;
  } catch {
    return undefined;
  }
}
