import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kernelCommand, kernelEnvironment } from 'typescript-kernel';
import { chosenModel } from './model/choice.ts';
import { shortPath } from './setup/cli.mjs';
import { writeWhole } from './setup/disk.mjs';
import {
  type KernelsOwner,
  ownerOfUserKernels,
  userKernelFile,
  userKernelNames,
} from './setup/user-kernels.mjs';

/** The names that notebooks and Jupyter know the two kernels by. They differ from tslab's own, `tslab`. */
export const kernelNames = { aws: 'typescript-bedrock', local: 'typescript-bedrock-local' } as const;

/** The name of the third, which is there when a model has been chosen. */
export const modelKernelName = 'typescript-bedrock-model';

/** Jupyter shows the picture of this name. The two differ in what a person must know before choosing: one costs money. */
const logoName = 'logo-svg.svg';

export interface Kernelspec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: 'typescript';
  readonly interrupt_mode: 'signal';
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The kernelspecs, with absolute paths: Jupyter starts kernels with the server's PATH, where neither the
 * project's Node nor tslab need be.
 */
export function kernelspecs(
  projectRoot: string,
  nodePath: string,
): Readonly<Record<'aws' | 'local' | 'model', Kernelspec>> {
  const packages = join(projectRoot, 'packages');
  const launcher = join(packages, 'kernel', 'src', 'kernel.ts');
  const spec = (displayName: string, hooks: string): Kernelspec => ({
    argv: kernelCommand(nodePath, join(packages, 'workshop', 'src', 'kernel', hooks), launcher),
    display_name: displayName,
    language: 'typescript',
    interrupt_mode: 'signal',
    env: { ...kernelEnvironment(projectRoot), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  return {
    aws: spec('TypeScript (Bedrock)', 'aws.ts'),
    local: spec('TypeScript (local Bedrock)', 'local.ts'),
    model: spec('TypeScript (local model)', 'model.ts'),
  };
}

/**
 * Writes the kernelspecs into the project's own Jupyter data folder, so that two copies of the project never
 * fight over one name in the user's home. That for a model is written when one has been chosen.
 *
 * @returns the folder to put on `JUPYTER_PATH`, and the names of the kernels
 */
export function writeKernelspecs(projectRoot: string, nodePath: string, env = process.env) {
  const jupyterPath = join(projectRoot, '.jupyter');
  const specs = kernelspecs(projectRoot, nodePath);
  const hasModel = chosenModel(env, projectRoot) !== undefined;
  const names = { ...kernelNames, ...(hasModel && { model: modelKernelName }) };
  for (const [key, name] of Object.entries(names) as ['aws' | 'local' | 'model', string][]) {
    const folder = join(jupyterPath, 'kernels', name);
    writeWhole(join(folder, 'kernel.json'), `${JSON.stringify(specs[key], null, 2)}\n`);
    const logo = join(import.meta.dirname, 'kernel', `logo-${key}.svg`);
    writeWhole(join(folder, logoName), readFileSync(logo, 'utf8'));
  }
  return { jupyterPath, ...names };
}

/** What became of the kernels that every Jupyter of this user is offered. */
export interface UserKernels {
  /** The folder they are in. */
  readonly folder: string;
  /** Whom they belonged to before. */
  readonly before: KernelsOwner;
  /** Whether they belong to this copy of the project now. */
  readonly installed: boolean;
}

/**
 * Copies the kernels to where every Jupyter of this user finds them, so that a JupyterLab that runs already offers
 * them after its page is refreshed. Each says in its metadata which copy of the project it belongs to.
 *
 * @param jupyterPath where `writeKernelspecs` wrote them
 * @param take also when they belong to another copy that is there
 */
export function installUserKernels(
  projectRoot: string,
  jupyterPath: string,
  env: NodeJS.ProcessEnv,
  take = false,
): UserKernels {
  const before = ownerOfUserKernels(projectRoot, env);
  const files = userKernelNames.map((name) => [name, userKernelFile(env, name)] as const);
  const folder = dirname(dirname(files[0]?.[1] ?? ''));
  if (!take && before.state === 'another') return { folder, before, installed: false };
  for (const [name, file] of files) {
    const from = join(jupyterPath, 'kernels', name);
    if (!existsSync(from)) {
      // No model has been chosen here: a kernel of that name would lead to the copy that had them before.
      rmSync(dirname(file), { recursive: true, force: true });
      continue;
    }
    const spec = JSON.parse(readFileSync(join(from, 'kernel.json'), 'utf8'));
    const metadata = { ...spec.metadata, checkout: projectRoot };
    writeWhole(file, `${JSON.stringify({ ...spec, metadata }, null, 2)}\n`);
    writeWhole(join(dirname(file), logoName), readFileSync(join(from, logoName), 'utf8'));
  }
  return { folder, before, installed: true };
}

/** Kernels of this copy that an older version of it wrote, and that may start what is not there any more, are replaced. */
export function refreshUserKernels(projectRoot: string, jupyterPath: string, env: NodeJS.ProcessEnv): void {
  const { state } = ownerOfUserKernels(projectRoot, env);
  if (state === 'own') installUserKernels(projectRoot, jupyterPath, env);
}

/** Where the kernels are and, when another copy of the project had them, what that means. */
export function describeUserKernels({ folder, before, installed }: UserKernels): string {
  const place = `in ${shortPath(folder)}`;
  if (!('checkout' in before)) return place;
  const other = shortPath(before.checkout) || 'a program that this one does not know';
  if (before.state === 'gone') {
    return `${place}; they belonged to ${other}, which is no longer there, and lead to this folder now`;
  }
  return installed
    ? `${place}; they belonged to ${other} and lead to this folder now (npm run setup -- --take in the other folder takes them back)`
    : `${place}; they belong to ${other}, and were left so (npm run setup -- --take makes them lead to this folder; npm start here has its own either way)`;
}
