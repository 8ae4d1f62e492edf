import { homedir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { styleText } from 'node:util';
import { shortPath, wrap } from './cli.mjs';
import type { FoundHome, Jupyter } from './find-jupyter.ts';

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

/** Which Jupyter opens the notebooks, and which this folder's own commands use. */
export function homeRow({ home, running, jupyter }: FoundHome): SummaryRow {
  if (home === 'studio') return ['Jupyter', "this space's own, which is running"];
  const own = jupyter === undefined ? undefined : jupyterRow(jupyter);
  if (running === undefined) return own ?? ['Jupyter', 'none'];
  const where = running.url === undefined ? '' : `, at ${running.url}`;
  const rest =
    own === undefined
      ? '; npm start and npm test have none of their own'
      : `; npm start and npm test use ${own[1]}`;
  return ['Jupyter', `the one that is running${where}${rest}`];
}

/** Where the learner will open the notebooks: Studio, a JupyterLab that is running, or one that `npm start` starts. */
export type Home = 'studio' | 'running' | 'stopped';

/** What to do after the set-up, as numbered steps that name what to click, the kernels by their display names among it. */
export function nextSteps(
  home: Home,
  projectRoot: string,
  env: NodeJS.ProcessEnv,
  [aws = 'TypeScript (Bedrock)', local = 'TypeScript (local Bedrock)']: readonly string[] = [],
): string {
  if (home === 'stopped') {
    return 'Ready: npm start.\n\nIn VS Code, or another JupyterLab of yours, reload the window and choose one of the kernels.';
  }
  const width = Math.max(aws.length, local.length);
  return `Ready. What to do next:
  1. Reload JupyterLab's page in the browser: it offers both kernels from then on.
  2. In the file browser on the left, open ${shownPath(home, projectRoot, env)}.
  3. The kernel is named at the top right of the notebook. Click on it to choose:
     ${aws.padEnd(width)}   calls Amazon Bedrock; tokens are billed
     ${local.padEnd(width)}   calls nothing outside this machine; free`;
}

/** As the file browser shows it: Studio's begins at the home folder. */
function shownPath(home: Home, projectRoot: string, env: NodeJS.ProcessEnv): string {
  const notebook = join(projectRoot, 'notebooks', '001.ipynb');
  const path = relative(env.HOME ?? homedir(), notebook);
  return home === 'studio' && !path.startsWith('..') ? path : shortPath(notebook);
}
