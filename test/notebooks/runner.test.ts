import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import { kernelNames } from '../../packages/workshop/src/kernelspecs.ts';
import { fileFaults, findFaults } from '../../packages/workshop/src/notebook-faults.ts';
import type { Cell, Notebook } from '../../packages/workshop/src/notebook-file.ts';
import { runNotebook } from '../../packages/workshop/src/run-notebook.ts';
import { runOn, serverFor } from './runner.ts';

let server: HeadlessServer;
beforeAll(async () => {
  server = await serverFor('lab');
});
afterAll(() => server?.close());

const cell = (source: string, more: Partial<Cell> = {}): Cell => ({
  cell_type: 'code',
  metadata: {},
  source,
  outputs: [],
  execution_count: null,
  ...more,
});
const notebookOf = (...cells: Cell[]): Notebook => ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
const printed = (text: string, name = 'stdout') => [{ output_type: 'stream' as const, name, text }];

async function faultsOf(compareOutputs: boolean, ...cells: Cell[]) {
  const notebook = notebookOf(...cells);
  const runs = await runOn(server, 'notebooks/faulty.ipynb', notebook);
  return findFaults(notebook, runs, compareOutputs).map(({ cell, kind }) => `${cell} ${kind}`);
}

/** Each fault on the real kernel, so that a green run means something. */
describe('the notebook runner fails on', () => {
  it('nothing in a sound notebook', async () => {
    expect(await faultsOf(true, cell('console.log(6 * 7)', { outputs: printed('42\n') }))).toEqual([]);
  });

  it('a cell that throws, and runs the later ones all the same', async () => {
    expect(
      await faultsOf(
        false,
        cell("throw new Error('boom')"),
        cell("console.log('later')", { outputs: printed('') }),
      ),
    ).toEqual(['1 cell-failed']);
  });

  it('a cell with a type error', async () => {
    expect(await faultsOf(false, cell('const n: number = "text";'))).toEqual(['1 cell-failed']);
  });

  it('an unhandled rejection, which the kernel calls a success', async () => {
    const late = "setTimeout(() => Promise.reject(new Error('lost')), 50); const one = 1;";
    expect(await faultsOf(false, cell(late))).toEqual(['1 unhandled-rejection']);
  });

  it('one that comes late, as on a busy machine', async () => {
    const busy = 'const until = performance.now() + 800; while (performance.now() < until);';
    const late = `setTimeout(() => { ${busy} Promise.reject(new Error('lost')); }, 50); const one = 1;`;
    expect(await faultsOf(false, cell(late))).toEqual(['1 unhandled-rejection']);
  });

  it('anything on stderr that is not declared', async () => {
    const warn = cell("console.error('careful');");
    expect(await faultsOf(false, warn)).toEqual(['1 stderr']);
    expect(await faultsOf(false, { ...warn, metadata: { tags: ['stderr'] } })).toEqual([]);
  });

  it('an output that differs from the committed one', async () => {
    expect(await faultsOf(true, cell('console.log(6 * 7)', { outputs: printed('41\n') }))).toEqual([
      '1 outputs-differ',
    ]);
    const table = "import { showTable } from 'lib';\nshowTable([{ a: 1 }]);";
    expect(await faultsOf(true, cell(table))).toEqual(['1 outputs-differ']);
  });

  it('a kernel that dies, and every cell behind it', async () => {
    expect(await faultsOf(false, cell("process.kill(process.pid, 'SIGKILL');"), cell('1'))).toEqual([
      '1 no-answer',
      '2 cell-skipped',
    ]);
  });

  it('a cell that takes too long', async () => {
    const session = await server.openSession('notebooks/slow.ipynb', kernelNames.local);
    const notebook = notebookOf(cell('await new Promise(() => {});'));
    const runs = await runNotebook(notebook, session, { cellTimeoutMs: 3_000 });
    expect(findFaults(notebook, runs, false)).toMatchObject([{ kind: 'no-answer' }]);
    await session.shutdown();
  });

  it('a cell that the kernel skipped', async () => {
    const session = await server.openSession('notebooks/skipped.ipynb', kernelNames.local);
    const kernel = session.kernel;
    if (!kernel) throw new Error('no kernel');
    // As a client does that sends everything at once: what waits behind a failure is not run.
    const failing = kernel.requestExecute({ code: "throw new Error('boom')", stop_on_error: true });
    const skipped = kernel.requestExecute({ code: '1', stop_on_error: true });
    await failing.done;
    const { status } = (await skipped.done).content;
    expect(String(status)).toBe('aborted');
    const run = { index: 0, status: 'abort' as const, outputs: [], milliseconds: 1 };
    expect(findFaults(notebookOf(cell('1')), [run], false)).toMatchObject([{ kind: 'cell-skipped' }]);
    await session.shutdown();
  });

  it('a source cell that is missing or out of order', () => {
    const mirror = (source_cell: number) => cell('1', { metadata: { source_cell } });
    expect(fileFaults('005', notebookOf(...[1, 2, 3, 5].map(mirror)))).toMatchObject([
      { kind: 'source-cell' },
    ]);
    expect(fileFaults('005', notebookOf(...[1, 2, 4, 3, 5].map(mirror)))).toMatchObject([
      { kind: 'source-cell' },
    ]);
  });
});
