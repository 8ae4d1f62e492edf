import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const projectRoot = join(import.meta.dirname, '..', '..');

/** Where the time is not this process's own, so that the clock on the wall is the one to ask. */
const others: Readonly<Record<string, string>> = {
  'lib/history/turn-owner.ts': 'when another process has stored something',
  'packages/workshop/src/doctor/check-network.ts': "the endpoint's clock",
  'packages/workshop/src/setup/credentials.ts': 'when AWS lets credentials end',
  'packages/workshop/src/start.ts': 'when the bootstrap, another process, began',
};

it('no time limit and no duration is measured by a clock that may jump', () => {
  const sources = globSync('{lib,packages/*/src}/**/*.{ts,mjs}', { cwd: projectRoot })
    .filter((path) => !path.includes('node_modules'))
    .sort();
  expect(sources.length).toBeGreaterThan(200);
  const measured = sources.filter((path) =>
    /Date\.now\(\)\s*[-+<>]|[-<>]=?\s*Date\.now\(\)/.test(readFileSync(join(projectRoot, path), 'utf8')),
  );
  expect(measured).toEqual(Object.keys(others));
});
