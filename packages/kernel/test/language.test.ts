import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCellCompiler } from '../src/compile-cell.ts';
import { openNotebook, projectRoot } from './notebook.ts';

const folder = mkdtempSync(join(tmpdir(), 'language-'));
const { run, value, executor } = openNotebook(folder);
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
}

describe('the language of cells', () => {
  it.each<[string, string, unknown]>([
    [
      'only for await',
      'let got: number[] = []; for await (const x of (async function* () { yield 1; })()) got.push(x); got',
      [1],
    ],
    ['await with parentheses', 'const awaited = await (async () => 4)(); awaited', 4],
    ['await with a list', 'const [one] = await [5]; one', 5],
    ['using', 'let closed = false; { using r = { [Symbol.dispose]() { closed = true; } }; } closed', true],
    ['await using', 'await using late = { async [Symbol.asyncDispose]() {} }; typeof late', 'object'],
    [
      'decorators',
      'function twice(f: () => number, _: ClassMethodDecoratorContext) { return () => 2 * f(); } class D { @twice two() { return 1; } } new D().two()',
      2,
    ],
    ['sets of characters', '/[\\p{L}--[a-z]]/v.test("A")', true],
    ['toSorted', '[3, 1, 2].toSorted()', [1, 2, 3]],
    ['Object.groupBy', 'Object.groupBy([1, 2], (n) => (n > 1 ? "big" : "small"))', { small: [1], big: [2] }],
    ['sets', '[...new Set([1]).union(new Set([2]))]', [1, 2]],
    ['Array.fromAsync', 'await Array.fromAsync([1])', [1]],
    ['Promise.withResolvers', 'typeof Promise.withResolvers().resolve', 'function'],
    ['iterators', '[1, 2].values().map((n) => n * 2).toArray()', [2, 4]],
    ['RegExp.escape', "typeof RegExp.escape('a')", 'string'],
    ['NoInfer', 'const same = <T>(a: T, b: NoInfer<T>) => [a, b]; same(1, 2)', [1, 2]],
    [
      'export',
      'export const e = 1; export function f() { return e; } export class C {} export type T = 1; f()',
      1,
    ],
    ['export default', 'export default 5', 5],
    ['import.meta', 'import.meta.dirname', folder],
    ['__dirname', '__dirname', folder],
    [
      'the types of what Node has today',
      "import { DatabaseSync } from 'node:sqlite'; new DatabaseSync(':memory:').prepare('SELECT 1 AS one').get()?.one",
      1,
    ],
    ['import = require', "import path = require('node:path'); path.basename('a/b')", 'b'],
    ['import()', "(await import('node:os')).default === (await import('node:os')).default", true],
    ['declare global', 'declare global { interface Mine { a: 1 } } const mine: Mine = { a: 1 }; mine.a', 1],
    ['a constant enum', 'const enum Level { High = 3 } Level.High', 3],
    [
      'parameter properties',
      'class Pair { constructor(public a: number, readonly b = 2) {} } new Pair(1).b',
      2,
    ],
  ])('has %s', async (_, source, expected) => {
    expect(await value(source)).toEqual(expected);
  });

  it('shows a value that another cell can still use', async () => {
    expect(
      await value(
        'using kept = { v: 7, [Symbol.dispose]() {} }; const after = kept.v; function g() { return after; }',
        'g() + kept.v',
      ),
    ).toBe(14);
  });

  it('lets a cell add to what all files see, if it compiles', async () => {
    expect(
      (await run('declare global { interface Never { a: 1 } } const n: number = "";')).complaints,
    ).toHaveLength(1);
    expect((await run('let never: Never;')).complaints).toEqual(["1:12 Cannot find name 'Never'."]);
    await value(
      'declare global { interface Array<T> { last(): T } } Array.prototype.last = function () { return this.at(-1); };',
    );
    expect(await value("import { sep } from 'node:path'; [1, 2].last()", '[3].last()')).toBe(3);
  });

  it('leaves null out of types', async () => {
    expect((await run('const m: string | null = null; m.length')).thrown).toBeInstanceOf(TypeError);
  });

  it('passes on what the compiler advises', async () => {
    const { complaints } = await run('const later = (async () => ({ text: "a" }))(); later.text');
    expect(complaints).toEqual([
      expect.stringMatching(/^1:54 Property 'text' .*\n {2}Did you forget to use 'await'\?$/),
    ]);
  });

  it('tells the place of an error as it was written', async () => {
    expect(await run('export const x = 1;\nconst y: number = { x }.x + "";')).toEqual({
      complaints: ["2:7 Type 'string' is not assignable to type 'number'."],
    });
  });
});

