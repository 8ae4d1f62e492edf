import { createRequire, isBuiltin, Module, registerHooks } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nameScript } from './cell-scripts.ts';
import type { CompiledFile } from './source-files.ts';

type Require = NodeJS.Require;

/** The modules of a notebook: what its cells import. */
export interface CellModules {
  readonly require: Require;
  /** Takes files beside the notebook that were compiled anew, and forgets what depends on them. */
  update(files: readonly CompiledFile[], outdated: readonly string[]): void;
  /** What an import binds: `*`, `default` or a name; without one the module is only run. */
  import(specifier: string, name?: string): unknown;
  /** What `import(…)` gives. */
  importLater(specifier: string): Promise<unknown>;
  /** `import.meta` of every cell: there is no file that a cell is in, so it has the notebook's folder. */
  readonly meta: { readonly dirname: string; readonly filename: string };
}

const endings = ['', '.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.jsx', '/index.ts', '/index.js'];

export function createCellModules(folder: string): CellModules {
  const compiled = new Map<string, CompiledFile>();
  const loaded = new Map<string, Module>();
  const file = join(folder, 'cell.ts');

  /** The file beside the notebook that is meant, if it is one that was compiled. */
  function fileFor(specifier: string, from: string): CompiledFile | undefined {
    if (!/^\.{0,2}[\\/]/.test(specifier)) return undefined;
    const path = resolve(from, specifier).replaceAll('\\', '/');
    const stem = path.replace(/\.([mc]?)jsx?$/, '');
    for (const ending of endings) {
      const found = compiled.get(path + ending);
      if (found !== undefined) return found;
    }
    // As TypeScript has it: `./x.js` may be what `x.ts` becomes.
    return ['.ts', '.tsx', '.mts', '.cts'].map((ending) => compiled.get(stem + ending)).find(Boolean);
  }

  function load(found: CompiledFile): unknown {
    const known = loaded.get(found.path);
    if (known !== undefined) return known.exports;
    const module = new Module(found.path) as Module & {
      _compile(code: string, path: string, format: 'commonjs'): void;
    };
    const own = dirname(found.path);
    module.filename = found.path;
    module.require = requireFrom(createRequire(found.path), own);
    loaded.set(found.path, module);
    try {
      nameScript(found.path, {}, found.maps);
      module._compile(found.code, found.path, 'commonjs');
    } catch (error) {
      loaded.delete(found.path);
      throw error;
    }
    return module.exports;
  }

  function requireFrom(native: Require, from: string): Require {
    const own = (specifier: string) => {
      const found = fileFor(specifier, from);
      if (found !== undefined) return load(found);
      if (specifier === 'tslab') return createRequire(import.meta.url)('tslab');
      return requireAnyhow(native, specifier);
    };
    return Object.assign(own, {
      resolve: native.resolve,
      cache: native.cache,
      main: native.main,
      extensions: native.extensions,
    });
  }

  const require = requireFrom(createRequire(file), folder);
  const meta = {
    dirname: folder,
    filename: file,
    url: pathToFileURL(file).href,
    main: false,
    resolve: (specifier: string) => {
      const path = require.resolve(specifier);
      return isBuiltin(path) ? (path.startsWith('node:') ? path : `node:${path}`) : pathToFileURL(path).href;
    },
  };

  return {
    require,
    meta,
    update(files, outdated) {
      for (const each of files) {
        compiled.set(each.path, each);
        loaded.delete(each.path);
      }
      for (const path of outdated) loaded.delete(path);
    },
    import(specifier, name) {
      const module = require(specifier) as Record<string, unknown>;
      if (name === undefined) return undefined;
      if (name === '*') return asNamespace(module);
      if (name === 'default') return asNamespace(module).default;
      return module[name];
    },
    async importLater(specifier) {
      try {
        return asNamespace(require(String(specifier)) as Record<string, unknown>);
      } catch (error) {
        if (!isOnlyAsync(error)) throw error;
        const path = /^\.{0,2}[\\/]/.test(specifier)
          ? pathToFileURL(resolve(folder, specifier)).href
          : specifier;
        return import(path);
      }
    },
  };
}

/** A module that waits at its top cannot be required. */
function isOnlyAsync(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'ERR_REQUIRE_ASYNC_MODULE';
}

/** As modules see one another: what is not one is the default of one that has all of it. */
function asNamespace(module: Record<string, unknown>): Record<string, unknown> {
  if (module?.__esModule || Object.prototype.toString.call(module) === '[object Module]') return module;
  const names = typeof module === 'object' || typeof module === 'function' ? { ...module } : {};
  return { ...names, default: module };
}

/** Set while a package is loaded that has exports for `import` only. */
let asImport = false;

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, asImport ? { ...context, conditions: [...context.conditions, 'import'] } : context),
});

function requireAnyhow(native: Require, specifier: string): unknown {
  try {
    return native(specifier);
  } catch (error) {
    const { code } = (error ?? {}) as { code?: unknown };
    if (code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED' || asImport) throw error;
    asImport = true;
    try {
      return native(specifier);
    } catch {
      throw error;
    } finally {
      asImport = false;
    }
  }
}
