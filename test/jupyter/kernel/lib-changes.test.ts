import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { rememberLib } from '../../../lib/jupyter/kernel/lib-changes.ts';

it('tells of a change to what the kernel itself has loaded, once, to a cell that imports lib', () => {
  const root = mkdtempSync(join(tmpdir(), 'lib-changes-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const write = (name: string, text: string) => writeFileSync(join(root, 'lib', name), text);
  mkdirSync(join(root, 'lib'));
  write('errors.ts', '');
  write('interrupt.ts', '');
  const tell = rememberLib(root);
  const cell = "import { LibError } from 'lib';";
  expect(tell(cell)).toBeUndefined();
  write('interrupt.ts', '// longer');
  write('errors.ts', '// longer');
  expect(tell('console.log(1);')).toBeUndefined();
  expect(tell(cell)).toBe(
    'lib has changed since this kernel loaded it (lib/errors.ts, lib/interrupt.ts): restart the kernel.\n',
  );
  expect(tell(cell)).toBeUndefined();
});
