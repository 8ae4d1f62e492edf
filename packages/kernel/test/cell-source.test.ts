import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import fc from '../../../test/properties.ts';
import { findInsertions, insertInto, parseCell, writtenColumn } from '../src/cell-source.ts';

const ts = createRequire(import.meta.url)('@tslab/typescript-for-tslab');
const insertionsOf = (source: string) => {
  const file = parseCell(ts, source);
  return file === undefined ? [] : findInsertions(ts, file);
};
const prepare = (source: string) => insertInto(source, insertionsOf(source));

describe('findInsertions', () => {
  it.each([
    ['show({ system });', 'show({ system: system });'],
    ['f({ a, b: { c } });', 'f({ a: a, b: { c: c } });'],
    ['({ a, b = 2 } = made());', '({ a: a, b: b = 2 } = made());'],
    ['const f = () => ({ a, ...rest });', 'const f = () => ({ a: a, ...rest });'],
  ])('names the value of a short property: %s', (source, prepared) => {
    expect(prepare(source)).toBe(prepared);
  });

  it.each([
    ['for await (const x of xs) f(x);', 'await null; for await (const x of xs) f(x);'],
    [
      '// first\nif (a) { for await (const x of xs); }',
      '// first\nawait null; if (a) { for await (const x of xs); }',
    ],
    ['const x = await (f());', 'await null; const x = await (f());'],
    ['const [x] = await [f()];', 'await null; const [x] = await [f()];'],
  ])('makes a cell that only waits in this way asynchronous: %s', (source, prepared) => {
    expect(prepare(source)).toBe(prepared);
  });

  it.each([
    'const { a, b } = made();',
    'function f({ a }: { a: number }) { return a; }',
    'async function f() { for await (const x of xs); return await (g()); }',
    'const text = `{ a } for await (`; // { a }',
    'await f({ a: 1 });',
    "import { a } from 'lib';",
    'const broken = {',
    'for {await [',
    'f({ a }, await (',
    '',
  ])('leaves everything else as it is: %s', (source) => {
    expect(prepare(source)).toBe(source);
  });

  it('never throws, adds no line, and changes nothing the second time', () => {
    const words = [
      '{',
      '}',
      '(',
      ')',
      'a',
      ', ',
      'await ',
      'for ',
      'of ',
      '\n',
      '=> ',
      '`',
      "'",
      '= ',
      ';',
      '[',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...words)).map((parts) => parts.join('')),
        (source) => {
          const prepared = prepare(source);
          expect(prepared.split('\n').length).toBe(source.split('\n').length);
          if (prepared !== source && !prepared.includes('await null;'))
            expect(prepare(prepared)).toBe(prepared);
        },
      ),
    );
  });
});

describe('writtenColumn', () => {
  it('finds every letter of the cell again in the prepared one', () => {
    const source = 'f({ a, b: { c } });\nconst { d } = await (g({ e, h }));';
    const prepared = prepare(source).split('\n');
    const insertions = insertionsOf(source);
    for (const [index, line] of source.split('\n').entries()) {
      const columns = Array.from(prepared[index] ?? '', (_, column) =>
        writtenColumn(source, insertions, { line: index + 1, column: column + 1 }),
      );
      expect(columns).toEqual(columns.toSorted((one, other) => one - other));
      for (const [at, letter] of [...line].entries()) {
        const found = columns.flatMap((written, column) =>
          written === at + 1 ? [prepared[index]?.[column]] : [],
        );
        expect(found).toContain(letter);
      }
    }
  });
});
