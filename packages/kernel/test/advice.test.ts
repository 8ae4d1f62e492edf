import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { createAdvisor, notebookFile } from '../src/advice.ts';

const folder = mkdtempSync(join(tmpdir(), 'advice-'));
const notebook = join(folder, 'one.ipynb');
afterAll(() => rmSync(folder, { recursive: true }));
const began = process.cwd();
afterEach(() => {
  process.chdir(began);
  vi.unstubAllEnvs();
});

const missing = (name: string) => ({
  diagnostics: [{ place: { line: 1, column: 1 }, message: `Cannot find name '${name}'.` }],
});

it.each([
  'const wanted = 1;',
  'let other, wanted;',
  'const { a: [wanted] } = value;',
  'import { thing as wanted } from "lib";',
  'import wanted from "lib";',
  'import * as wanted from "lib";',
  'export async function wanted() {}',
  'class wanted {}',
  'type wanted = 1;',
])('finds the cell of the saved notebook that declares a name and has not run: %s', (source) => {
  const cells = [
    { cell_type: 'markdown', source: 'const wanted = 0;' },
    { cell_type: 'code', source: ['// wanted\n', 'function f() { const wanted = 1; }'] },
    { cell_type: 'code', source: [source] },
  ];
  writeFileSync(notebook, JSON.stringify({ cells }));
  expect(createAdvisor(notebook).adviseOn('wanted', missing('wanted'))).toEqual([
    'wanted is declared in code cell 2 of this notebook, which has not run: choose Run > Run All Above Selected Cell.',
  ]);
});

describe('what a cell uses', () => {
  it('is unfinished while the last cell that declares it, and is not this one, did not end well', () => {
    const advisor = createAdvisor(undefined);
    const names = () =>
      advisor.unfinished('const own = answer + helper;', ['own', 'answer', 'helper', 'other']);
    advisor.remember({ count: 1, source: 'const answer = 1, helper = 2;', isDone: true });
    expect(names()).toEqual([]);
    advisor.remember({ count: 2, source: 'const answer = 2;', isDone: false });
    advisor.remember({ source: 'function helper() {}', isDone: false });
    advisor.remember({ count: 3, source: 'const own = 3;', isDone: false });
    expect(names()).toEqual([{ name: 'answer', cell: 2 }, { name: 'helper' }]);
    advisor.remember({ count: 4, source: 'const answer = 3;', isDone: true });
    expect(names()).toEqual([{ name: 'helper' }]);
  });
});

it('says nothing where no cell declares the name, and without a notebook', () => {
  writeFileSync(notebook, JSON.stringify({ cells: [{ cell_type: 'code', source: 'const other = 1;' }] }));
  expect(createAdvisor(notebook).adviseOn('wanted', missing('wanted'))).toEqual([]);
  writeFileSync(notebook, 'no notebook');
  expect(createAdvisor(notebook).adviseOn('wanted', missing('wanted'))).toEqual([]);
  expect(createAdvisor(undefined).adviseOn('wanted', missing('wanted'))).toEqual([]);
});

it('knows the notebook that it is for, whose folder Jupyter names twice where a session was asked for', () => {
  writeFileSync(notebook, '{}');
  process.chdir(folder);
  const here = realpathSync(notebook);
  for (const name of [notebook, here, join(folder, 'deep', 'one.ipynb'), 'one.ipynb']) {
    vi.stubEnv('JPY_SESSION_NAME', name);
    expect(realpathSync(notebookFile() ?? '')).toBe(here);
  }
  for (const name of [join(folder, 'Console 1'), 'other.ipynb', undefined]) {
    vi.stubEnv('JPY_SESSION_NAME', name);
    expect(notebookFile()).toBeUndefined();
  }
});
