import { createRequire } from 'node:module';
import { tslabModule } from './tslab.ts';

/** The API of the kernel's own TypeScript. */
export type TypeScript = typeof import('@tslab/typescript-for-tslab');

/** Functions of the compiler that tslab is given in the place of the compiler's own. */
type Replacements = Partial<Pick<TypeScript, 'createWatchCompilerHost' | 'transpileModule'>>;

const require = createRequire(import.meta.url);
const name = '@tslab/typescript-for-tslab';

export function compiler(): TypeScript {
  return tslabModule(name);
}

/**
 * Gives tslab another function where it calls one of the compiler's. To be called before tslab is loaded: it copies
 * the list of names when it is.
 */
export function replaceInCompiler(replacements: Replacements): void {
  const loaded = require.cache[require.resolve(name)];
  const own = Object.getOwnPropertyDescriptors(compiler());
  const replaced = Object.getOwnPropertyDescriptors(replacements);
  // The compiler's own properties cannot be assigned to, so tslab gets another object.
  if (loaded !== undefined) loaded.exports = Object.defineProperties({}, { ...own, ...replaced });
}
