import { findInsertions, insertInto, parseCell, writtenColumn } from './cell-source.ts';
import type { TypeScript } from './compiler.ts';
import type { FileChanges } from './file-changes.ts';
import { currentCell } from './running-cell.ts';
import { markStatements } from './statement-marks.ts';

/** What tslab makes of a cell. Its places are counted from 0. */
interface Converted {
  readonly diagnostics: readonly {
    readonly code: number;
    readonly fileName?: string;
    readonly start: { readonly line: number; readonly character: number };
    readonly messageText: string;
  }[];
}

/** "Cannot find module '…' or its corresponding type declarations." */
const moduleNotFound = 2307;

/** Compiles a cell, written as tslab understands it, and keeps what the compiler finds with the cell. */
export function convertCell<Result extends Converted>(
  ts: TypeScript,
  source: string,
  convert: (prepared: string) => Result,
  changes: FileChanges,
): Result {
  const cell = currentCell();
  const file = parseCell(ts, source);
  const found = file === undefined ? [] : findInsertions(ts, file);
  // Without a cell somebody only asks what could be run.
  const insertions =
    cell === undefined || file === undefined ? found : [...found, ...markStatements(ts, file)];
  if (cell !== undefined) {
    cell.written = (place) => ({ line: place.line, column: writtenColumn(source, insertions, place) });
  }
  const prepared = insertInto(source, insertions);
  changes.check();
  let converted = convert(prepared);
  // What is imported may have been written or installed since the compiler looked for it in vain.
  if (converted.diagnostics.some(({ code }) => code === moduleNotFound)) {
    converted = changes.lookAgain(() => convert(prepared));
  }
  if (cell !== undefined && converted.diagnostics.length > 0) {
    const diagnostics = converted.diagnostics.map(({ fileName, start, messageText }) => ({
      ...(fileName === undefined ? {} : { fileName }),
      place: { line: start.line + 1, column: start.character + 1 },
      message: messageText,
    }));
    cell.failure = { diagnostics };
  }
  return converted;
}
