import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { rememberPackages } from '../src/package-changes.ts';

it('tells of a change to what was loaded, once, to a cell that imports the package', () => {
  const projectRoot = realpathSync(mkdtempSync(join(tmpdir(), 'package-changes-')));
  onTestFinished(() => rmSync(projectRoot, { recursive: true }));
  const write = (name: string, text: string) => writeFileSync(join(projectRoot, 'lib', name), text);
  mkdirSync(join(projectRoot, 'lib'));
  for (const name of ['one.cjs', 'two.cjs', 'never-loaded.cjs']) write(name, '');
  const tell = rememberPackages({ projectRoot, packages: [{ name: 'lib', folder: 'lib' }] });
  const require = createRequire(import.meta.url);
  for (const name of ['one.cjs', 'two.cjs']) require(join(projectRoot, 'lib', name));
  const cell = "import { LibError } from 'lib';";
  expect(tell(cell)).toBeUndefined();
  for (const name of ['one.cjs', 'two.cjs', 'never-loaded.cjs']) write(name, '// longer');
  expect(tell('console.log(1);')).toBeUndefined();
  expect(tell("import x from 'library';")).toBeUndefined();
  expect(tell(cell)).toBe(
    'lib has changed since this kernel loaded it (lib/one.cjs, lib/two.cjs): restart the kernel.\n',
  );
  expect(tell(cell)).toBeUndefined();
});

it('has nothing to tell in a project without packages of its own', () => {
  const tell = rememberPackages({ projectRoot: tmpdir() });
  expect(tell("import x from '';\nimport y from 'lib';")).toBeUndefined();
});
