import { describe, expect, it } from 'vitest';
import { insertInto, parseCell } from '../src/cell-source.ts';
import { compiler } from '../src/compiler.ts';
import { markStatements } from '../src/statement-marks.ts';

/** The source with its marks, written short. */
function marked(source: string): string {
  const file = parseCell(compiler(), source);
  if (file === undefined) throw new Error(`It cannot be parsed: ${source}`);
  return insertInto(source, markStatements(compiler(), file)).replace(
    /globalThis\["[^"]+"\]\((\d+)\);/g,
    '<$1>',
  );
}

describe('markStatements', () => {
  it.each([
    ['await f();', '<1>await f();'],
    ['const a = 1\nconst b = await f(a)', 'const a = 1\n<2>const b = await f(a)'],
    ['for await (const x of xs) g(x);', '<1>for await (const x of xs) g(x);'],
    [
      'for (const x of xs) {\n  g(x);\n  await f(x);\n}',
      '<1>for (const x of xs) {\n  g(x);\n  <3>await f(x);\n}',
    ],
    ['if (a) await f();\nelse await g();', '<1>if (a) await f();\nelse await g();'],
    ['try {\n  await f();\n} catch {\n  g();\n}', '<1>try {\n  <2>await f();\n} catch {\n  g();\n}'],
    ['// about it\nawait f();', '// about it\n<2>await f();'],
  ])('marks what the cell waits for: %j', (source, expected) => {
    expect(marked(source)).toBe(expected);
  });

  it.each([
    'f();',
    'async function g() {\n  await f();\n}',
    'const g = async () => {\n  await f();\n};',
    'class A {\n  async b() {\n    await f();\n  }\n}',
    "import { f } from 'lib';",
    'const text = `await f()`; // await f()',
    '',
  ])('leaves alone what a function waits for, and what does not wait: %j', (source) => {
    expect(marked(source)).toBe(source);
  });
});
