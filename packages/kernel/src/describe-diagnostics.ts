import { pointedAt, red } from './code-lines.ts';
import type { ErrorContent } from './describe-failure.ts';
import type { Diagnostic, RunningCell } from './running-cell.ts';

/** Type errors shown; the first ones cause the others. */
const mostDiagnostics = 5;

/** The compiler's complaints, each with the line that it is about. */
export function describeDiagnostics(cell: RunningCell, diagnostics: readonly Diagnostic[]): ErrorContent {
  const ename = 'TypeScriptError';
  const found = byPlace(diagnostics);
  const shown = found.slice(0, mostDiagnostics);
  const more = found.length - shown.length;
  const say = ({ fileName, place, message }: Diagnostic) =>
    `${fileName === undefined ? '' : `${fileName} `}${place.line}:${place.column} ${message}`;
  return {
    ename,
    evalue: shown.map(say).join('\n'),
    traceback: [
      `${red(ename)}: nothing of this cell was run`,
      ...shown.flatMap((diagnostic) => [
        '',
        say(diagnostic),
        ...(diagnostic.fileName === undefined ? pointedAt(cell.source, diagnostic.place) : []),
      ]),
      ...(more > 0 ? ['', `and ${more} more`] : []),
    ],
  };
}

/** One complaint a place: the compiler explains the first with those that follow it. */
function byPlace(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const diagnostic of diagnostics) {
    const last = found.at(-1);
    const { line, column } = diagnostic.place;
    if (last?.place.line === line && last.place.column === column && last.fileName === diagnostic.fileName) {
      found[found.length - 1] = { ...last, message: `${last.message}\n  ${diagnostic.message}` };
    } else found.push(diagnostic);
  }
  return found;
}
