import { createRequire } from 'node:module';

/** The API of the TypeScript that cells are written in. */
export type TypeScript = typeof import('typescript-for-cells');

const require = createRequire(import.meta.url);

/** Stock TypeScript, the newest that has an API in JavaScript. */
export function compiler(): TypeScript {
  return require('typescript-for-cells');
}

/**
 * Has tslab find this compiler where it looks for the fork that it was made with, which then is never loaded. To be
 * called before tslab is loaded.
 */
export function giveCompilerToTslab(): void {
  const fork = createRequire(require.resolve('tslab')).resolve('@tslab/typescript-for-tslab');
  compiler();
  require.cache[fork] = require.cache[require.resolve('typescript-for-cells')];
}
