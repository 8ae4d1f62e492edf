import { describe, expect, it } from 'vitest';
import { describeFaults, fileFaults, findFaults } from '../src/notebook-faults.ts';
import {
  type Cell,
  type Notebook,
  normaliseOutputs,
  type Output,
  withOutputs,
} from '../src/notebook-file.ts';
import type { CellRun } from '../src/run-notebook.ts';

const stream = (text: string, name = 'stdout'): Output => ({ output_type: 'stream', name, text });
const code = (outputs: Output[] = [], metadata: Cell['metadata'] = {}): Cell => ({
  cell_type: 'code',
  metadata,
  source: '1',
  outputs,
  execution_count: null,
});
const notebook = (...cells: Cell[]): Notebook => ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
const run = (index: number, outputs: Output[] = [], status: CellRun['status'] = 'ok'): CellRun => ({
  index,
  status,
  outputs,
  milliseconds: 1,
});
const kinds = (...given: Parameters<typeof findFaults>) => findFaults(...given).map(({ kind }) => kind);

describe('findFaults', () => {
  it('finds nothing in a clean run', () => {
    expect(findFaults(notebook(code([stream('a\n')])), [run(0, [stream('a\n')])], true)).toEqual([]);
  });

  it('finds a failed, a skipped, an unanswered and a missing cell', () => {
    const runs = [run(0, [stream('boom', 'stderr')], 'error'), run(1, [], 'abort'), run(2, [], 'none')];
    expect(kinds(notebook(code(), code(), code(), code()), runs, false)).toEqual([
      'cell-failed',
      'cell-skipped',
      'no-answer',
      'cell-skipped',
    ]);
  });

  it('finds undeclared stderr, and accepts a declared one', () => {
    const runs = [run(0, [stream('warning', 'stderr')])];
    expect(kinds(notebook(code()), runs, false)).toEqual(['stderr']);
    expect(kinds(notebook(code([], { tags: ['stderr'] })), runs, false)).toEqual([]);
  });

  it('finds an unhandled rejection even where stderr is declared', () => {
    const runs = [run(0, [stream('UnhandledPromiseRejection: Error: lost', 'stderr')])];
    expect(kinds(notebook(code([], { tags: ['stderr'] })), runs, false)).toEqual(['unhandled-rejection']);
  });

  it('compares outputs byte for byte, however the lines are stored', () => {
    const committed = code([{ output_type: 'stream', name: 'stdout', text: ['a\n', 'b\n'] }]);
    expect(kinds(notebook(committed), [run(0, [stream('a\n'), stream('b\n')])], true)).toEqual([]);
    expect(kinds(notebook(committed), [run(0, [stream('a\nb')])], true)).toEqual(['outputs-differ']);
    expect(kinds(notebook(committed), [run(0)], true)).toEqual(['outputs-differ']);
    expect(kinds(notebook(committed), [run(0, [stream('a\nb')])], false)).toEqual([]);
  });

  it('compares a volatile cell but for its versions and times', () => {
    const volatile = { tags: ['volatile'] };
    const committed = notebook(
      code([stream('Node 24.21.0, 12 ms, 93 tokens, H2SO4, $0.000087\n')], volatile),
    );
    const fresh = (text: string) => kinds(committed, [run(0, [stream(text)])], true);
    expect(fresh('Node 26.1.0, 7 ms, 93 tokens, H2SO4, $0.000087\n')).toEqual([]);
    for (const other of [
      'Deno 26.1.0, 7 ms, 93 tokens, H2SO4, $0.000087\n',
      'Node 26.1.0, 7 ms, 94 tokens, H2SO4, $0.000087\n',
      'Node 26.1.0, 7 ms, 93 tokens, H2SO3, $0.000087\n',
      'Node 26.1.0, 7 ms, 93 tokens, H2SO4, $0.000088\n',
      '',
    ]) {
      expect(fresh(other)).toEqual(['outputs-differ']);
    }
    const plain = notebook(code([stream('12 ms')]));
    expect(kinds(plain, [run(0, [stream('13 ms')])], true)).toEqual(['outputs-differ']);
  });

  it('compares the words beside a plot of times, and not the plot', () => {
    const plot = (bar: number, time: string, title = 'How long it took') => ({
      output_type: 'display_data' as const,
      metadata: {},
      data: {
        'text/html': [
          `<b>${title}</b>\n`,
          `<img alt="A bar." src="data:image/svg+xml,${encodeURIComponent(`<svg width="${bar}"/>`)}">\n`,
          `<td>${time}</td>`,
        ],
      },
    });
    const against = (tags: string[], fresh: ReturnType<typeof plot>) =>
      kinds(notebook(code([plot(120, '12 ms')], { tags })), [run(0, [fresh])], true);
    expect(against(['volatile'], plot(70, '7 ms'))).toEqual([]);
    expect(against(['volatile'], plot(70, '7 ms', 'What it cost'))).toEqual(['outputs-differ']);
    expect(against([], plot(70, '12 ms'))).toEqual(['outputs-differ']);
  });

  it('describes them for a person', () => {
    const faults = findFaults(notebook(code()), [run(0, [stream('boom', 'stderr')], 'error')], false);
    expect(describeFaults('001', faults)).toBe('001 cell 1: cell-failed: boom');
  });

  it('tells a failure as Jupyter shows it, without its colours', () => {
    const traceback = ['\u001B[31mError\u001B[39m: boom', '', 'cell [1], line 2'];
    const outputs = [
      stream('before\n', 'stderr'),
      { output_type: 'error' as const, ename: 'Error', evalue: 'boom', traceback },
    ];
    expect(findFaults(notebook(code()), [run(0, outputs, 'error')], false)).toEqual([
      { cell: 1, kind: 'cell-failed', message: 'Error: boom\n\ncell [1], line 2' },
    ]);
  });
});

