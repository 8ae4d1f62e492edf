import { executablesOnPath } from './executables.ts';
import { explained } from './failure-cause.mjs';
import { runCommand } from './run-command.ts';

/** A Python that can make a virtual environment. */
export interface Python {
  readonly path: string;
  readonly version: string;
}

const names = ['python3', 'python', ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];
const oldest = { major: 3, minor: 10 };
const probe =
  'import sys; print("%d.%d.%d" % sys.version_info[:3]); sys.stdout.flush(); import ensurepip, venv; print("venv")';

/**
 * The first Python on the PATH that is 3.10 or later and has `venv` and `ensurepip`; Debian and Ubuntu leave them
 * out, and pyenv's commands exist for versions that it then refuses to run.
 *
 * @throws an explained error that lists what was found and names the next step
 */
export async function findPython(env: NodeJS.ProcessEnv): Promise<Python> {
  const rejected: Rejected[] = [];
  for (const path of names.flatMap((name) => executablesOnPath(name, env))) {
    const { stdout } = await runCommand([path, '-c', probe], { timeoutMs: 20_000, env });
    const [version, venv] = stdout.trim().split(/\s+/);
    const reason = reasonToReject(version, venv);
    if (reason === undefined) return { path, version: version ?? '' };
    rejected.push({ path, version, reason });
  }
  throw explained(explainMissingPython(rejected, process.platform));
}

interface Rejected {
  readonly path: string;
  readonly version: string | undefined;
  readonly reason: 'does not run' | 'too old' | 'without venv';
}

function reasonToReject(
  version: string | undefined,
  venv: string | undefined,
): Rejected['reason'] | undefined {
  if (!version) return 'does not run';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < oldest.major || (major === oldest.major && minor < oldest.minor)) return 'too old';
  return venv === 'venv' ? undefined : 'without venv';
}

/** What was found on the PATH, why none of it will do, and what to install. */
export function explainMissingPython(rejected: readonly Rejected[], platform: NodeJS.Platform): string {
  const found = rejected.map(({ path, version, reason }) => {
    if (reason === 'does not run') return `  ${path} does not run`;
    if (reason === 'too old') return `  ${path} is Python ${version}: too old`;
    return `  ${path} is Python ${version}, without its modules venv and ensurepip`;
  });
  const conda = 'Or use conda: conda env create -f environment.yml && conda activate bedrock-typescript';
  return [
    'JupyterLab was not found, and there is no Python 3.10 or later that could install it here.',
    found.length === 0 ? 'There is no Python on the PATH.' : 'Found on the PATH:',
    ...found,
    `Next step: ${installStep(rejected, platform)}; then run the same command again.`,
    conda,
  ].join('\n');
}

function installStep(rejected: readonly Rejected[], platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'brew install python';
  if (platform === 'win32') return 'install Python 3 from python.org';
  const withoutVenv = rejected.some(({ reason }) => reason === 'without venv');
  const other = 'dnf and apk: the package python3';
  return withoutVenv ? 'sudo apt install python3-venv' : `sudo apt install python3 python3-venv (${other})`;
}
