import { scriptNamed } from './cell-scripts.ts';
import { nameAsWritten } from './own-names.ts';

/** A line of a stack: `at name (file:line:column)`, with or without the name. */
const frame = /^(?<before>.*?\(?(?:async )?)(?<file>[^() ]+):(?<line>\d+):(?<column>\d+)(?<after>\)?)$/;

/** How the kernel got to the cell. */
const ofKernel =
  /[\\/]node_modules[\\/]@?tslab[\\/]|[\\/]packages[\\/]kernel[\\/]src[\\/]|\bnode:(internal|vm\b|async_hooks\b)/;

/** Where a cell's code starts to run. */
const startOfCell = /\bnode:vm:/;

/** Lines of a stack that V8 keeps; the SDK alone takes ten to get back to the cell that called it. */
const depth = 30;
/** Lines that are printed of them, as Node prints, and those of cells behind. */
const printed = 10;

const ofCell = /\bcell-\d+\.ts:/;

/**
 * Has every error's stack name the lines of cells as they were written, wherever it is printed, and leave out how the
 * kernel got to the cell.
 */
export function writeStacksAsWritten(): void {
  Error.stackTraceLimit = depth;
  Error.prepareStackTrace = (error, sites) => {
    nameAsWritten(error);
    const lines = sites.map(String);
    const start = lines.findIndex((line) => startOfCell.test(line));
    // Above the start of a cell stands the call of the function that it was made into.
    const own = start > 0 ? lines.slice(0, start - 1) : lines;
    const kept = own.some((line) => ofCell.test(line)) ? own.filter((line) => !ofKernel.test(line)) : own;
    const shown = kept.filter((line, index) => index < printed || ofCell.test(line));
    return [headOf(error), ...shown.map((line) => `    at ${asWritten(line)}`)].join('\n');
  };
}

/** A frame with the line and column that were written; any other as it is. */
function asWritten(line: string): string {
  const found = frame.exec(line)?.groups;
  const script = scriptNamed(found?.file ?? '');
  if (found === undefined || script === undefined) return line;
  const place = script.written({ line: Number(found.line), column: Number(found.column) });
  return `${found.before}${found.file}:${place.line}:${place.column}${found.after}`;
}

function headOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}
