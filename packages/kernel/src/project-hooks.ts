import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { KernelHooks } from './hooks.ts';

/** The hooks of the module that the kernelspec names; without one, those of a project that adds nothing. */
export async function projectHooks(preload: string | undefined): Promise<KernelHooks> {
  if (preload === undefined) return { projectRoot: nearestProject(process.cwd()) };
  const { default: hooks } = (await import(pathToFileURL(preload).href)) as { default?: KernelHooks };
  if (hooks === undefined) throw new Error(`${preload} has no default export: see KernelHooks in hooks.ts.`);
  return hooks;
}

/** The folder with a package.json that is next above; else the folder itself. */
function nearestProject(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (dirname(at) === at) return folder;
  }
}
