import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { CompilerOptions } from 'typescript-for-cells';
import { compiler } from './compiler.ts';
import { declarationPaths } from './declarations.ts';
import type { KernelHooks } from './hooks.ts';

/** What Node 24 has of the library: ES2025, and of what comes after it these. */
const library = ['es2025', 'esnext.array', 'esnext.decorators', 'esnext.disposable', 'esnext.error'];

/**
 * How cells are compiled: for the Node that runs them, as modules, with the declarations of the project's own packages
 * in place of their sources, and with none of the type packages that no cell has imported, but Node's own.
 *
 * Null is a value of every type: a lesson's cells show what a call gives, and say nothing of what it might not give.
 */
export function cellOptions(
  folder: string,
  { projectRoot, packages = [] }: Pick<KernelHooks, 'projectRoot' | 'packages'>,
): CompilerOptions {
  const ts = compiler();
  const paths = declarationPaths(projectRoot, packages);
  return {
    target: ts.ScriptTarget.ES2025,
    lib: library.map((name) => `lib.${name}.d.ts`),
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    esModuleInterop: true,
    allowImportingTsExtensions: true,
    noUncheckedSideEffectImports: false,
    resolveJsonModule: true,
    allowJs: true,
    checkJs: true,
    strict: false,
    alwaysStrict: true,
    preserveConstEnums: true,
    skipLibCheck: true,
    sourceMap: true,
    newLine: ts.NewLineKind.LineFeed,
    jsx: ts.JsxEmit.React,
    types: ['node'],
    ...typeRootsFor(folder),
    ...(paths !== undefined && { paths, pathsBasePath: projectRoot }),
  };
}

/** Node's types are those of the notebook's project; where it has none, the kernel's own. */
function typeRootsFor(folder: string): { readonly typeRoots?: string[] } {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules', '@types', 'node'))) return {};
    if (dirname(at) === at) break;
  }
  const { resolve } = createRequire(import.meta.url);
  const typesFrom = (from: string) => createRequire(from).resolve('@types/node/package.json');
  try {
    return { typeRoots: [dirname(dirname(typesFrom(import.meta.url)))] };
  } catch {
    return { typeRoots: [dirname(dirname(typesFrom(resolve('tslab'))))] };
  }
}
