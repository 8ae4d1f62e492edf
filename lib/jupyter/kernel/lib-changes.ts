import { registerHooks } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changeTime } from './change-time.ts';

/** A cell that imports from `lib`, and expects what stands in its files now. */
const importsLib = /(from|import|require\()\s*['"]lib(\/[^'"]*)?['"]/;

/** Files that cells share with the kernel, which has loaded them before it can look. */
const ofKernel = ['errors.ts', 'interrupt.ts'];

/**
 * Remembers which files of `lib` this process has loaded. Node keeps a module for as long as the process lives, and the
 * compiler has read its declarations when the kernel started: an edit to one is seen after a restart of the kernel only.
 *
 * @returns what to tell the reader before a cell is run: once for each change, and only where the cell imports `lib`
 */
export function rememberLib(projectRoot: string): (source: string) => string | undefined {
  const folder = join(projectRoot, 'lib') + sep;
  const changedAt = new Map(ofKernel.map((name) => [folder + name, changeTime(folder + name)]));

  registerHooks({
    load(url, context, nextLoad) {
      const path = url.startsWith('file:') ? fileURLToPath(url) : '';
      if (path.startsWith(folder) && !path.includes('node_modules')) changedAt.set(path, changeTime(path));
      return nextLoad(url, context);
    },
  });

  return (source) => {
    if (!importsLib.test(source)) return undefined;
    const changed: string[] = [];
    for (const [path, before] of changedAt) {
      const now = changeTime(path);
      if (now === before) continue;
      changedAt.set(path, now);
      changed.push(relative(projectRoot, path));
    }
    if (changed.length === 0) return undefined;
    return `lib has changed since this kernel loaded it (${changed.sort().join(', ')}): restart the kernel.\n`;
  };
}
