import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Megabytes on disk, of all below a folder. */
export function folderMegabytes(folder: string): number {
  const { stdout } = spawnSync('du', ['-sk', folder], { encoding: 'utf8' });
  return (Number.parseInt(stdout, 10) * 1_024) / 1_000_000;
}

/** Every folder below this one, without those of git, as paths that begin at it. */
export function foldersBelow(folder: string): string[] {
  const visit = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== '.git')
      .flatMap(({ name }) => [relative(folder, join(path, name)), ...visit(join(path, name))]);
  return visit(folder);
}
