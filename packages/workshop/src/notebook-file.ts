import { readFileSync } from 'node:fs';
import { languageInfo } from 'typescript-kernel';
import { writeWhole } from './setup/disk.mjs';

/** The parts of nbformat 4 that this project reads and writes. https://nbformat.readthedocs.io */
export type MultilineString = string | string[];

export type Output =
  | { output_type: 'stream'; name: string; text: MultilineString }
  | { output_type: 'display_data'; data: Record<string, unknown>; metadata: Record<string, unknown> }
  | {
      output_type: 'execute_result';
      execution_count: number | null;
      data: Record<string, unknown>;
      metadata: Record<string, unknown>;
    }
  | { output_type: 'error'; ename: string; evalue: string; traceback: string[] };

export interface Cell {
  cell_type: 'code' | 'markdown' | 'raw';
  id?: string;
  metadata: { source_cell?: number; tags?: string[]; [key: string]: unknown };
  source: MultilineString;
  execution_count?: number | null;
  outputs?: Output[];
}

export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

/** What every committed notebook says of its kernel, the one that needs no AWS account. */
export const committedMetadata = {
  kernelspec: {
    display_name: 'TypeScript (local Bedrock)',
    language: 'typescript',
    name: 'typescript-bedrock-local',
  },
  language_info: languageInfo,
};

/** What messages call a notebook: `001`, or `solutions/001`. */
export function notebookName(path: string): string {
  return path.replace(/^notebooks\//, '').replace(/\.ipynb$/, '');
}

export function readNotebook(file: string): Notebook {
  return JSON.parse(readFileSync(file, 'utf8')) as Notebook;
}

/** Writes as Jupyter does: one space of indentation and a final newline, so that a later save changes nothing. */
export function writeNotebook(file: string, notebook: Notebook): void {
  writeWhole(file, `${JSON.stringify(notebook, null, 1)}\n`);
}

/** The text of a multi-line member, which nbformat allows to be a list of lines. */
export function joinLines(text: MultilineString): string {
  return typeof text === 'string' ? text : text.join('');
}

/** The list of lines that Jupyter writes: each keeps its line break. */
export function splitLines(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** The same notebook with these outputs (one list for each cell), and nothing else that a run leaves behind. */
export function withOutputs(notebook: Notebook, outputs: ReadonlyMap<number, readonly Output[]>): Notebook {
  return {
    cells: notebook.cells.map((cell, index) => {
      if (cell.cell_type !== 'code') return cell;
      return { ...cell, execution_count: null, outputs: (outputs.get(index) ?? []).map(toFile) };
    }),
    metadata: { ...notebook.metadata, ...committedMetadata },
    nbformat: notebook.nbformat,
    nbformat_minor: notebook.nbformat_minor,
  };
}

function toFile(output: Output): Output {
  if (output.output_type === 'stream') return { ...output, text: splitLines(joinLines(output.text)) };
  if (output.output_type === 'error') return output;
  const data = Object.entries(output.data).map(([type, value]) => [
    type,
    typeof value === 'string' && type.startsWith('text/') ? splitLines(value) : value,
  ]);
  return { ...output, data: Object.fromEntries(data) };
}

/** What outputs say as plain text: prints on standard output and the cell's value, or the stream that is named. Pure. */
export function streamText(outputs: readonly Output[], name = 'stdout'): string {
  return outputs
    .map((output) => {
      if (output.output_type === 'stream') return output.name === name ? joinLines(output.text) : '';
      const text = output.output_type === 'execute_result' && name === 'stdout' && output.data['text/plain'];
      return text ? `${joinLines(text as MultilineString)}\n` : '';
    })
    .join('');
}

/** One spelling for outputs that a file and a kernel write differently: joined lines, merged streams, no counts. Pure. */
export function normaliseOutputs(outputs: readonly Output[]): Output[] {
  const result: Output[] = [];
  for (const output of outputs) {
    const last = result.at(-1);
    if (output.output_type === 'stream') {
      const text = joinLines(output.text);
      if (last?.output_type === 'stream' && last.name === output.name)
        last.text = joinLines(last.text) + text;
      else result.push({ output_type: 'stream', name: output.name, text });
    } else if (output.output_type === 'error') {
      result.push(output);
    } else {
      const data = Object.entries(output.data).map(([type, value]) => [
        type,
        Array.isArray(value) ? value.join('') : value,
      ]);
      const counted = 'execution_count' in output && { execution_count: null };
      result.push({ ...output, ...counted, data: Object.fromEntries(data) });
    }
  }
  return result;
}
