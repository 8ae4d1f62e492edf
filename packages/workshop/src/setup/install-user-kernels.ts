import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeWhole } from '../write-file.ts';
import { shortPath } from './short-path.mjs';
import { type KernelsOwner, ownerOfUserKernels, userKernelFile, userKernelNames } from './user-kernels.mjs';

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
 * @param keep leave them as they are when they belong to another copy that is there
 */
export function installUserKernels(
  projectRoot: string,
  jupyterPath: string,
  env: NodeJS.ProcessEnv,
  keep = false,
): UserKernels {
  const before = ownerOfUserKernels(projectRoot, env);
  const files = userKernelNames.map((name) => [name, userKernelFile(env, name)] as const);
  const folder = dirname(dirname(files[0]?.[1] ?? ''));
  if (keep && before.state === 'another') return { folder, before, installed: false };
  for (const [name, file] of files) {
    const spec = JSON.parse(readFileSync(join(jupyterPath, 'kernels', name, 'kernel.json'), 'utf8'));
    const metadata = { ...spec.metadata, checkout: projectRoot };
    writeWhole(file, `${JSON.stringify({ ...spec, metadata }, null, 2)}\n`);
  }
  return { folder, before, installed: true };
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
    ? `${place}; they belonged to ${other} and lead to this folder now (npm run setup in the other folder takes them back)`
    : `${place}; they belong to ${other}, and were left so (npm run setup without --keep takes them)`;
}
