import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const projectRoot = join(import.meta.dirname, '..', '..', '..');

/** A copy of what opens a database, in a folder of its own, where packages can be broken. */
function copyOfLib(): string {
  const folder = mkdtempSync(join(tmpdir(), 'loading-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['base', 'sqlite', 'postgres', 'history'])
    cpSync(join(projectRoot, 'lib', name), join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

function installSqlJs(folder: string): string {
  const installed = join(folder, 'node_modules', 'sql.js');
  mkdirSync(join(installed, 'dist'), { recursive: true });
  for (const name of ['package.json', 'dist/sql-wasm.js', 'dist/sql-wasm.wasm'])
    cpSync(join(projectRoot, 'node_modules', 'sql.js', name), join(installed, name));
  return join(installed, 'dist', 'sql-wasm.wasm');
}

/** Opens a history in a program of its own, catches what is thrown, and waits for whatever else may come. */
function openIn(folder: string, options: object) {
  const program = `
    import { openHistory } from './history/open-history.ts';
    try {
      const history = await openHistory(':memory:', ${JSON.stringify(options)});
      console.log(await history.append('s', { messages: [{ role: 'user', content: [{ text: 'q' }] }] }, 0));
    } catch (error) {
      console.log(error.name, error.kind, '|', error.message, '|', error.hint);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    console.log('alive');`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '-e', program],
    { cwd: folder, encoding: 'utf8' },
  );
  return { status, stderr, lines: stdout.trim().split('\n') };
}

it.each([
  ['is not installed', () => {}],
  ['has lost its WebAssembly', (folder: string) => rmSync(installSqlJs(folder))],
  ['has a WebAssembly that is none', (folder: string) => writeFileSync(installSqlJs(folder), 'text')],
  [
    'has the WebAssembly of something else',
    (folder: string) => writeFileSync(installSqlJs(folder), Buffer.from('0061736d01000000', 'hex')),
  ],
])('where sql.js %s, one error in the promise says so, and the program lives on', (_what, arrange) => {
  const folder = copyOfLib();
  arrange(folder);
  expect(openIn(folder, { driver: 'sql.js' })).toEqual({
    status: 0,
    stderr: '',
    lines: [expect.stringMatching(/^LibError file \| sql\.js could not be loaded: .+ \| Leave \{/), 'alive'],
  });
});

it('the default driver needs no package, and says nothing of its own', () => {
  expect(openIn(copyOfLib(), {})).toEqual({ status: 0, stderr: '', lines: ['1', 'alive'] });
});

it('sql.js as it is installed needs nothing else', () => {
  const folder = copyOfLib();
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  expect(openIn(folder, { driver: 'sql.js' })).toEqual({ status: 0, stderr: '', lines: ['1', 'alive'] });
});
