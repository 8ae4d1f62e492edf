import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Finding } from 'lib/access';
import { kernelNames } from '../kernelspecs.ts';
import { findJupyter } from '../setup/find-jupyter.ts';
import { runCommand } from '../setup/run-command.mjs';
import { readVirtualEnvironment } from '../setup/virtual-environment.ts';

/** Gigabytes below which packages, and in Studio JupyterLab itself, get into trouble. */
const littleDisk = 1.5;

/** What runs the notebooks on this machine: Node, npm, Jupyter, the kernels and the disk. Nothing is installed. */
export async function checkMachine(projectRoot: string, env = process.env): Promise<readonly Finding[]> {
  return [
    nodeFinding(process.versions.node),
    ...(await Promise.all([npmFinding(env), jupyterFinding(projectRoot, env)])),
    kernelFinding(projectRoot),
    await diskFinding(projectRoot),
  ];
}

/** Whether `lib` runs on this version of Node as it stands. Pure. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > 22 || (major === 22 && minor >= 18);
  if (isEnough) return { what: 'Node', state: 'ok', text: `${version} (22.18 or later)` };
  const fix = 'Start with npm start, which brings Node 24; or install Node 24 yourself.';
  return { what: 'Node', state: 'problem', text: `${version} is older than 22.18`, fix };
}

async function npmFinding(env: NodeJS.ProcessEnv): Promise<Finding> {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { code, stdout } = await runCommand([npm, '--version'], { timeoutMs: 20_000, env });
  if (code === 0) return { what: 'npm', state: 'ok', text: stdout.trim() };
  return {
    what: 'npm',
    state: 'problem',
    text: 'does not run',
    fix: 'Install Node from nodejs.org; npm comes with it.',
  };
}

async function jupyterFinding(projectRoot: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  const jupyter = (await findJupyter(projectRoot, env)) ?? readVirtualEnvironment(projectRoot);
  if (jupyter === undefined)
    return { what: 'Jupyter', state: 'problem', text: 'no JupyterLab 4', fix: 'Run npm run setup.' };
  const from = { venv: "the project's own", conda: 'from conda', path: 'from the PATH' }[jupyter.source];
  return { what: 'Jupyter', state: 'ok', text: `JupyterLab ${jupyter.version}, ${from}` };
}

/** Both kernels are there, and what they start is, too: a project that was moved leaves paths that lead nowhere. */
export function kernelFinding(projectRoot: string): Finding {
  const what = 'Kernels';
  const fix = 'Run npm run setup.';
  for (const name of Object.values(kernelNames)) {
    const argv = readArguments(join(projectRoot, '.jupyter', 'kernels', name, 'kernel.json'));
    if (argv === undefined) return { what, state: 'problem', text: `${name} is not set up`, fix };
    const missing = argv.filter((word) => isAbsolute(word)).find((path) => !existsSync(path));
    if (missing !== undefined)
      return { what, state: 'problem', text: `${name} starts ${missing}, which is not there`, fix };
  }
  return { what, state: 'ok', text: Object.values(kernelNames).join(', ') };
}

function readArguments(file: string): readonly string[] | undefined {
  try {
    const { argv } = JSON.parse(readFileSync(file, 'utf8')) as { argv?: unknown };
    return Array.isArray(argv) ? argv.map(String) : undefined;
  } catch {
    return undefined;
  }
}

async function diskFinding(projectRoot: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(projectRoot);
  const free = (bavail * bsize) / 1e9;
  const text = `${free.toFixed(1)} GB free`;
  if (free >= littleDisk) return { what: 'Disk', state: 'ok', text };
  const fix = `Free some: below ${littleDisk} GB packages cannot be installed, and a full home volume keeps JupyterLab in Studio from starting.`;
  return { what: 'Disk', state: 'warning', text, fix };
}
