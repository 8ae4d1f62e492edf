import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeStacksAsWritten } from '../src/stacks.ts';
import { openNotebook } from './notebook.ts';

const notebook = openNotebook();
const { run, value } = notebook;

describe('a variable of a notebook', () => {
  it.each<[string, readonly string[], unknown]>([
    ['a later cell counts on', ['let n = 0; function inc() { return ++n; } inc()', 'n = 10; inc()'], 11],
    ['a function of an earlier cell counts', ['let n = 0; function inc() { return ++n; }', 'inc(); n'], 1],
    [
      'an arrow function adds',
      ['let sum = 0; const add = (k: number) => { sum += k; }; add(5);', 'sum = 0; add(1); sum'],
      1,
    ],
    [
      'a list is replaced',
      ['let items = ["a"]; const show = () => items.join();', 'items = [...items, "b"]; show()'],
      'a,b',
    ],
    ['it is declared again', ['let n = 1; const get = () => n;', 'let n = 2; get()'], 2],
    [
      'it waits in between',
      ['let n = 0; const up = async () => { await null; n += 1; }; await up(); n = 5;', 'await up(); n'],
      6,
    ],
    [
      'a pattern assigns it',
      [
        'let a = 1, b = 2; const both = () => [a, b];',
        '[a, b] = [b, a]; ({ b = 7 } = { b: 4 } as any); both()',
      ],
      [2, 4],
    ],
    ['a loop assigns it', ['let n = 0; const get = () => n;', 'for (n of [1, 2, 3]); get()'], 3],
    ['a short property reads it', ['const a = 5; const f = () => ({ a });', '({ a, ...f() })'], { a: 5 }],
  ])('is one: %s', async (_, sources, expected) => {
    expect(await value(...sources)).toEqual(expected);
  });

  it.each<[string, string]>([
    ['a block', 'const a = 5; { const a = 6; }'],
    ['a block of functions', 'const a = 5; { function a() {} }'],
    ['a loop', 'const a = 5; for (let a = 0; a < 3; a += 1);'],
    ['a function', 'const a = 5; function f() { var a = 1; { var b = a; } return b; } f();'],
    ['a parameter', 'const a = 5; const f = ({ a }: { a: number }) => { a += 1; }; f({ a: 1 });'],
    ['an exception', 'const a = 5; try { throw 1; } catch (a) { a = 2; }'],
    ['a class', 'const a = 5; const C = class a { static b = a; };'],
    ['a label', 'const a = 5; a: for (;;) { break a; }'],
    ['a member', 'const a = 5; const o = { a: 1, f() { return this.a; } }; o.a = 2; o.f();'],
    ['a namespace', 'const a = 5; namespace N { export const a = 6; export const b = a; } N.b;'],
    ['an export', 'const a = 5; { const a = 6; }\nexport { a };'],
  ])('is not what has the same name in %s', async (_, source) => {
    expect(await value(source, 'a')).toBe(5);
  });

  it('is kept when an inner block declares it with var', async () => {
    await value(
      'if (true) { var v = 1; } for (var i = 0; i < 3; i += 1); for (var k in { p: 1 }); for (const x of [7]) { var w = x; }',
    );
    expect(await value('[v, i, k, w]')).toEqual([1, 3, 'p', 7]);
  });

  it.each<[string, readonly string[], unknown]>([
    ['another type', ['let q = 1;', 'let q = "text"; q.length'], 4],
    ['a function', ['let q = 1;', 'function q() { return 2; } q()'], 2],
    ['an import', ['let q = 1;', "import { basename as q } from 'node:path'; q('/a/b')"], 'b'],
    [
      'a class',
      [
        'class A { m() { return 1; } } const old = new A();',
        'class A { m() { return 2; } } [old.m(), new A().m()]',
      ],
      [1, 2],
    ],
    ['an enum', ['enum E { One, Two }', 'enum E { Three } Object.keys(E)'], ['0', 'Three']],
    ['a type beside it', ['const P = 1;', 'interface P { a: 1 } const p: P = { a: 1 }; [P, p.a]'], [1, 1]],
  ])('may be declared again as %s', async (_, sources, expected) => {
    expect(await value(...sources)).toEqual(expected);
  });

  it('hides a global one from cells, and from nobody else', async () => {
    await value('const URL = 3; const process = 4;');
    expect(await value('URL + process')).toBe(7);
    expect(new globalThis.URL('http://a').host).toBe('a');
    expect(globalThis.process.pid).toBeGreaterThan(0);
  });

  it('gives its name to a function and to a class', async () => {
    expect(
      await value('const f = () => 1; const C = class {}; let { g = () => 2 } = {} as any; [f.name, C.name]'),
    ).toEqual(['f', 'C']);
  });

  it('holds a function that is called without a this', async () => {
    expect(await value('function bare(this: unknown) { return this === undefined; } bare()')).toBe(true);
  });

  it('is what the code says, however it is named', async () => {
    expect(await value('const $ = 1, $$n = 2, $cell_ = 3, require = 4; $ + $$n + $cell_ + require')).toBe(10);
    expect(await value('require')).toBe(4);
    expect(
      await value(
        "import $a from 'node:path'; import b = require('node:os'); const a = 1;",
        'typeof $a.join + typeof b.cpus + a',
      ),
    ).toBe('functionfunction1');
  });
});

