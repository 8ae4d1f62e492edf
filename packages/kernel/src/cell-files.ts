import { join } from 'node:path';
import type {
  CompilerOptions,
  LanguageService,
  LanguageServiceHost,
  ModuleResolutionHost,
  Program,
  ResolutionMode,
  ResolvedModuleWithFailedLookupLocations,
  ScriptSnapshot,
  SourceFile,
} from 'typescript-for-cells';
import { changeTime } from './change-time.ts';
import { compiler, type TypeScript } from './compiler.ts';

/** What the compiler has, and does not put in its public types. */
interface Internals {
  readonly bindSourceFile: (file: SourceFile, options: CompilerOptions) => void;
}
interface ProgramInternals extends Program {
  getSourceFile(fileName: string): SourceFile | undefined;
  getResolvedModule(file: SourceFile, name: string, mode: ResolutionMode): ResolvedModule;
}
type ResolvedModule = ResolvedModuleWithFailedLookupLocations | undefined;

/** A file whose names the compiler has found. */
export interface BoundFile extends SourceFile {
  readonly locals: Map<string, import('typescript-for-cells').Symbol>;
  readonly symbol?: import('typescript-for-cells').Symbol;
  readonly imports: readonly { readonly text: string }[];
  readonly moduleAugmentations: readonly unknown[];
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
  /** Has the program hold a module that cells will import, if it is there. */
  expect(name: string): void;
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

/** A program remembers what it was asked about: after so many cells and questions it begins anew. */
const mostOpened = 400;

/**
 * The compiler's program holds what the cells import, and not the cells: it stays as it is until one imports something
 * new, and with it all that its checker has found out about the types of the packages and of the cells before. A
 * program that held them would be another one for each cell, which finds all of it out again.
 */
export function openCellFiles(folder: string, options: CompilerOptions): CellFiles {
  const ts = compiler() as TypeScript & Internals;
  const root = folder.replaceAll('\\', '/');
  const pattern = /\/__cell\d+__\.ts$/;
  const isCell = (fileName: string) => fileName.startsWith(root) && pattern.test(fileName);
  const resolved = ts.createModuleResolutionCache(root, (path) => path, options);
  const ownFolder = join(import.meta.dirname, 'kernel.ts');
  /** Imports what any of the cells does. */
  const importing = `${root}/__imports__.ts`;

  const files = new Map<string, Versioned>();
  const imported = new Set<string>();
  /** How many of them the importing file names. */
  let written = 0;
  const cells = new Map<string, BoundFile>();
  const adapted = new WeakSet<Program>();
  /** The last program, and the version that it is of. */
  let made: { readonly program: Program; readonly version: number } | undefined;
  /** The last cell that was kept; those before it are above it. */
  let last: BoundFile | undefined;
  let opened: BoundFile | undefined;
  /** Cells that change what all files see, which only a file of the program can. */
  let parts: readonly string[] = [];
  let count = 0;
  let version = 0;
  let isLookingAgain = false;

  function fileAt(path: string): Versioned {
    let file = files.get(path);
    if (file === undefined) {
      file = { version: path.includes(packages) ? 'kept' : String(changeTime(path)) };
      files.set(path, file);
    }
    return file;
  }

  function write(path: string, text: string): void {
    version += 1;
    files.set(path, { version: String(version), snapshot: ts.ScriptSnapshot.fromString(text) });
  }

  function resolveModule(name: string, from: string, mode?: ResolutionMode) {
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
    getProjectVersion: () => String(version),
    getScriptFileNames: () => [cellGlobals, importing, ...parts],
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
    fileExists: (path) => ts.sys.fileExists(path),
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
  write(importing, 'export {};');

  /** A file of its own, as a program has it: one of nothing else finds what it imports. */
  function parse(name: string, source: string): BoundFile {
    const alone = ts.createProgram({
      rootNames: [name],
      options: { ...options, noResolve: true, noLib: true, types: [] },
      host: {
        ...ts.createCompilerHost(options),
        getCurrentDirectory: () => root,
        getSourceFile: (path, settings) =>
          path === name ? ts.createSourceFile(path, source, settings) : undefined,
      },
    });
    return alone.getSourceFile(name) as BoundFile;
  }

  /** The program, which knows the cells as if they were its files. */
  function programNow(): Program {
    if (made?.version === version) return made.program;
    if (written < imported.size) {
      written = imported.size;
      write(importing, [...imported].map((name) => `import ${JSON.stringify(name)};`).join('\n'));
    }
    const program = service.getProgram() as ProgramInternals | undefined;
    if (program === undefined) throw new Error('The compiler has no program.');
    made = { program, version };
    if (adapted.has(program)) return program;
    adapted.add(program);
    const { getSourceFile, getResolvedModule } = program;
    program.getSourceFile = (name) => cells.get(name) ?? getSourceFile(name);
    program.getResolvedModule = (file, name, mode) =>
      cells.get(file.fileName) === file
        ? resolveModule(name, file.fileName, mode)
        : getResolvedModule(file, name, mode);
    return program;
  }

  /** Has the program hold these modules; where it does so already, for another's sake, it stays as it is. */
  function importAll(names: readonly string[]): void {
    for (const name of names) {
      const path = resolveModule(name, importing).resolvedModule?.resolvedFileName;
      if (path === undefined || imported.has(name)) continue;
      imported.add(name);
      if (made?.version === version && made.program.getSourceFile(path) === undefined) version += 1;
    }
  }

  return {
    service,
    isCell,
    resolve: (name, from) => resolveModule(name, from).resolvedModule?.resolvedFileName,
    open(source) {
      // It comes from a message, where it may be missing.
      if (typeof source !== 'string') throw new TypeError('The request holds no code.');
      if (opened !== undefined) cells.delete(opened.fileName);
      const name = `${root}/__cell${count}__.ts`;
      count += 1;
      if (count % mostOpened === 0) version += 1;
      let file = parse(name, source);
      const open = isPart(file) ? [name] : [];
      const others = parts.filter((each) => cells.has(each));
      if (open.length > 0 || others.length < parts.length) version += 1;
      parts = [...others, ...open];
      importAll(file.imports.map(({ text }) => text));
      if (open.length > 0) {
        write(name, source);
        file = programNow().getSourceFile(name) as BoundFile;
      }
      cells.set(name, file);
      opened = file;
      const program = programNow();
      ts.bindSourceFile(file, options);
      // Where the compiler does not find a name, it asks what is above.
      (file as { parent?: unknown }).parent = last;
      return { program, file };
    },
    expect(name) {
      importAll([name]);
      programNow();
    },
    keep() {
      const kept = opened;
      last = opened;
      opened = undefined;
      return (hidden) => {
        for (const name of hidden) {
          kept?.locals.delete(name);
          kept?.symbol?.exports?.delete(name as import('typescript-for-cells').__String);
        }
      };
    },
    noticeChanges() {
      for (const [path, file] of files) {
        if (path.includes(packages) || path === importing || isCell(path)) continue;
        const changed = String(changeTime(path));
        if (changed === file.version) continue;
        files.set(path, { version: changed });
        version += 1;
      }
    },
    lookAgain(work) {
      resolved.clear();
      isLookingAgain = true;
      version += 1;
      try {
        return work();
      } finally {
        isLookingAgain = false;
      }
    },
  };
}

/** Whether a cell says something to all files, and not only to those below it. */
function isPart(file: BoundFile): boolean {
  return (
    file.moduleAugmentations.length > 0 ||
    [file.referencedFiles, file.typeReferenceDirectives, file.libReferenceDirectives].some(
      ({ length }) => length > 0,
    )
  );
}
