import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type HeadlessServer, startHeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import { modelKernelName } from '../../packages/workshop/src/kernelspecs.ts';
import {
  joinLines,
  type Notebook,
  notebookName,
  readNotebook,
  streamText,
  withOutputs,
  writeNotebook,
} from '../../packages/workshop/src/notebook-file.ts';
import { type CellRun, runNotebook } from '../../packages/workshop/src/run-notebook.ts';
import { notebooks, projectRoot } from '../notebooks/runner.ts';
import { faultsOf } from './faults.ts';

const weights = inject('weights');
/**
 * What is run in the minutes that CI has: the notebooks that ask for a form, labels, JSON and calls of tools, all but the
 * cells named, which label 36 tweets four times; and the solutions whose checks ask the model. `MODEL_TESTS=all` runs
 * everything.
 */
const inMinutes: Readonly<Record<string, readonly string[]>> = {
  'notebooks/002.ipynb': ['002-42', '002-44', '002-46'],
  'notebooks/004.ipynb': [],
  'notebooks/solutions/001.ipynb': [],
  'notebooks/solutions/002.ipynb': [],
  'notebooks/solutions/003.ipynb': [],
};
const isWhole = process.env.MODEL_TESTS === 'all';
const paths = isWhole ? notebooks : Object.keys(inMinutes);
/** Milliseconds for a cell: 002 asks 150 times in one, and everything else on the machine makes a model slower. */
const cellTimeoutMs = 3_600_000;
/** `MODEL_OPTIONS` says more, in JSON: `{"threads":1}` on a machine that has other work, another `source` to try it. */
const model = { source: weights, greedy: true, ...JSON.parse(process.env.MODEL_OPTIONS ?? '{}') };
/** Each notebook as it came out, for a person to read. */
const cameOut = join(projectRoot, '.cache', 'model-notebooks');

/** What a cell shows where the model did not do what it was asked to. */
const caughtFailure = /The model answered|gave no answer of the wanted shape|I give up:|\[skipped\]/;
/** Such an error is the lesson of these cells, and what they ask for. */
const wantsFailure = /expectError\('answer'/;

describe.skipIf(weights === '')('with the words of a small model', () => {
  let server: HeadlessServer;
  const rows: string[] = [];
  const sum = { asking: 0, inForm: 0 };
  const tell = (what: string, asking: number, inForm: number, more = '') =>
    rows.push(
      `  ${what.padEnd(30)} ${asking} cells ask the model: ${inForm} got what they asked for in form, ${asking - inForm} show a caught failure${more}`,
    );
  beforeAll(async () => {
    process.env.LOCAL_BEDROCK_MODEL = JSON.stringify(model);
    server = await startHeadlessServer(projectRoot, 'lab');
  });
  afterAll(async () => {
    await server?.close();
    writeFileSync(join(projectRoot, '.cache', 'model-figures.txt'), `${rows.join('\n')}\n`);
  });

  it.each(paths)('%s runs to its last cell', { timeout: 2 * cellTimeoutMs }, async (path) => {
    const whole = readNotebook(join(projectRoot, path));
    const leftOut = isWhole ? [] : (inMinutes[path] ?? []);
    const notebook = { ...whole, cells: whole.cells.filter(({ id = '' }) => !leftOut.includes(id)) };
    expect(whole.cells.length - notebook.cells.length).toBe(leftOut.length);
    const started = performance.now();
    const { runs, asking, tokens } = await runCounted(server, path, notebook);
    const outputs = new Map(runs.map((run) => [run.index, run.outputs]));
    writeNotebook(join(cameOut, `${notebookName(path)}.ipynb`), withOutputs(notebook, outputs));
    const inForm = asking.filter(
      ({ index, outputs }) =>
        !caughtFailure.test(JSON.stringify(outputs)) ||
        wantsFailure.test(joinLines(notebook.cells[index]?.source ?? '')),
    ).length;
    const seconds = Math.round((performance.now() - started) / 1000);
    tell(path, asking.length, inForm, `; ${runs.length} cells, ${tokens} tokens in ${seconds} s`);
    sum.asking += asking.length;
    sum.inForm += inForm;
    expect(faultsOf(path, notebook, runs)).toBe('');
    if (path.includes('solutions'))
      expect(runs.map(({ outputs }) => streamText(outputs)).join('')).not.toContain('[not yet]');
  });

  it('gives four cells of five what they ask for in form', () => {
    if (paths.length > 1) tell('together', sum.asking, sum.inForm);
    expect(sum.asking).toBeGreaterThan(0);
    expect(sum.inForm / sum.asking).toBeGreaterThanOrEqual(0.8);
  });
});

/** A run, and those of its cells that asked the model: after which the endpoint's journal is longer. */
async function runCounted(server: HeadlessServer, path: string, notebook: Notebook) {
  const session = await server.openSession(path, modelKernelName);
  const counter = `{
    const response = await fetch(\`\${process.env.AWS_ENDPOINT_URL_BEDROCK}/_local-bedrock/requests\`);
    const asked = JSON.parse(await response.text()).requests.filter(({ outputTokens }: any) => outputTokens > 0);
    console.log('asked', asked.length, asked.reduce((sum: number, one: any) => sum + one.outputTokens, 0));
  }`;
  try {
    const cells = notebook.cells.flatMap((cell) =>
      cell.cell_type === 'code'
        ? [cell, { cell_type: 'code' as const, metadata: {}, source: counter, outputs: [] }]
        : [cell],
    );
    const positions = notebook.cells.flatMap((cell, index) =>
      cell.cell_type === 'code' ? [index, -1] : [index],
    );
    const every = await runNotebook({ ...notebook, cells }, session, { cellTimeoutMs });
    const asked = new Map<number, number>();
    let [before, tokens] = [0, 0];
    for (const run of every.filter(({ index }) => positions[index] === -1)) {
      const [, requests = before, written = tokens] = /asked (\d+) (\d+)/.exec(streamText(run.outputs)) ?? [];
      const now = Number(requests);
      tokens = Number(written);
      asked.set(positions[run.index - 1] ?? -1, now - before);
      before = now;
    }
    const runs: CellRun[] = every
      .filter(({ index }) => positions[index] !== -1)
      .map((run) => ({ ...run, index: positions[run.index] ?? -1 }));
    return { runs, tokens, asking: runs.filter(({ index }) => (asked.get(index) ?? 0) > 0) };
  } finally {
    await session.shutdown().catch(() => undefined);
  }
}
