import { SourceMap } from 'node:module';
import { resolve } from 'node:path';
import { compiler, replaceInCompiler } from './compiler.ts';
import { currentCell } from './running-cell.ts';

/** A place as people count, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A script that cells run, and where what it does was written. */
export interface Script {
  /** The cell's number; absent for a file beside the notebook. */
  readonly count?: number;
  /** The cell as it was written. */
  readonly source?: string;
  written(place: Place): Place;
}

type Payload = ConstructorParameters<typeof SourceMap>[0];

/** By the name that V8 knows the script by: `cell-3.ts`, or a path. */
const scripts = new Map<string, Script>();

export function scriptNamed(name: string): Script | undefined {
  return scripts.get(name);
}

/** tslab puts a line before every source, so that it counts as a module. */
const linesBefore = 1;

/** What tslab puts before a cell's compiled code, on the same line; a little more when the cell waits. */
const columnsBefore = '(function(exports, require) { '.length;

/** Where tslab has the compiler believe that it writes; paths in its maps start there. */
const outputFolder = 'outDir';

const inlineMap = /\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)\s*$/;

/**
 * Gives everything that cells run a name, and remembers which line of it comes from which line of the cell. tslab
 * compiles twice, to JavaScript and that to what `require` understands, so a place goes through two maps. To be called
 * before tslab is loaded.
 */
export function nameScripts(): void {
  const { createWatchCompilerHost, transpileModule } = compiler();
  const createHost = createWatchCompilerHost as (...values: unknown[]) => unknown;
  const withMaps = (files: unknown, settings: object, ...rest: unknown[]) =>
    createHost(files, { ...settings, inlineSourceMap: true }, ...rest);
  replaceInCompiler({
    createWatchCompilerHost: withMaps as typeof createWatchCompilerHost,
    transpileModule: (input, settings) => {
      const encoded = inlineMap.exec(input)?.[1];
      if (encoded === undefined) return transpileModule(input, settings);
      const first = JSON.parse(Buffer.from(encoded, 'base64').toString());
      const compilerOptions = { ...settings.compilerOptions, sourceMap: true };
      const result = transpileModule(input.replace(inlineMap, ''), { ...settings, compilerOptions });
      const name = remember(first, JSON.parse(result.sourceMapText ?? '{}'));
      const code = result.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, '');
      return { ...result, outputText: `${code}//# sourceURL=${name}\n` };
    },
  });
}

function remember(first: Payload, second: Payload): string {
  const file = first.sources[0] ?? '';
  const cell = currentCell();
  const isCell = cell !== undefined && file.endsWith('__tslab__.ts');
  const name = isCell ? `cell-${cell.count}.ts` : resolve(process.cwd(), outputFolder, file);
  scripts.set(name, {
    ...(isCell ? { count: cell.count, source: cell.source } : {}),
    written: ({ line, column }) => {
      const before = isCell && line === 1 ? columnsBefore : 0;
      const inModule = new SourceMap(second).findEntry(line - 1, Math.max(0, column - 1 - before));
      if (!('originalLine' in inModule)) return { line, column };
      const inSource = new SourceMap(first).findEntry(inModule.originalLine, inModule.originalColumn);
      if (!('originalLine' in inSource)) return { line, column };
      const place = {
        line: inSource.originalLine + 1 - (isCell ? linesBefore : 0),
        column: inSource.originalColumn + 1,
      };
      return isCell ? (cell.written?.(place) ?? place) : place;
    },
  });
  return name;
}
