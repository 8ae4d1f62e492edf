import { join, sep } from 'node:path';
import { styleText } from 'node:util';
import type { Jupyter } from './jupyter.ts';
import { shortPath } from './short-path.mjs';
import { wrap } from './wrap.mjs';

/** A label of one word, and what there is to say. */
export type SummaryRow = readonly [label: string, text: string];

const labelWidth = 13;

/** The rows under each other, wrapped so that no line is longer than `columns`. Colour only on a terminal. */
export function formatSummary(
  rows: readonly SummaryRow[],
  columns = 79,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return rows.flatMap(([label, text]) => formatRow(label, text, columns, stream)).join('\n');
}

function formatRow(label: string, text: string, columns: number, stream: NodeJS.WriteStream): string[] {
  const [first = '', ...rest] = wrap(text, columns - labelWidth);
  const padded = label.padEnd(labelWidth);
  const shown = styleText('bold', padded, { stream, validateStream: true });
  return [`${shown}${first}`, ...rest.map((line) => ' '.repeat(labelWidth) + line)];
}

/** Node's version and where it is from. */
export function nodeRow(projectRoot: string): SummaryRow {
  const isOwn = process.execPath.startsWith(join(projectRoot, 'node_modules') + sep);
  const from = isOwn ? "the project's own" : shortPath(process.execPath);
  return ['Node', `${process.versions.node}, ${from}`];
}

/** JupyterLab's version and where it is from. */
export function jupyterRow(jupyter: Jupyter): SummaryRow {
  const path = shortPath(jupyter.command[0] ?? '');
  const from = {
    venv: "the project's own, in .venv",
    conda: `from the active conda environment (${path})`,
    path: `from the PATH (${path})`,
  };
  return ['Jupyter', `JupyterLab ${jupyter.version}, ${from[jupyter.source]}`];
}
