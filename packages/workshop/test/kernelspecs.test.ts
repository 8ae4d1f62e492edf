import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { expect, it } from 'vitest';
import { writeKernelspecs } from '../src/kernelspecs.ts';

it('writes both kernels with absolute paths, under names of their own, and only when they change', () => {
  const root = mkdtempSync(join(tmpdir(), 'kernelspecs-'));
  const written = writeKernelspecs(root, process.execPath);
  expect(written).toEqual({
    jupyterPath: join(root, '.jupyter'),
    aws: 'typescript-bedrock',
    local: 'typescript-bedrock-local',
  });
  const file = (name: string) => join(root, '.jupyter', 'kernels', name, 'kernel.json');
  const specs = [written.aws, written.local].map((name) => JSON.parse(readFileSync(file(name), 'utf8')));
  expect(specs.map((spec) => spec.display_name)).toEqual([
    'TypeScript (Bedrock)',
    'TypeScript (local Bedrock)',
  ]);
  for (const spec of specs) {
    const [node, ...words] = spec.argv;
    const launcher = words.find((word: string) => !word.startsWith('-'));
    expect([isAbsolute(node), launcher]).toEqual([
      true,
      join(root, 'packages', 'kernel', 'src', 'kernel.ts'),
    ]);
    expect(spec.argv).toContain('{connection_file}');
  }
  expect(specs.map(({ argv }) => argv[argv.indexOf('--preload') + 1])).toEqual(
    ['aws.ts', 'local.ts'].map((name) => join(root, 'packages', 'workshop', 'src', 'kernel', name)),
  );
  const logos = [written.aws, written.local].map((name) =>
    readFileSync(join(root, '.jupyter', 'kernels', name, 'logo-svg.svg'), 'utf8'),
  );
  expect(new Set(logos).size).toBe(2);
  for (const logo of logos) expect(logo).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  const before = statSync(file(written.aws)).mtimeMs;
  writeKernelspecs(root, process.execPath);
  expect(statSync(file(written.aws)).mtimeMs).toBe(before);
  rmSync(root, { recursive: true });
});