describe('fileFaults', () => {
  const mirror = (source_cell: number) => code([], { source_cell });
  const five = [1, 2, 3, 4, 5].map(mirror);

  it('wants each source cell once and in order', () => {
    expect(fileFaults('005', notebook(...five, code()))).toEqual([]);
    for (const cells of [five.slice(1), [...five, mirror(5)], [mirror(2), mirror(1), ...five.slice(2)], []]) {
      expect(fileFaults('005', notebook(...cells)).map(({ kind }) => kind)).toEqual(['source-cell']);
    }
    expect(fileFaults('own-experiment', notebook(code()))).toEqual([]);
  });

  it('wants no execution counts', () => {
    expect(fileFaults('x', notebook({ ...code(), execution_count: 3 }))).toMatchObject([
      { kind: 'leftover', cell: 1 },
    ]);
  });
});

it('wants no machine paths and no account numbers in outputs', () => {
  for (const text of [
    'at /root/project/lib/x.ts:1',
    'arn:aws:bedrock:us-east-1:123456789012:x',
    '/home/ana/x',
  ]) {
    expect(fileFaults('x', notebook(code([stream(text)])))).toMatchObject([{ kind: 'leftover', cell: 1 }]);
  }
  expect(fileFaults('x', notebook(code([stream('../prompts/zero-shot.txt 20240307')])))).toEqual([]);
});

describe('withOutputs', () => {
  it('keeps the cells, replaces outputs and metadata, and forgets counts', () => {
    const recorded = withOutputs(
      notebook(
        { cell_type: 'markdown', metadata: {}, source: 'hi' },
        { ...code([stream('old')]), execution_count: 7 },
      ),
      new Map([
        [
          1,
          [stream('a\nb'), { output_type: 'display_data', data: { 'text/html': '<p>\n</p>' }, metadata: {} }],
        ],
      ]),
    );
    expect(recorded.cells[0]).toEqual({ cell_type: 'markdown', metadata: {}, source: 'hi' });
    expect(recorded.cells[1]).toMatchObject({
      execution_count: null,
      outputs: [
        { output_type: 'stream', name: 'stdout', text: ['a\n', 'b'] },
        { output_type: 'display_data', data: { 'text/html': ['<p>\n', '</p>'] }, metadata: {} },
      ],
    });
    expect(recorded.metadata).toMatchObject({ kernelspec: { name: 'typescript-bedrock-local' } });
  });

  it('is what normaliseOutputs undoes', () => {
    const outputs = [stream('a\nb\n'), stream('c', 'stderr')];
    const recorded = withOutputs(notebook(code()), new Map([[0, outputs]]));
    expect(normaliseOutputs(recorded.cells[0]?.outputs ?? [])).toEqual(outputs);
  });
});