describe('what V8 says of a variable', () => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  beforeAll(writeStacksAsWritten);
  afterAll(() => {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  });

  it.each<[string, string, string]>([
    ['a call', 'const five = 5 as any; five();', 'five is not a function'],
    ['a call of a member', 'const thing = {} as any; thing.run();', 'thing.run is not a function'],
    ['a class', 'const Five = 5 as any; new Five();', 'Five is not a constructor'],
    ['a loop', 'const number = 1 as any; for (const one of number);', 'number is not iterable'],
    ['a tag', 'const tag = 1 as any; tag`text`;', 'tag is not a function'],
    ['a name of its own', 'const $f = 1 as any; $f();', '$f is not a function'],
  ])('has its own name: %s', async (_, source, message) => {
    const { thrown } = await run(source);
    expect(String((thrown as Error).stack)).toContain(`TypeError: ${message}`);
    expect((thrown as Error).message).toBe(message);
    expect(
      await value(`let said = ''; try { ${source} } catch (error) { said = (error as Error).message; } said`),
    ).toBe(message);
  });

  it('is left alone where somebody else says the same', async () => {
    await value('const money = 1;');
    const { thrown } = await run('throw new TypeError("it costs $money.money or $5.00");');
    expect((thrown as Error).message).toContain('$5.00');
  });
});

describe('a cell that fails', () => {
  it('keeps what it had imported and declared before', async () => {
    const { thrown } = await run(
      "import { extname } from 'node:path';\nconst before = 1; function hoisted() { return before; }\nthrow new Error('here');\nconst behind = 2;",
    );
    expect(thrown).toMatchObject({ message: 'here' });
    expect(await value('[extname("a.b"), before, hoisted()]')).toEqual(['.b', 1, 1]);
    expect(await run('behind')).toEqual({ complaints: ["1:1 Cannot find name 'behind'."] });
  });

  it('keeps it also where it waited', async () => {
    await run(
      'const first = await Promise.resolve(1);\nconst second = await Promise.reject(new Error("late"));',
    );
    expect(await value('first')).toBe(1);
    expect((await run('second')).complaints).toHaveLength(1);
  });

  it('leaves a variable that it would have declared again as it was, with its type', async () => {
    await value('let kept = 1;');
    await run('throw 1; let kept = "text";');
    expect(await value('kept.toFixed(1)')).toBe('1.0');
  });

  it('because of its types declares nothing', async () => {
    expect((await run('const wrong: number = "text"; const right = 1;')).complaints).toHaveLength(1);
    expect((await run('right')).complaints).toHaveLength(1);
  });
});

describe('a cell that was stopped', () => {
  it('keeps what it had declared before', async () => {
    const running = run('const soFar = 1; await new Promise(() => {}); const never = 2;');
    await new Promise((resolve) => setTimeout(resolve, 50));
    notebook.executor.interrupt();
    expect(await running).toMatchObject({ thrown: expect.anything() });
    expect(await value('soFar')).toBe(1);
    expect((await run('never')).complaints).toHaveLength(1);
  });
});

describe('a cell that is running', () => {
  it('is not disturbed by questions about the next one', async () => {
    const running = run('const asked = await new Promise((done) => setTimeout(() => done(7), 200));');
    await new Promise((resolve) => setTimeout(resolve, 20));
    notebook.executor.warm();
    expect(notebook.executor.complete('console.lo', 10)).toMatchObject({
      candidates: expect.arrayContaining(['log']),
    });
    await running;
    expect(await value('asked')).toBe(7);
  });
});

describe('a loop at the top of a cell', () => {
  /** CPU milliseconds of the process, which is what a loaded machine leaves unchanged. */
  async function cost(source: string): Promise<number> {
    await value('1');
    const before = process.cpuUsage();
    await value(source);
    const { user } = process.cpuUsage(before);
    return user / 1_000;
  }
  const additions = 10_000_000;
  const loop = (name: string) => `for (let i = 0; i < ${additions}; i += 1) ${name} += i;`;

  it.each<[string, string]>([
    ['in it', `let sum1 = 0; ${loop('sum1')} sum1`],
    ['in one that waits', `await null; let sum2 = 0; ${loop('sum2')} sum2`],
    ['over a variable that a function uses', `let sum3 = 0; const get3 = () => sum3; ${loop('sum3')} get3()`],
    ['over a variable of an earlier cell', `sum1 = 0; ${loop('sum1')} sum1`],
    [
      'that counts in a variable of the notebook',
      `let sum4 = 0; for (var j = 0; j < ${additions}; j += 1) sum4 += j; sum4`,
    ],
  ])('costs about what it costs in a function: %s', async (_, source) => {
    const inFunction = await cost(`(() => { let sum = 0; ${loop('sum')} return sum; })()`);
    const compiling = await cost('2');
    const atTop = await cost(source);
    // What it cost before was more than a thousand times as much.
    expect(atTop - compiling).toBeLessThan(3 * Math.max(inFunction - compiling, 20) + 60);
  });
});
