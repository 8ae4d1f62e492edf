import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isExecutable } from './executables.ts';
import { explained, explainFailure } from './failure-cause.mjs';
import type { Jupyter } from './jupyter.ts';
import { runLongStep } from './long-step.mjs';
import { findPython } from './python.ts';
import { withSetUpLock } from './set-up-lock.mjs';

const scripts = process.platform === 'win32' ? 'Scripts' : 'bin';
const requirementsFile = join(import.meta.dirname, '..', 'requirements.txt');

/** The project's own JupyterLab in `.venv`, if it is there, complete, and of the pinned version. */
export function readVirtualEnvironment(projectRoot: string): Jupyter | undefined {
  const { python, stampFile } = paths(projectRoot);
  if (!isExecutable(python) || readText(stampFile) !== stamp(projectRoot)) return undefined;
  return describe(projectRoot);
}

/**
 * Makes `.venv` with the pinned JupyterLab. The stamp is written last, so that a run which was cut short is not
 * taken for a finished one: the next starts over.
 *
 * @throws an explained error that names the next step
 */
export async function createVirtualEnvironment(
  projectRoot: string,
  env: NodeJS.ProcessEnv,
): Promise<Jupyter> {
  return withSetUpLock(projectRoot, async () => {
    const ready = readVirtualEnvironment(projectRoot);
    if (ready !== undefined) return ready;
    const { folder, python, stampFile } = paths(projectRoot);
    const base = await findPython(env);
    const clean = pipEnvironment(env);
    await step(
      `Making .venv with Python ${base.version}`,
      [base.path, '-m', 'venv', '--clear', folder],
      clean,
      `${base.path} could not make the virtual environment .venv`,
    );
    await step(
      `Installing JupyterLab ${pinnedVersion()} into .venv`,
      [python, '-m', 'pip', 'install', ...pipFlags, '-r', requirementsFile],
      clean,
      'pip could not install JupyterLab',
    );
    writeFileSync(stampFile, stamp(projectRoot));
    return describe(projectRoot);
  });
}

const pipFlags = ['--quiet', '--disable-pip-version-check', '--no-input', '--retries', '2'];

/** Settings of the user's that make pip install elsewhere than into the virtual environment. */
function pipEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PYTHONHOME: _home, PYTHONPATH: _path, PIP_TARGET: _target, PIP_PREFIX: _prefix, ...rest } = env;
  return { ...rest, PIP_USER: '0' };
}

async function step(
  label: string,
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  failure: string,
): Promise<void> {
  const result = await runLongStep(label, program, args, { env });
  if (result.interrupted !== 0) {
    throw explained('Interrupted. The same command starts this step over.', result.interrupted);
  }
  if (result.code !== 0) throw explained(explainFailure(failure, result.output));
}

function describe(projectRoot: string): Jupyter {
  return { command: [paths(projectRoot).jupyter], version: pinnedVersion(), source: 'venv' };
}

function paths(projectRoot: string) {
  const folder = join(projectRoot, '.venv');
  const python = join(folder, scripts, process.platform === 'win32' ? 'python.exe' : 'python');
  const jupyter = join(folder, scripts, process.platform === 'win32' ? 'jupyter.exe' : 'jupyter');
  return { folder, python, jupyter, stampFile: join(folder, '.set-up-stamp') };
}

/** The path is part of it: the scripts of a virtual environment that was moved do not run. */
function stamp(projectRoot: string): string {
  return createHash('sha256')
    .update(`${projectRoot}\n${readFileSync(requirementsFile, 'utf8')}`)
    .digest('hex');
}

function pinnedVersion(): string {
  return /^jupyterlab==(\S+)/m.exec(readFileSync(requirementsFile, 'utf8'))?.[1] ?? 'of requirements.txt';
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
