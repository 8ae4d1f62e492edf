import { changeTime } from './change-time.ts';
import { compiler, replaceInCompiler, type TypeScript } from './compiler.ts';

type System = TypeScript['sys'];
type CreateHost = TypeScript['createWatchCompilerHost'];
type Host = import('@tslab/typescript-for-tslab').WatchCompilerHost<never>;
type ModuleHost = import('@tslab/typescript-for-tslab').ModuleResolutionHost;
type FileCallback = Parameters<NonNullable<System['watchFile']>>[1];

/** Of the ways to call `createWatchCompilerHost`, the one that tslab takes. */
type Arguments = [roots: string[], settings: object, system: System, ...rest: never[]];

export interface FileChanges {
  /** Tells the compiler of files that have changed, come or gone since it was told last. */
  check(): void;
  /** Compiles, and looks for every import anew. */
  lookAgain<Result>(compile: () => Result): Result;
}

/** A file that cells read, and when it was last changed: 0 while there is none. */
interface WatchedFile {
  readonly callbacks: Set<FileCallback>;
  changedAt: number;
}

const packages = '/node_modules/';

/**
 * Has the compiler notice changed files when a cell is about to be compiled, and not at any time: tslab takes one
 * notice at a time, and none between cells, so that a file which came after it was imported left the kernel useless
 * ("Unexpected pending rebuildTimer"). It does not watch folders for what may come, either: what an import has not
 * found is looked for when it is imported again. To be called before tslab is loaded.
 */
export function noticeChangesByCell(): FileChanges {
  const { createModuleResolutionCache, createWatchCompilerHost, resolveModuleName, sys } = compiler();
  const createHost = createWatchCompilerHost as unknown as (...all: Arguments) => Host;
  const resolved = createModuleResolutionCache(sys.getCurrentDirectory(), (path) => path);
  const files = new Map<string, WatchedFile>();
  let isLookingAgain = false;

  function tell(path: string, file: WatchedFile): void {
    const { Created, Changed, Deleted } = compiler().FileWatcherEventKind;
    const before = file.changedAt;
    const now = changeTime(path);
    if (now === before) return;
    file.changedAt = now;
    const kind = before === 0 ? Created : now === 0 ? Deleted : Changed;
    for (const callback of file.callbacks) callback(path, kind, new Date(now));
  }

  // tslab watches the files that it keeps itself, and asks this for all others.
  sys.watchFile = (path, callback) => {
    const known = files.get(path);
    const file = known ?? { callbacks: new Set(), changedAt: changeTime(path) };
    files.set(path, file);
    file.callbacks.add(callback);
    // No cell has read it for a while, and tslab still has what it made of it then.
    if (known !== undefined) tell(path, known);
    return { close: () => void file.callbacks.delete(callback) };
  };

  function createHostByCell(...[roots, settings, system, ...rest]: Arguments): Host {
    const host = createHost(roots, settings, withTimers(system), ...rest);
    host.resolveModuleNameLiterals = (names, from, _, options) =>
      names.map(({ text }) => resolveModuleName(text, from, options, host as ModuleHost, resolved));
    host.hasInvalidatedResolutions = (path) => isLookingAgain && !path.includes(packages);
    return host;
  }
  replaceInCompiler({ createWatchCompilerHost: createHostByCell as unknown as CreateHost });

  return {
    check: () => {
      for (const [path, file] of files) if (file.callbacks.size > 0) tell(path, file);
    },
    lookAgain: (compile) => {
      resolved.clear();
      isLookingAgain = true;
      try {
        return compile();
      } finally {
        isLookingAgain = false;
      }
    },
  };
}

/** The same system with as many timers as the compiler wants at once, where tslab's throws at the second. */
function withTimers(system: System): System {
  const pending = new Set<() => void>();
  let isSet = false;
  const runAll = () => {
    // Those that are set meanwhile are run as well.
    for (const run of pending) {
      pending.delete(run);
      run();
    }
    isSet = false;
  };
  return Object.create(system, {
    setTimeout: {
      value: (callback: (...values: unknown[]) => void, milliseconds: number, ...values: unknown[]) => {
        const run = () => callback(...values);
        pending.add(run);
        // tslab runs it when a cell has come, whatever the time.
        if (!isSet) system.setTimeout?.(runAll, milliseconds);
        isSet = true;
        return run;
      },
    },
    clearTimeout: { value: (run: () => void) => void pending.delete(run) },
  });
}
