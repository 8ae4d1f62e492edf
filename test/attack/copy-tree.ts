import { cpSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const projectRoot = join(import.meta.dirname, '..', '..');

/** A copy of the tree, with packages of its own where they are the project's, and links to the others. */
export function copyTree(clone: string): void {
  for (const name of ['packages', 'lib', 'package.json', 'package-lock.json', 'tsconfig.json'])
    cpSync(join(projectRoot, name), join(clone, name), {
      recursive: true,
      filter: (path) => !/node_modules|packages\/[^/]+\/test$/.test(path.slice(projectRoot.length)),
    });
  const [from, to] = [join(projectRoot, 'node_modules'), join(clone, 'node_modules')];
  mkdirSync(to);
  mkdirSync(join(clone, 'notebooks'));
  for (const name of readdirSync(from)) {
    const isOwn = lstatSync(join(from, name)).isSymbolicLink();
    symlinkSync(isOwn ? readlinkSync(join(from, name)) : join(from, name), join(to, name));
  }
}
