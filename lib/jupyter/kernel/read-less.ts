import { join, sep } from 'node:path';
import { libDeclarations } from '../lib-declarations.ts';
import { createCellProgram } from './cell-program.ts';
import { compiler, replaceInCompiler, type TypeScript } from './compiler.ts';

type System = TypeScript['sys'];
type CreateHost = TypeScript['createWatchCompilerHost'];
/** Of the ways to call it, the one that tslab takes, with `null` for the compiler's own programs. */
type Arguments = [roots: string[], options: object, system: System, create: unknown, ...rest: never[]];

const packages = `${sep}node_modules${sep}`;

/**
 * Has the kernel's compiler read less, which is most of what a kernel takes of time and memory: the declarations of
 * `lib` in place of its sources, and none of the type packages that no cell has imported, but Node's own. Files of
 * packages are not watched: they are more than a thousand, and a kernel has to be restarted for them anyway.
 *
 * To be called before tslab is loaded.
 */
export function readLess(projectRoot: string): void {
  const createHost = compiler().createWatchCompilerHost as (...all: Arguments) => ReturnType<CreateHost>;
  const readLib = pathsOf(libDeclarations(projectRoot));

  function createLeanHost(...[roots, options, system, , ...rest]: Arguments): ReturnType<CreateHost> {
    const lean = { ...options, ...readLib, types: ['node'] };
    return createHost(roots, lean, withoutPackages(system), createCellProgram, ...rest);
  }
  replaceInCompiler({ createWatchCompilerHost: createLeanHost as CreateHost });
}

/** Compiler options by which `lib` is found in another folder. */
function pathsOf(folder: string | undefined): object {
  if (folder === undefined) return {};
  return {
    paths: { lib: [join(folder, 'index.d.ts')], 'lib/*': [join(folder, '*')] },
    pathsBasePath: folder,
  };
}

/** The same system, which does not watch files of packages. tslab's own knows the cell's file, and is asked for the rest. */
function withoutPackages(system: System): System {
  const watchFile: System['watchFile'] = (path, ...rest) =>
    path.includes(packages) ? unwatched : (system.watchFile?.(path, ...rest) ?? unwatched);
  return Object.create(system, { watchFile: { value: watchFile } });
}

const unwatched = { close() {} };
