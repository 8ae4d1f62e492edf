import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { createCellCompiler } from '../src/compile-cell.ts';
import { importsOfNotebook, workWhenQuiet } from '../src/read-ahead.ts';
import { createCellExecutor } from '../src/run-cells.ts';
import { createCell, runAsCell } from '../src/running-cell.ts';
import type { Request } from '../src/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-ahead-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

it('knows from its file what the cells of a notebook will import', () => {
  const code = (source: string | string[]) => ({ cell_type: 'code', source });
  const cells = [
    code(["import { a } from 'first';\n", "import b, { type C } from '@scope/second/part';"]),
    { cell_type: 'markdown', source: "import d from 'only-words';" },
    code("import './beside.ts'; export * from '../above.ts'; import 'first'; await import('third');"),
    code('!ls\nthis is no TypeScript'),
  ];
  expect(importsOfNotebook(write('one.ipynb', JSON.stringify({ cells })))).toEqual([
    'first',
    '@scope/second/part',
    'third',
  ]);
});

it('knows nothing of what is no notebook', () => {
  expect(importsOfNotebook(undefined)).toEqual([]);
  expect(importsOfNotebook(join(folder, 'Console 1'))).toEqual([]);
  expect(importsOfNotebook(write('list.json', '[]'))).toEqual([]);
});

it('reads what cells will import once: a cell that does so finds it there', () => {
  write('node_modules/ahead/index.d.ts', "export const one: 1; export { two } from './more';");
  write('node_modules/ahead/more.d.ts', 'export const two: 2;');
  const compiler = createCellCompiler(folder, { projectRoot: folder });
  compiler.expect('not-there');
  compiler.expect('ahead');
  const { program } = compiler.ask('');
  const compile = (source: string) => compiler.compile(source, () => false);
  expect(compile("import { one } from 'ahead'; const n: 1 = one;")).not.toHaveProperty('diagnostics');
  expect(compile("import { two } from 'ahead/more'; const n: 2 = two;")).not.toHaveProperty('diagnostics');
  expect(compiler.ask('').program).toBe(program);
  expect(compile("import { three } from 'ahead';")).toHaveProperty('diagnostics');
});

it('keeps what a cell imports when the file that brought it along does so no more', () => {
  const outer = write('outer.ts', "export { inner } from './inner.ts';");
  write('inner.ts', 'export const inner = 1;');
  const compiler = createCellCompiler(folder, { projectRoot: folder });
  const compile = (source: string) => compiler.compile(source, () => false);
  compile("import { inner } from './outer.ts';");
  compile("import { inner as own } from './inner.ts';");
  write('outer.ts', 'export const outer = 2;');
  utimesSync(outer, 1, 1);
  const checked = compile(
    "import { outer } from './outer.ts'; const n: number = own + outer; const s: string = own;",
  );
  expect(checked).toMatchObject({
    diagnostics: [{ message: "Type 'number' is not assignable to type 'string'." }],
  });
});

it('loads a package once, ahead of the cell that imports it', async () => {
  write('node_modules/loud/package.json', '{ "name": "loud", "main": "index.js" }');
  write('node_modules/loud/index.d.ts', 'export declare const times: number;');
  write(
    'node_modules/loud/index.js',
    'globalThis.loudTimes = (globalThis.loudTimes ?? 0) + 1; exports.times = globalThis.loudTimes;',
  );
  write('node_modules/broken/package.json', '{ "name": "broken", "main": "index.js" }');
  write('node_modules/broken/index.d.ts', 'export declare const one: number;');
  write('node_modules/broken/index.js', "throw new RangeError('broken at its top');");
  const executor = createCellExecutor(folder, { projectRoot: folder });
  onTestFinished(() => void Reflect.deleteProperty(globalThis, 'loudTimes'));
  for (const name of ['loud', 'broken', 'not-installed']) executor.load(name);
  expect(globalThis).toHaveProperty('loudTimes', 1);

  expect(await executor.execute("import { times } from 'loud'; const seen = times;")).toBe(true);
  expect(executor.locals.seen).toBe(1);
  const cell = createCell(1, '', () => {});
  expect(await runAsCell(cell, () => executor.execute("import { one } from 'broken'; one;"))).toBe(false);
  expect(cell.failure).toMatchObject({ thrown: { message: 'broken at its top' } });
});

it('works while nobody asks: step by step, and cells go first', async () => {
  vi.useFakeTimers();
  // It takes the timers that there are when it is loaded.
  vi.resetModules();
  const { workWhenQuiet } = await import('../src/read-ahead.ts');
  const done: string[] = [];
  const work = workWhenQuiet(
    (function* () {
      for (const step of ['one', 'two', 'three']) {
        done.push(step);
        yield;
      }
    })(),
    { quiet: 100, between: 10 },
  );
  await vi.advanceTimersByTimeAsync(1000);
  expect(done).toEqual([]);
  work.asked();
  await vi.advanceTimersByTimeAsync(99);
  work.asked();
  await vi.advanceTimersByTimeAsync(99);
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toEqual(['one']);

  let end = () => {};
  const cell = new Promise<object>((resolve) => {
    end = () => resolve({});
  });
  const request = {} as Request;
  const answers = [work.behind(() => cell)(request), work.behind(() => ({}))(request)];
  await vi.advanceTimersByTimeAsync(1000);
  expect(done).toEqual(['one']);
  end();
  await Promise.all(answers);
  await vi.advanceTimersByTimeAsync(99);
  expect(done).toEqual(['one']);
  await vi.advanceTimersByTimeAsync(11);
  expect(done).toEqual(['one', 'two', 'three']);
  await vi.advanceTimersByTimeAsync(1000);
  expect(vi.getTimerCount()).toBe(0);
});

it('answers a cell that puts a function of its own in the place of a timer', async () => {
  const work = workWhenQuiet([][Symbol.iterator](), { quiet: 1, between: 1 });
  const refuse = vi.fn(() => {
    throw new Error('not a timer');
  });
  const answer = work.behind(() => {
    vi.stubGlobal('setTimeout', refuse);
    vi.stubGlobal('clearTimeout', refuse);
    return {};
  });
  await expect(answer({} as Request)).resolves.toEqual({});
  expect(refuse).not.toHaveBeenCalled();
});
