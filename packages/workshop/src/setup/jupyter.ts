import { join, sep } from 'node:path';
import { executablesOnPath, isExecutable } from './executables.ts';
import { runCommand } from './run-command.ts';
import { createVirtualEnvironment, readVirtualEnvironment } from './virtual-environment.ts';

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
  const { code, stdout } = await runCommand([jupyter, 'lab', '--version'], { timeoutMs: 30_000, env });
  const version = /^(4\.\d+\S*)\s*$/m.exec(stdout)?.[1];
  return code === 0 ? version : undefined;
}
