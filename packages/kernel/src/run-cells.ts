import { runInThisContext } from 'node:vm';
import { type Completions, completeAt, inspectAt } from './ask-cell.ts';
import { createCellModules } from './cell-modules.ts';
import { nameScript } from './cell-scripts.ts';
import { createVariables } from './cell-variables.ts';
import { type CellCompiler, type CompiledCell, createCellCompiler } from './compile-cell.ts';
import type { KernelHooks } from './hooks.ts';
import { inOwnLanguage } from './own-language.ts';
import { nameAsWritten, nameHolder } from './own-names.ts';
import { currentCell, runAsKernel, stopCells } from './running-cell.ts';
import { undisturbed } from './stop-signal.ts';

/** What runs the cells of a notebook, and answers what an editor asks about them. */
export interface CellExecutor {
  /** @returns whether the cell ended well; why not is kept with the running cell */
  execute(source: string): Promise<boolean>;
  inspect(source: string, position: number): string | undefined;
  complete(source: string, position: number): Completions;
  /** Lets go of the cell that runs, if it waits. */
  interrupt(): void;
  /** The notebook's variables. */
  readonly locals: Record<string, unknown>;
  /** Has the compiler read Node's types, which takes longer than everything else that the kernel does to start. */
  warm(): void;
  /** Has the compiler read what a module declares, before a cell imports it. */
  expect(name: string): void;
  /** Loads a package, so that the cell that imports it first need not; where it cannot be, that cell is told why. */
  load(name: string): void;
}

/** What a cell's code and the kernel tell each other. */
interface Run {
  line?: number;
  done: number;
  value?: unknown;
  readonly meta: object;
  readonly import: (specifier: string, name?: string) => unknown;
  readonly importLater: (specifier: string) => Promise<unknown>;
  readonly require: unknown;
  /** What the code does first with an error that it catches. */
  readonly caught: (error: unknown) => void;
}

/** Where the function of a cell finds what it is called with. That it is there tells libraries that they are in a cell. */
const entry = '__tslab__';

/**
 * Runs the cells of one notebook, in the folder that the kernel was started in.
 */
export function createCellExecutor(
  folder: string,
  hooks: Pick<KernelHooks, 'projectRoot' | 'packages'>,
): CellExecutor {
  const variables = createVariables();
  const modules = createCellModules(folder);
  let made: CellCompiler | undefined;
  let release = createRelease();
  const handedOver: { require: unknown; values: readonly unknown[] } = {
    require: modules.require,
    values: [],
  };
  Object.defineProperty(globalThis, entry, { value: handedOver, enumerable: false });

  const compiler = () => {
    made ??= createCellCompiler(folder, hooks);
    return made;
  };

  /** The text that runs the cell's code, once what it is called with is in its place. */
  function prepare(cell: CompiledCell, run: Run): string {
    const holders = cell.variables.map((variable) => variables.holder(variable));
    handedOver.values = [...holders, run, modules.require, modules.meta.filename, modules.meta.dirname];
    for (const [index, variable] of cell.variables.entries())
      nameHolder(cell.parameters[index] ?? '', variable);
    const kind = cell.isAsync ? 'async function' : 'function';
    const parameters = [...cell.parameters, 'require', '__filename', '__dirname'].join(', ');
    const head = `(${kind}(${parameters}) { "use strict"; `;
    // One by one: `...` goes through the iterator of lists, which may be a cell's.
    const values = handedOver.values.map((_, index) => `${entry}.values[${index}]`).join(', ');
    return `${head}\n${cell.code}\n})(${values})`;
  }

  async function execute(source: string): Promise<boolean> {
    const cell = currentCell();
    const compiled = undisturbed(() => compiler().compile(source, variables.has));
    if ('diagnostics' in compiled) {
      if (cell !== undefined) cell.failure = { diagnostics: compiled.diagnostics };
      return false;
    }
    if (cell !== undefined) cell.uses = compiled.variables;
    const name = `cell-${cell?.count ?? 0}.ts`;
    const { meta, import: load, importLater, require } = modules;
    const run: Run = { done: 0, meta, import: load, importLater, require, caught: nameAsWritten };
    const { code, before } = inOwnLanguage(() => {
      nameScript(name, { ...(cell !== undefined && { count: cell.count }), source }, [compiled.map]);
      modules.update(compiled.files, compiled.outdated);
      return { before: new Set(compiled.variables.filter(variables.has)), code: prepare(compiled, run) };
    });
    try {
      // The cell's own lines begin after the head. The promise is there when it waits.
      const started = runInThisContext(code, {
        filename: name,
        lineOffset: -1,
        breakOnSigint: true,
        // Node would look at the stack of what is thrown, where nothing can be stopped.
        displayErrors: false,
      });
      if (compiled.isAsync) await inOwnLanguage(() => Promise.race([started, release.promise]));
    } catch (thrown) {
      nameAsWritten(thrown);
      inOwnLanguage(() =>
        compiled.failed(run.done, (variable) => !before.has(variable) && variables.has(variable)),
      );
      if (cell !== undefined) {
        if (run.line !== undefined) cell.line = run.line;
        cell.failure = { thrown };
      }
      // A loop that never waited was ended by the stop button, and nothing else has heard of it.
      if (isScriptInterrupted(thrown)) stopCells();
      return false;
    }
    if (cell !== undefined) cell.value = run.value ?? undefined;
    return true;
  }

  return {
    execute,
    inspect: (source, position) => undisturbed(() => inspectAt(compiler(), source, position)),
    complete: (source, position) => undisturbed(() => completeAt(compiler(), source, position)),
    interrupt() {
      release.now();
      release = inOwnLanguage(createRelease);
    },
    get locals() {
      return variables.locals;
    },
    warm: () => undisturbed(() => void compiler().ask('')),
    expect: (name) => undisturbed(() => compiler().expect(name)),
    load(name) {
      try {
        undisturbed(() => runAsKernel(() => modules.require(name)));
      } catch {}
    },
  };
}

/** A promise that lets go of whoever waits for a cell. */
function createRelease(): { readonly promise: Promise<never>; now(): void } {
  let now = () => {};
  const promise = new Promise<never>((_, reject) => {
    now = () => reject(new Error('The cell was stopped.'));
  });
  promise.catch(() => undefined);
  return { promise, now: () => now() };
}

function isScriptInterrupted(thrown: unknown): boolean {
  try {
    return (thrown as { code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
  } catch {
    return false;
  }
}
