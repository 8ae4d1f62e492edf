import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { useLiveKernel } from './live-kernel.ts';
import { projectRoot } from './runner.ts';

const name = `late-${crypto.randomUUID()}`;
const file = join(projectRoot, 'notebooks', `${name}.ts`);
/**
 * A file of `lib` that no other kernel loads: one that had would say so in the middle of another test. JavaScript, as the
 * declarations of `lib`, which all kernels share, are made from its TypeScript.
 */
const libFile = join(projectRoot, 'lib', `${name}.mjs`);
const packageName = `${name}-package`;
const packageFolder = join(projectRoot, 'node_modules', packageName);

const kernel = useLiveKernel();
afterAll(() => {
  for (const written of [file, libFile]) rmSync(written, { force: true });
  rmSync(packageFolder, { recursive: true, force: true });
});

describe('a file that is imported', () => {
  const cell = `import { written } from './${name}';\nconsole.log(written);`;

  it('before it is there gives an error that names it, and the kernel goes on', async () => {
    const { status, outputs } = await kernel().run(cell);
    expect(status).toBe('error');
    expect(outputs).toMatchObject([{ evalue: expect.stringContaining(`Cannot find module './${name}'`) }]);
    expect((await kernel().run('console.log(6 * 7);')).text).toBe('42\n');
  });

  it('once more, when it is there, is found', async () => {
    writeFileSync(file, "export const written = 'first';\n");
    expect((await kernel().run(cell)).text).toBe('first\n');
  });

  it('after it was changed is the changed one', async () => {
    writeFileSync(file, "export const written = 'second one';\n");
    expect((await kernel().run(cell)).text).toBe('second one\n');
  });

  it('shows its own lines when it fails', async () => {
    writeFileSync(
      file,
      'type Word = string;\n\nexport function fail(word: Word): never {\n  throw new Error(word);\n}\n',
    );
    const { outputs } = await kernel().run(`import { fail } from './${name}';\n\nfail('here');`);
    const [{ traceback = [] } = {}] = outputs as { traceback?: string[] }[];
    expect(traceback.join('\n')).toContain(`at fail (notebooks/${name}.ts:4:9)`);
    expect(traceback.join('\n')).toContain("3 | fail('here');");
  });
});

describe('a package that is imported', () => {
  const cell = `import { installed } from '${packageName}';\nconsole.log(installed);`;

  it('before it is installed gives an error, and after it is found without a restart', async () => {
    expect((await kernel().run(cell)).status).toBe('error');
    mkdirSync(packageFolder);
    const manifest = { name: packageName, version: '1.0.0', main: 'index.js', types: 'index.d.ts' };
    writeFileSync(join(packageFolder, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(packageFolder, 'index.js'), "exports.installed = 'installed';\n");
    writeFileSync(join(packageFolder, 'index.d.ts'), 'export const installed: string;\n');
    expect((await kernel().run(cell)).text).toBe('installed\n');
  });
});

describe('lib', () => {
  const cell = "import { loadTextFile } from 'lib';\nconsole.log(typeof loadTextFile);";

  it('that has changed since the kernel loaded it asks for a restart, once, where it is imported', async () => {
    writeFileSync(libFile, "export const written = 'first';\n");
    const loads = `const path: string = '../lib/${name}.mjs';\nconsole.log((await import(path)).written);`;
    expect((await kernel().run(loads)).text).toBe('first\n');
    expect((await kernel().run(cell)).text).toBe('function\n');
    writeFileSync(libFile, "export const written = 'second one';\n");
    expect((await kernel().run("console.log('no import');")).text).toBe('no import\n');
    const { outputs } = await kernel().run(cell);
    expect(outputs).toEqual([
      {
        output_type: 'stream',
        name: 'stderr',
        text: `lib has changed since this kernel loaded it (lib/${name}.mjs): restart the kernel.\n`,
      },
      { output_type: 'stream', name: 'stdout', text: 'function\n' },
    ]);
    expect((await kernel().run(cell)).text).toBe('function\n');
  });
});
