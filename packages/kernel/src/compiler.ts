import { createRequire, Module } from 'node:module';

/** The API of the TypeScript that cells are written in. */
export type TypeScript = typeof import('typescript-for-cells');

const require = createRequire(import.meta.url);

/** Stock TypeScript, the newest that has an API in JavaScript. */
export function compiler(): TypeScript {
  return require('typescript-for-cells');
}

/**
 * Has tslab find this compiler where it looks for the fork that it was made with, which then is never loaded. The
 * compiler itself is loaded when somebody asks for something of it, which is after Jupyter has had its first answer. To
 * be called before tslab is loaded.
 */
export function giveCompilerToTslab(): void {
  const fork = createRequire(require.resolve('tslab')).resolve('@tslab/typescript-for-tslab');
  const module = new Module(fork);
  module.loaded = true;
  // Loading tslab sets a flag of `sys`, to what it is anyway.
  const own: object = { __esModule: true, sys: {} };
  module.exports = new Proxy(own, { get: (_, name) => Reflect.get(name in own ? own : compiler(), name) });
  require.cache[fork] = module;
}
