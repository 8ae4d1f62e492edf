import type { Place } from './cell-scripts.ts';

/** Lines shown before and after the line that failed. */
const around = 1;

export const red = (text: string) => `\u001B[31m${text}\u001B[39m`;
export const green = (text: string) => `\u001B[32m${text}\u001B[39m`;

/** The line of the source with its number, and the lines beside it. */
export function linesAround(source: string, line: number): string[] {
  return source
    .trimEnd()
    .split('\n')
    .flatMap((text, index) => {
      const number = index + 1;
      if (Math.abs(number - line) > around) return [];
      return number === line ? [red('->') + numbered(number, text).slice(2)] : [numbered(number, text)];
    });
}

function numbered(line: number, text: string): string {
  return `${String(line).padStart(6)} | ${text}`;
}

/** The line of the source with a mark under the column. */
export function pointedAt(source: string, { line, column }: Place): string[] {
  const text = source.split('\n')[line - 1];
  if (text === undefined) return [];
  // Tabs stay tabs, so that the mark stands under what it means.
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return [numbered(line, text), `${' '.repeat(9)}${indent}${red('^')}`];
}
