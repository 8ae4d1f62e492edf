import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { type Place, scriptNamed } from './cell-scripts.ts';
import { green, linesAround, red } from './code-lines.ts';
import { describeDiagnostics } from './describe-diagnostics.ts';
import type { ErrorDescription, KernelHooks } from './hooks.ts';
import { nameAsWritten } from './own-names.ts';
import type { CellFailure, RunningCell } from './running-cell.ts';

/** What a Jupyter `error` message says, and a reply with the status `error`. */
export interface ErrorContent {
  readonly ename: string;
  readonly evalue: string;
  /** For a person, line by line, with ANSI colours. */
  readonly traceback: readonly string[];
}

/** A place of a stack that a person can open. */
interface Frame {
  readonly function: string;
  readonly file: string;
  readonly place: Place;
}

/** A line of a stack: `at name (file:line:column)`, or the place alone. */
const frameLine = /^\s+at (?:(?<name>.*?) \()?(?:async )?(?<file>[^()]+):(?<line>\d+):(?<column>\d+)\)?$/;

/** Places shown below the one that counts. */
const mostFrames = 5;

/** The kernel's own files, which are no part of how an error came about. */
const ownFolder = import.meta.dirname + sep;

/** Why a cell failed, as Jupyter shows errors: the name, what happened, the next step, and the line of the cell. */
export function describeFailure(cell: RunningCell, failure: CellFailure, hooks: KernelHooks): ErrorContent {
  if (cell.isStopped) return nameless('Interrupted', 'The cell was stopped.');
  if ('diagnostics' in failure) return describeDiagnostics(cell, failure.diagnostics);
  return describeThrown(failure.thrown, cell, hooks);
}

function describeThrown(
  thrown: unknown,
  cell: RunningCell,
  { projectRoot, describeError }: KernelHooks,
): ErrorContent {
  if (!isErrorLike(thrown)) return nameless('Thrown', inspect(thrown, { breakLength: 100 }));
  nameAsWritten(thrown);
  const described = describeError?.(thrown);
  const ename = String(described?.name ?? (thrown.name || 'Error'));
  const evalue = String(thrown.message);
  const frames = framesOf(thrown);
  return {
    ename,
    evalue,
    traceback: [
      `${red(ename)}: ${evalue}`,
      ...detailsOf(thrown, described),
      ...placesOf(frames, cell, projectRoot),
    ],
  };
}

/** An error, also one of another realm or of a class that only looks like `Error`. */
function isErrorLike(thrown: unknown): thrown is Error {
  if (thrown instanceof Error) return true;
  const { name, message } = (thrown ?? {}) as Partial<Error>;
  return typeof name === 'string' && typeof message === 'string';
}

function nameless(ename: string, evalue: string): ErrorContent {
  return { ename, evalue, traceback: [`${red(ename)}: ${evalue}`] };
}

/** What the project knows of the error, and what caused it. */
function detailsOf(error: Error, described: ErrorDescription | undefined): string[] {
  const lines = (described?.lines ?? []).map((line) => `  ${line}`);
  if (error.cause instanceof Error && !described?.explainsCause) {
    lines.push(`  cause: ${error.cause.name}: ${error.cause.message}`);
  }
  if (error instanceof AggregateError) {
    for (const one of error.errors.slice(0, mostFrames)) {
      lines.push(`  - ${one instanceof Error ? `${one.name}: ${one.message}` : inspect(one)}`);
    }
  }
  return lines;
}

/** The line of the cell that failed, and how the program got from there to the error. */
function placesOf(frames: readonly Frame[], cell: RunningCell, projectRoot: string): string[] {
  const inCell = frames.find(({ file }) => scriptNamed(file)?.count !== undefined);
  // A stack that does not reach the cell: it was waiting in the statement that it had begun last.
  if (inCell === undefined && cell.line === undefined) return way(frames, projectRoot);
  const { count = cell.count, source = cell.source } = scriptNamed(inCell?.file ?? '') ?? {};
  const line = inCell?.place.line ?? cell.line ?? 1;
  const isWhole = inCell !== undefined && frames.length === 1;
  return [
    '',
    green(cellName(count, line)),
    ...linesAround(source, line),
    ...(isWhole ? [] : way(frames, projectRoot)),
  ];
}

function cellName(count: number, line: number): string {
  return `cell [${count}], line ${line}`;
}

function way(frames: readonly Frame[], projectRoot: string): string[] {
  if (frames.length === 0) return [];
  const lines = frames.slice(0, mostFrames).map((frame) => {
    const place = placeName(frame, projectRoot);
    return frame.function === '' ? `  at ${place}` : `  at ${frame.function} (${place})`;
  });
  return ['', ...lines];
}

function placeName({ file, place }: Frame, projectRoot: string): string {
  const count = scriptNamed(file)?.count;
  if (count !== undefined) return cellName(count, place.line);
  return `${shortPath(file, projectRoot)}:${place.line}:${place.column}`;
}

/** Where the error went through cells, the project and the reader's own files; Node's files and other packages are left out. */
function framesOf(error: Error): Frame[] {
  return stackOf(error)
    .split('\n')
    .flatMap((line): Frame[] => {
      const found = frameLine.exec(line)?.groups;
      const named = found?.file ?? '';
      const file = named.startsWith('file:') ? fileURLToPath(named) : named;
      if (found === undefined || /^node:|[\\/]node_modules[\\/]/.test(file) || file.startsWith(ownFolder))
        return [];
      const place = { line: Number(found.line), column: Number(found.column) };
      return [{ function: (found.name ?? '').replace(/^(async )?(Proxy\.|Object\.)?/, ''), file, place }];
    });
}

/** None where a cell has put something else in its place, or has it made by something that fails. */
function stackOf(error: Error): string {
  try {
    return typeof error.stack === 'string' ? error.stack : '';
  } catch {
    return '';
  }
}

/** From the project's folder, which is above that of the notebook. */
function shortPath(file: string, projectRoot: string): string {
  const path = isAbsolute(file) ? relative(projectRoot, file) : file;
  return path.startsWith('..') ? file : path;
}
