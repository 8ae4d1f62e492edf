import { join } from 'node:path';
import type {
  CompilerOptions,
  LanguageService,
  LanguageServiceHost,
  ModuleResolutionHost,
  Program,
  ScriptSnapshot,
  SourceFile,
} from 'typescript-for-cells';
import { changeTime } from './change-time.ts';
import { compiler, type TypeScript } from './compiler.ts';

/** What the compiler has, and does not put in its public types. */
interface Internals {
  readonly bindSourceFile: (file: SourceFile, options: CompilerOptions) => void;
}
/** A file whose names the compiler has found. */
export interface BoundFile extends SourceFile {
  readonly locals: Map<string, import('typescript-for-cells').Symbol>;
  readonly symbol?: import('typescript-for-cells').Symbol;
}

/** The cell that is asked about, after all that were kept. */
export interface OpenCell {
  readonly program: Program;
  readonly file: BoundFile;
}

/** The cells of a notebook, as the compiler sees them: one file each, of which every one sees the names of those before it. */
export interface CellFiles {
  readonly service: LanguageService;
  /** Makes this the source of the open cell. */
  open(source: string): OpenCell;
  /**
   * Keeps the open cell for those that follow.
   *
   * @returns how to take names from it that it did not come to declare
   */
  keep(): (hidden: readonly string[]) => void;
  /** Notices files that have changed, come or gone since the last time. */
  noticeChanges(): void;
  /** Does the work, and looks for every import anew. */
  lookAgain<Result>(work: () => Result): Result;
  /** Where a module is that the sources of the program import. */
  resolve(name: string, from: string): string | undefined;
  isCell(fileName: string): boolean;
}

interface Versioned {
  version: string;
  snapshot?: ReturnType<typeof ScriptSnapshot.fromString>;
}

const packages = '/node_modules/';

/** What cells have beside what Node has. */
const cellGlobals = join(import.meta.dirname, '..', 'cells', 'globals.d.ts').replaceAll('\\', '/');

/** Files for cells are made in advance, so many at a time: another root has the compiler build its program anew. */
const step = 50;

export function openCellFiles(folder: string, options: CompilerOptions): CellFiles {
  const ts = compiler() as TypeScript & Internals;
  const root = folder.replaceAll('\\', '/');
  const pattern = /\/__cell\d+__\.ts$/;
  const isCell = (fileName: string) => fileName.startsWith(root) && pattern.test(fileName);
  const nameOf = (index: number) => `${root}/__cell${index}__.ts`;
  const resolved = ts.createModuleResolutionCache(root, (path) => path, options);
  const ownFolder = join(import.meta.dirname, 'kernel.ts');

  const files = new Map<string, Versioned>();
  const hiddenNames: (readonly string[])[] = [];
  let names = Array.from({ length: step }, (_, index) => nameOf(index));
  let edits = 0;
  let isLookingAgain = false;

  function fileAt(path: string): Versioned {
    let file = files.get(path);
    if (file === undefined) {
      file = isCell(path)
        ? { version: '', snapshot: ts.ScriptSnapshot.fromString('') }
        : { version: path.includes(packages) ? 'kept' : String(changeTime(path)) };
      files.set(path, file);
    }
    return file;
  }

  function resolveModule(name: string, from: string, mode?: import('typescript-for-cells').ResolutionMode) {
    const found = ts.resolveModuleName(name, from, options, moduleHost, resolved, undefined, mode);
    if (found.resolvedModule !== undefined || name !== 'tslab') return found;
    // The kernel's own tslab is there for every notebook.
    return ts.resolveModuleName(name, ownFolder, options, moduleHost, resolved, undefined, mode);
  }

  const host: LanguageServiceHost & {
    hasInvalidatedResolutions(path: string): boolean;
    getModuleResolutionCache(): import('typescript-for-cells').ModuleResolutionCache;
  } = {
    getCompilationSettings: () => options,
    getScriptFileNames: () => [cellGlobals, ...names],
    getScriptVersion: (path) => fileAt(path).version,
    getScriptSnapshot: (path) => {
      const file = fileAt(path);
      if (file.snapshot === undefined) {
        const text = ts.sys.readFile(path);
        if (text !== undefined) file.snapshot = ts.ScriptSnapshot.fromString(text);
      }
      return file.snapshot;
    },
    getCurrentDirectory: () => root,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    fileExists: (path) => isCell(path) || ts.sys.fileExists(path),
    readFile: (path, encoding) => ts.sys.readFile(path, encoding),
    readDirectory: (...all) => ts.sys.readDirectory(...all),
    directoryExists: (path) => ts.sys.directoryExists(path),
    getDirectories: (path) => ts.sys.getDirectories(path),
    realpath: (path) => ts.sys.realpath?.(path) ?? path,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    resolveModuleNameLiterals: (literals, from, _, settings, file) =>
      literals.map((literal) =>
        resolveModule(literal.text, from, ts.getModeForUsageLocation(file, literal, settings)),
      ),
    getModuleResolutionCache: () => resolved,
    hasInvalidatedResolutions: (path) => isLookingAgain && !path.includes(packages),
  };
  const moduleHost = host as ModuleResolutionHost;
  const service = ts.createLanguageService(host);

  /** Lets every cell see the names of those before it: where the compiler does not find a name, it asks what is above. */
  function link(program: Program): BoundFile {
    let above: SourceFile | undefined;
    for (let index = 0; ; index += 1) {
      const file = program.getSourceFile(nameOf(index)) as BoundFile;
      ts.bindSourceFile(file, options);
      (file as { parent?: unknown }).parent = above;
      if (index === hiddenNames.length) return file;
      for (const name of hiddenNames[index] ?? []) {
        file.locals.delete(name);
        file.symbol?.exports?.delete(name as import('typescript-for-cells').__String);
      }
      above = file;
    }
  }

  return {
    service,
    isCell,
    resolve: (name, from) => resolveModule(name, from).resolvedModule?.resolvedFileName,
    open(source) {
      // It comes from a message, where it may be missing.
      if (typeof source !== 'string') throw new TypeError('The request holds no code.');
      const name = nameOf(hiddenNames.length);
      const snapshot = fileAt(name).snapshot;
      if (snapshot?.getText(0, snapshot.getLength()) !== source) {
        edits += 1;
        files.set(name, { version: String(edits), snapshot: ts.ScriptSnapshot.fromString(source) });
      }
      const program = service.getProgram();
      if (program === undefined) throw new Error('The compiler has no program.');
      return { program, file: link(program) };
    },
    keep() {
      const index = hiddenNames.push([]) - 1;
      if (hiddenNames.length === names.length) {
        names = [...names, ...Array.from({ length: step }, (_, more) => nameOf(names.length + more))];
      }
      return (hidden) => {
        hiddenNames[index] = hidden;
      };
    },
    noticeChanges() {
      for (const [path, file] of files) {
        if (path.includes(packages) || isCell(path)) continue;
        const version = String(changeTime(path));
        if (version !== file.version) files.set(path, { version });
      }
    },
    lookAgain(work) {
      resolved.clear();
      isLookingAgain = true;
      try {
        return work();
      } finally {
        isLookingAgain = false;
      }
    },
  };
}
