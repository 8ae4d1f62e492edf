import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { listed } from '../../lib/jupyter/check-cells-only.ts';

it('finds its place in the tslab that is installed', () => {
  const converter = createRequire(import.meta.url).resolve('tslab/dist/converter.js');
  expect(readFileSync(converter, 'utf8').split(listed)).toHaveLength(2);
});
