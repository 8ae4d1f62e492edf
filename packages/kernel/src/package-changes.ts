import { registerHooks } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changeTime } from './change-time.ts';
import type { KernelHooks } from './hooks.ts';

/**
 * Remembers which files of the project's own packages this process has loaded. Node keeps a module for as long as the
 * process lives, and the compiler has read its declarations when the kernel started: an edit to one is seen after a
 * restart of the kernel only.
 *
 * @returns what to tell the reader before a cell is run: once for each change, and only where the cell imports one of
 *   the packages, and so expects what stands in their files now
 */
export function rememberPackages({
  projectRoot,
  packages = [],
}: KernelHooks): (source: string) => string | undefined {
  const folders = packages.map(({ folder }) => join(projectRoot, folder) + sep);
  const names = packages.map(({ name }) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const imports = new RegExp(`(?:from|import|require\\()\\s*['"](${names.join('|')})(?:/[^'"]*)?['"]`);
  const changedAt = new Map<string, number>();

  registerHooks({
    load(url, context, nextLoad) {
      const path = url.startsWith('file:') ? fileURLToPath(url) : '';
      if (folders.some((folder) => path.startsWith(folder)) && !path.includes('node_modules'))
        changedAt.set(path, changeTime(path));
      return nextLoad(url, context);
    },
  });

  return (source) => {
    const name = packages.length === 0 ? undefined : imports.exec(source)?.[1];
    if (name === undefined) return undefined;
    const changed: string[] = [];
    for (const [path, before] of changedAt) {
      const now = changeTime(path);
      if (now === before) continue;
      changedAt.set(path, now);
      changed.push(relative(projectRoot, path));
    }
    if (changed.length === 0) return undefined;
    return `${name} has changed since this kernel loaded it (${changed.sort().join(', ')}): restart the kernel.\n`;
  };
}
