/**
 * How much longer loading `lib` takes than loading the SDK's client that it wraps: what a cell needs that makes a client
 * and calls a model, everything at once, and `import` in a program. With a warm compile cache, as in the kernel, and
 * without one. Median of eleven new processes each, in milliseconds.
 *
 *   npm run bench -- import
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const runs = 11;
const sdk = "require('@aws-sdk/client-bedrock-runtime')";
const ways = {
  'SDK client': sdk,
  'createClient and invokeText': "const { createClient, invokeText } = require('lib')",
  'createClient and Conversation': "const { createClient, Conversation } = require('lib')",
  'every name of lib': "({ ...require('lib') })",
  "import('lib')": "await import('lib')",
};

function loadTime(code: string, cache: string | undefined): number {
  const program = `import { createRequire } from 'node:module'; const require = createRequire('${import.meta.filename}');
const t = performance.now(); ${code}; ${sdk}; console.log(performance.now() - t)`;
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
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
  for (const code of Object.values(ways)) loadTime(code, folder);
  const times = Object.entries(ways).map(([name, code]) => ({
    [title]: name,
    ms: median(Array.from({ length: runs }, () => loadTime(code, folder))),
  }));
  const base = times[0]?.ms ?? 0;
  console.table(
    times.map(({ ms, ...row }) => ({ ...row, ms: ms.toFixed(0), 'over the SDK': (ms - base).toFixed(0) })),
  );
}
rmSync(cache, { recursive: true });
