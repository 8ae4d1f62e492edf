import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Finding } from 'lib/access';
import type { ModelOptions } from 'local-bedrock';
import { isServer, modelName, weightsFile } from 'local-bedrock/model';
import { kernelNames, modelKernelName } from '../kernelspecs.ts';
import { chosenModel } from '../model/choice.ts';
import { listModels } from '../model/servers.ts';
import { shortPath } from '../setup/cli.mjs';
import { findJupyter } from '../setup/find-jupyter.ts';

import { runCommand, slowestAnswerMs } from '../setup/run-command.mjs';
import { type UserKernel, userKernels } from '../setup/user-kernels.mjs';
import { readVirtualEnvironment } from '../setup/virtual-environment.mjs';

/** Gigabytes below which packages, and in Studio JupyterLab itself, get into trouble. */
const littleDisk = 1.5;

/** What runs the notebooks on this machine: Node, npm, Jupyter, the kernels and the disk. Nothing is installed. */
export async function checkMachine(projectRoot: string, env = process.env): Promise<readonly Finding[]> {
  const model = chosenModel(env, projectRoot);
  return [
    nodeFinding(process.versions.node),
    ...(await Promise.all([npmFinding(env), jupyterFinding(projectRoot, env)])),
    kernelFinding(projectRoot, model !== undefined),
    userKernelFinding(projectRoot, env),
    await modelFinding(model),
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
  const { code, stdout } = await runCommand([npm, '--version'], { timeoutMs: slowestAnswerMs, env });
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

/** The kernels are there, and what they start is, too: a project that was moved leaves paths that lead nowhere. */
export function kernelFinding(projectRoot: string, hasModel = false): Finding {
  const what = 'Kernels';
  const fix = 'Run npm run setup.';
  const names = [...Object.values(kernelNames), ...(hasModel ? [modelKernelName] : [])];
  for (const name of names) {
    const argv = readArguments(join(projectRoot, '.jupyter', 'kernels', name, 'kernel.json'));
    if (argv === undefined) return { what, state: 'problem', text: `${name} is not set up`, fix };
    const missing = argv.filter((word) => isAbsolute(word)).find((path) => !existsSync(path));
    if (missing !== undefined)
      return { what, state: 'problem', text: `${name} starts ${missing}, which is not there`, fix };
  }
  return { what, state: 'ok', text: names.join(', ') };
}

/** Whose words the kernel "TypeScript (local model)" shows, and whether that model is there. No other kernel needs it. */
export async function modelFinding(model: ModelOptions | undefined): Promise<Finding> {
  const what = 'Local model';
  if (model === undefined)
    return { what, state: 'ok', text: 'none is chosen; npm run setup -- --model adds a kernel with one' };
  const name = modelName(model);
  const missing = await missingModel(model);
  if (missing === undefined)
    return { what, state: 'ok', text: `${name} answers in TypeScript (local model), for every model` };
  const fix = 'Put this right, or choose another one: npm run setup -- --model.';
  return { what, state: 'warning', text: `${name} is chosen, but ${missing}`, fix };
}

async function missingModel({ source, name }: ModelOptions): Promise<string | undefined> {
  if (!isServer(source)) {
    const file = weightsFile(source);
    return existsSync(file) ? undefined : `its weights are not in ${file}`;
  }
  const models = await listModels(source);
  if (models === undefined) return `no server answers at ${source}`;
  if (models.length === 0 || (name !== undefined && !models.includes(name)))
    return `${source} does not list it`;
  return undefined;
}

/** What every other Jupyter of this user offers, and to which copy of the project each of it leads. */
export function userKernelFinding(projectRoot: string, env: NodeJS.ProcessEnv): Finding {
  const what = 'Your Jupyters';
  const kernels = userKernels(projectRoot, env);
  if (kernels.length === 0)
    return { what, state: 'ok', text: 'offer none of the kernels; npm start does (npm run setup: all do)' };
  const places = [...new Set(kernels.map(placeOf))];
  const text = places
    .map((place) => {
      const led = kernels.filter((kernel) => placeOf(kernel) === place);
      return `${led.map(({ displayName, name }) => displayName || name).join('; ')}: ${place}`;
    })
    .join(' | ');
  if (kernels.every(({ state }) => state !== 'gone')) return { what, state: 'ok', text };
  return {
    what,
    state: 'warning',
    text,
    fix: 'Run npm run setup: what leads nowhere is replaced or removed.',
  };
}

function placeOf({ state, checkout }: UserKernel): string {
  if (state === 'own') return 'of this folder';
  const place = checkout === '' ? 'nobody knows where' : shortPath(checkout);
  return state === 'another' ? `of ${place}` : `of ${place}, which is not there`;
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
