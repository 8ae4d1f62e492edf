/**
 * How much longer importing `lib` takes than importing the SDK's client that it wraps: with a warm compile cache, as
 * in the kernel, and without one. Median of eleven new processes each, in milliseconds.
 *
 *   npm run bench -- import
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const runs = 11;

function importTime(name: string, cache: string | undefined): number {
  const code = `const t = performance.now(); require('${name}'); console.log(performance.now() - t)`;
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const { stdout } = spawnSync(process.execPath, ['-e', code], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    env: cache === undefined ? env : { ...env, NODE_COMPILE_CACHE: cache },
  });
  return Number(stdout);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const cache = mkdtempSync(join(tmpdir(), 'compile-cache-'));
for (const [title, folder] of [
  ['warm compile cache', cache],
  ['no compile cache', undefined],
] as const) {
  const names = ['@aws-sdk/client-bedrock-runtime', 'lib'];
  for (const name of names) importTime(name, folder);
  const [sdk = 0, lib = 0] = names.map((name) =>
    median(Array.from({ length: runs }, () => importTime(name, folder))),
  );
  console.log(
    `${title}: SDK ${sdk.toFixed(0)} ms, lib ${lib.toFixed(0)} ms, difference ${(lib - sdk).toFixed(0)} ms`,
  );
}
rmSync(cache, { recursive: true });
