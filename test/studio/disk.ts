import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Megabytes on disk, of all below a folder. */
export function folderMegabytes(folder: string): number {
  const { stdout } = spawnSync('du', ['-sk', folder], { encoding: 'utf8' });
  return (Number.parseInt(stdout, 10) * 1_024) / 1_000_000;
}

/** Every file and folder below this one, without what is in git's own, as paths that begin at it. */
export function pathsBelow(folder: string): string[] {
  const visit = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
      const found = join(path, entry.name);
      const isEntered = entry.isDirectory() && entry.name !== '.git';
      return [relative(folder, found), ...(isEntered ? visit(found) : [])];
    });
  return visit(folder);
}
