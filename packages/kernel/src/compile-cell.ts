import type { LanguageService } from 'typescript-for-cells';
import { shareVariables } from './cell-code.ts';
import { findFaults } from './cell-diagnostics.ts';
import { type BoundFile, type OpenCell, openCellFiles } from './cell-files.ts';
import { cellOptions } from './cell-options.ts';
import { declaredBy, prepareStatements, waits } from './cell-statements.ts';
import { compiler } from './compiler.ts';
import type { KernelHooks } from './hooks.ts';
import type { Diagnostic } from './running-cell.ts';
import { type CompiledFile, compileFile, sourcesOf, withoutMap } from './source-files.ts';

/** A cell that can be run. */
export interface CompiledCell {
  /** The body of a function. */
  readonly code: string;
  /** What the function calls the holders of these variables, and then the object through which it talks to the kernel. */
  readonly parameters: readonly string[];
  readonly variables: readonly string[];
  readonly isAsync: boolean;
  /** From the code to the cell. */
  readonly map: string;
  /** The files beside the notebook that were compiled for it, because they are new or have changed. */
  readonly files: readonly CompiledFile[];
  /** The files beside the notebook that depend on those. */
  readonly outdated: readonly string[];
  /**
   * To be called when the cell has failed: later cells see what it declares, and then do not see what it did not come to.
   *
   * @param done how many of its statements were done
   * @param has whether a variable got its value in this cell
   */
  failed(done: number, has: (name: string) => boolean): void;
}

export type Compiled = { readonly diagnostics: readonly Diagnostic[] } | CompiledCell;

/** Compiles the cells of one notebook, and answers what an editor asks about them. */
export interface CellCompiler {
  /**
   * @param isKnown whether the notebook has a variable with this name already
   * @returns what the compiler complains of, or a cell that can be run
   */
  compile(source: string, isKnown: (name: string) => boolean): Compiled;
  /** For a question about a cell that is being written: its file and the compiler's services. */
  ask(source: string): { readonly service: LanguageService; readonly fileName: string } & OpenCell;
  /** Reads what a module declares, before a cell imports it. */
  expect(name: string): void;
}

export function createCellCompiler(
  folder: string,
  hooks: Pick<KernelHooks, 'projectRoot' | 'packages'>,
): CellCompiler {
  const files = openCellFiles(folder, cellOptions(folder, hooks));
  /** What was compiled of the files beside the notebook, by their versions. */
  const compiled = new WeakSet<object>();

  function findIn(source: string) {
    const cell = files.open(source);
    const sources = sourcesOf(files, cell.program, cell.file);
    return { cell, sources, findings: findFaults(files, cell.program, cell.file, sources, folder) };
  }

  return {
    expect: files.expect,
    compile(source, isKnown) {
      files.noticeChanges();
      let found = findIn(source);
      // What is imported may have been written or installed since the compiler looked for it in vain.
      if (found.findings.lacksModule) found = files.lookAgain(() => findIn(source));
      const { cell, sources, findings } = found;
      if (findings.diagnostics.length > 0) return { diagnostics: findings.diagnostics };
      const changed = sources.filter((file) => !compiled.has(file));
      for (const file of changed) compiled.add(file);
      const outdated = sources.filter((file) =>
        sourcesOf(files, cell.program, file).some((each) => changed.includes(each)),
      );
      const made = emit(cell, isKnown);
      const names = cell.file.statements.map(declaredBy);
      const hide = files.keep();
      return {
        ...made,
        files: changed.map((file) => compileFile(cell.program, file)),
        outdated: outdated.map(({ fileName }) => fileName),
        failed: (done, has) =>
          hide(
            names
              .slice(done)
              .flat()
              .filter((name) => !has(name)),
          ),
      };
    },
    ask(source) {
      const cell = files.open(source);
      return { service: files.service, fileName: cell.file.fileName, ...cell };
    },
  };
}

function emit({ program, file }: OpenCell, isKnown: (name: string) => boolean) {
  const prefix = unusedPrefix(file);
  const run = `${prefix}cell_`;
  const used = new Set<string>();
  const checker = program.getTypeChecker();
  let code = '';
  let map = '{}';
  program.emit(
    file,
    (name, text) => {
      if (name.endsWith('.map')) map = text;
      else code = text;
    },
    undefined,
    false,
    {
      before: [prepareStatements({ checker, prefix, run, used })],
      after: [shareVariables({ declared: declaredValues(file, checker), isKnown, prefix, run, used })],
    },
  );
  const variables = [...used];
  return {
    code: withoutMap(code),
    map,
    variables,
    parameters: [...variables.map((name) => prefix + name), run],
    isAsync: file.statements.some(waits),
  };
}

/** What no name of the cell begins with. */
function unusedPrefix(file: BoundFile): string {
  const { identifiers } = file as unknown as { identifiers: ReadonlyMap<string, string> };
  let prefix = '$';
  while ([...identifiers.keys()].some((name) => name.startsWith(prefix))) prefix += '$';
  return prefix;
}

/** What the cell declares at its top that is there when it runs: no types, and nothing that is only said to be there. */
function declaredValues(
  file: BoundFile,
  checker: import('typescript-for-cells').TypeChecker,
): ReadonlySet<string> {
  const ts = compiler();
  const { Alias, Value } = ts.SymbolFlags;
  const values = new Set<string>();
  for (const [name, local] of file.locals) {
    const symbol = (local as { exportSymbol?: typeof local }).exportSymbol ?? local;
    const declarations = symbol.declarations ?? [];
    const isAmbient = declarations.every(
      (declaration) => (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Ambient) !== 0,
    );
    if (isAmbient) continue;
    const target = symbol.flags & Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (target.flags & Value) values.add(name);
  }
  return values;
}
