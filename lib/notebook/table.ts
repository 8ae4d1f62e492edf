import { checkInput, checkOptions } from '../base/check-input.ts';
import { escapeHtml } from '../base/escape-html.ts';
import type { Confusion } from '../tasks/scores.ts';
import { displayHtml } from './display.ts';

/** One row: column heading to value. Numbers are set to the right; `undefined` shows as a dash. */
export type TableRow = Readonly<Record<string, string | number | undefined>>;

export interface TableOptions {
  /** What the table shows, said above it and to screen readers. */
  readonly caption?: string;
}

/** Shows rows as a table under the cell. Columns are the keys of all rows, in the order they first appear. */
export function showTable(rows: readonly TableRow[], options: TableOptions = {}): void {
  checkInput('showTable', { rows }, { rows: 'objects' });
  checkOptions('showTable', options, { caption: 'text?' });
  displayHtml(tableHtml(rows, options), tableText(rows, options));
}

/** The table as HTML. Pure. */
export function tableHtml(rows: readonly TableRow[], { caption }: TableOptions = {}): string {
  const columns = columnsOf(rows);
  const numeric = new Set(columns.filter((column) => rows.every((row) => typeof row[column] !== 'string')));
  const align = (column: string) => `vertical-align:top;text-align:${numeric.has(column) ? 'right' : 'left'}`;
  const head = columns
    .map((column) => `<th scope="col" style="${align(column)}">${escapeHtml(column)}</th>`)
    .join('');
  const body = rows.map((row) => {
    const cells = columns.map((column) => {
      const text = cellText(row[column]);
      const wrap = text.length < longestUnbroken ? 'white-space:nowrap;' : '';
      return `<td style="${wrap}${align(column)}">${cellHtml(text)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const title = caption ? `<caption style="text-align:left">${escapeHtml(caption)}</caption>` : '';
  return `<table>${title}<thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`;
}

/** Shorter texts, such as "12 ms", stay on one line. */
const longestUnbroken = 16;

/** Line breaks and indentation survive, also where a page strips styles; data is set in a fixed font. */
function cellHtml(text: string): string {
  const html = escapeHtml(text)
    .replace(/^ +/gm, (spaces) => '&nbsp;'.repeat(spaces.length))
    .replaceAll('\n', '<br>');
  return isData.test(text) ? `<code style="background:none;padding:0">${html}</code>` : html;
}

/** JSON, or an object as Node shows it. */
const isData = /^(?:\{[\s\S]*\}|\[\s*[[{"'][\s\S]*\])$/;

/** The table as aligned plain text. Pure. */
export function tableText(rows: readonly TableRow[], { caption }: TableOptions = {}): string {
  const columns = columnsOf(rows);
  const lines = [columns, ...rows.map((row) => columns.map((column) => cellText(row[column])))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  const text = lines.map((line) =>
    line
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...(caption ? [caption] : []), ...text].join('\n');
}

function columnsOf(rows: readonly TableRow[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function cellText(value: string | number | undefined): string {
  return value === undefined ? '–' : String(value);
}

/** A confusion matrix as rows for `showTable`: one for each right label, one column for each predicted one. Pure. */
export function confusionRows(matrix: Confusion): TableRow[] {
  checkInput('confusionRows', { matrix }, { matrix: 'object' });
  checkInput('confusionRows', { ...matrix }, { labels: 'texts', counts: 'list', unknown: 'numbers' });
  const { labels, counts, unknown } = matrix;
  const hasUnknown = unknown.some((count) => count > 0);
  return labels.map((label, row) => ({
    'right label': label,
    ...Object.fromEntries(
      labels.map((predicted, column) => [`taken for ${predicted}`, counts[row]?.[column]]),
    ),
    ...(hasUnknown ? { 'no label': unknown[row] } : {}),
  }));
}
