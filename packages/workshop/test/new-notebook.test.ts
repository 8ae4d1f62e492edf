import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { newNotebook } from '../src/new-notebook.ts';
import { readNotebook } from '../src/notebook-file.ts';

const projectRoot = join(import.meta.dirname, '..', '..', '..');
const name = `of a test ${process.pid}`;
const file = join(projectRoot, 'my-notebooks', `${name}.ipynb`);
afterEach(() => rmSync(file, { force: true }));

function make(...names: string[]) {
  const program = join(projectRoot, 'packages', 'workshop', 'src', 'new-notebook.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...names], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

it('makes a notebook, says how to open it, and never writes over one', () => {
  const made = make(name);
  expect(made).toMatchObject({ status: 0, stderr: '' });
  expect(made.stdout).toContain(`npm start -- "my-notebooks/${name}.ipynb"`);
  expect(readNotebook(file)).toEqual(newNotebook(name));
  expect(make(name)).toMatchObject({ status: 2, stderr: expect.stringContaining('is there already') });
});

it.each([[[]], [['one', 'two']], [['../above']], [['.hidden']]])('refuses %j', (names) => {
  const refused = make(...names);
  expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('Usage: npm run notebook') });
  expect(existsSync(join(projectRoot, 'above.ipynb'))).toBe(false);
});