describe('what cells import', () => {
  it('are files beside them, with or without their ending, and what those import', async () => {
    write('words.ts', 'enum Word { Hello = "hello" }\nexport { Word };\n');
    write(
      'say.ts',
      "import { Word } from './words.ts';\nexport const say = () => Word.Hello + '!';\nexport default 'it';\n",
    );
    expect(await value("import it, { say } from './say.ts'; [it, say()]")).toEqual(['it', 'hello!']);
    expect(
      await value("import * as all from './say'; [all.default, (await import('./say.ts')).say === all.say]"),
    ).toEqual(['it', true]);
  });

  it('see when a file has changed that theirs imports', async () => {
    write('base.ts', 'export const base = 1;\n');
    write('top.ts', "import { base } from './base.ts';\nexport const top = base + 1;\n");
    expect(await value("import { top } from './top.ts'; top")).toBe(2);
    write('base.ts', 'export const base = 10;\n');
    expect(await value("import { top } from './top.ts'; top")).toBe(11);
  });

  it('have the exports of a file, whatever its blocks declare', async () => {
    write(
      'blocks.ts',
      'const a = 5;\n{ const a = 6; }\nlet n = 1;\nexport function up() { n += 1; }\nexport { a, n };\n',
    );
    expect(await value("import { a, up } from './blocks.ts'; up(); [a, require('./blocks.ts').n]")).toEqual([
      5, 2,
    ]);
  });

  it('are JSON files, named as such', async () => {
    write('data.json', '{"a": 1}');
    expect(await value("import data from './data.json' with { type: 'json' }; data.a")).toBe(1);
  });

  it.each<[string, object, string]>([
    ['exports alone', { exports: { '.': { types: './index.d.ts', default: './index.js' } } }, ''],
    [
      'exports for import alone',
      { type: 'module', exports: { '.': { types: './index.d.ts', import: './index.js' } } },
      '',
    ],
    [
      'a part of its own',
      { type: 'module', exports: { './part': { types: './index.d.ts', import: './index.js' } } },
      '/part',
    ],
  ])('are packages that have %s', async (layout, manifest, part) => {
    const name = layout.replaceAll(' ', '-');
    const isModule = 'type' in manifest;
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', ...manifest }));
    write(`node_modules/${name}/index.d.ts`, 'export const here: string;\n');
    write(
      `node_modules/${name}/index.js`,
      isModule ? "export const here = 'here';\n" : "exports.here = 'here';\n",
    );
    expect(await value(`import { here } from '${name}${part}'; here`)).toBe('here');
  });

  it('is tslab wherever the notebook is', async () => {
    expect(
      await value("import { newDisplay, versions } from 'tslab'; [typeof newDisplay, versions.tslab]"),
    ).toEqual(['function', '1.0.22']);
  });
});

describe('the compiler', () => {
  it('keeps what it has found out of types until a cell imports something new', () => {
    write('new.ts', 'export const fresh = 1;\n');
    const cells = createCellCompiler(folder, { projectRoot });
    const programOf = (source: string) => {
      expect(cells.compile(source, () => false)).not.toHaveProperty('diagnostics');
      return cells.ask('').program;
    };
    const first = programOf('const a = [1].map(String);');
    expect(programOf("import { join } from 'node:path'; const b = join(...a);")).toBe(first);
    const second = programOf("import { fresh } from './new.ts'; const c = fresh + b.length;");
    expect(second).not.toBe(first);
    expect(programOf("import * as again from './new.ts'; again.fresh + c")).toBe(second);
  });
});

describe('an editor', () => {
  const completions = (source: string) => {
    const { start, end, candidates } = executor.complete(source, source.length) as {
      start: number;
      end: number;
      candidates: string[];
    };
    return { replaced: source.slice(start, end), candidates };
  };

  it('is told the names of earlier cells, members and modules', async () => {
    await value('const remembered = { colour: "red" };');
    expect(completions('remem')).toEqual({ replaced: 'remem', candidates: ['remembered'] });
    expect(completions('remembered.col')).toEqual({ replaced: 'col', candidates: ['colour'] });
    expect(completions("import { } from 'node:f").candidates).toContain('node:fs');
    expect(completions("let mode: 'fast' | 'slow' = 'f")).toMatchObject({
      candidates: expect.arrayContaining(['fast']),
    });
  });

  it('is told what an author wrote about a name', async () => {
    const source = '/** Adds.\n * @param a the one\n */\nfunction add(a: number) { return a; }\nadd';
    expect(executor.inspect(source, source.length - 1)).toBe(
      'function add(a: number): number\n\nAdds.\n@param a the one',
    );
  });

  it.each([
    ['a class', 'Counter', /^class Counter/],
    ['what new makes', 'new Counter', /^constructor Counter/],
  ])('is told what an author wrote about %s', (_, use, signature) => {
    const counter = '/** Counts. */\nclass Counter {\n  constructor(readonly start: number) {}\n}\n';
    const told = executor.inspect(counter + use, counter.length + use.length - 1) ?? '';
    expect(told).toMatch(signature);
    expect(told).toMatch(/\n\nCounts\.$/);
  });
});
