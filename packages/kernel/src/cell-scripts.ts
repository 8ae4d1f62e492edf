import { SourceMap } from 'node:module';

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

/** By the name that V8 knows the script by: `cell-3.ts`, or a path. */
const scripts = new Map<string, Script>();

export function scriptNamed(name: string): Script | undefined {
  return scripts.get(name);
}

/**
 * Remembers which place of a script comes from which of its source.
 *
 * @param maps source maps as JSON, the one of the script itself first
 */
export function nameScript(name: string, of: Omit<Script, 'written'>, maps: readonly string[]): void {
  // A map is read when an error asks for it.
  let read: SourceMap[] | undefined;
  scripts.set(name, {
    ...of,
    written: (place) => {
      read ??= maps.map((map) => new SourceMap(JSON.parse(map)));
      return read.reduce(({ line, column }, map) => {
        const entry = map.findEntry(line - 1, Math.max(0, column - 1));
        if (!('originalLine' in entry)) return { line, column };
        return { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
      }, place);
    },
  });
}
