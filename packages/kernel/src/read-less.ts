import { join, sep } from 'node:path';
import { createCellProgram } from './cell-program.ts';
import { compiler, replaceInCompiler, type TypeScript } from './compiler.ts';
import { declarationPaths } from './declarations.ts';
import type { KernelHooks } from './hooks.ts';

type System = TypeScript['sys'];
type CreateHost = TypeScript['createWatchCompilerHost'];
/** Of the ways to call it, the one that tslab takes, with `null` for the compiler's own programs. */
type Arguments = [roots: string[], options: object, system: System, create: unknown, ...rest: never[]];

/** What cells have beside Node's own. */
const cellGlobals = join(import.meta.dirname, '..', 'cells', 'globals.d.ts');

const inPackages = `${sep}node_modules${sep}`;

/**
 * Has the kernel's compiler read less, which is most of what a kernel takes of time and memory: the declarations
 * of the project's packages in place of their sources, and none of the type packages that no cell has imported, but Node's own. Files of
 * packages are not watched: they are more than a thousand, and a kernel has to be restarted for them anyway.
 *
 * To be called before tslab is loaded.
 */
export function readLess({ projectRoot, packages = [] }: KernelHooks): void {
  const createHost = compiler().createWatchCompilerHost as (...all: Arguments) => ReturnType<CreateHost>;
  const paths = declarationPaths(projectRoot, packages);
  const declared = paths === undefined ? {} : { paths, pathsBasePath: projectRoot };

  function createLeanHost(...[roots, options, system, , ...rest]: Arguments): ReturnType<CreateHost> {
    const lean = { ...options, ...declared, types: ['node'] };
    return createHost([...roots, cellGlobals], lean, withoutPackages(system), createCellProgram, ...rest);
  }
  replaceInCompiler({ createWatchCompilerHost: createLeanHost as CreateHost });
}

/** The same system, which does not watch files of packages. tslab's own knows the cell's file, and is asked for the rest. */
function withoutPackages(system: System): System {
  const watchFile: System['watchFile'] = (path, ...rest) =>
    path.includes(inPackages) ? unwatched : (system.watchFile?.(path, ...rest) ?? unwatched);
  return Object.create(system, { watchFile: { value: watchFile } });
}

const unwatched = { close() {} };
