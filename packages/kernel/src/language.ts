import { createRequire } from 'node:module';

/**
 * What the kernel says of its language, and what notebooks hold: the same words, so that opening a notebook does not
 * change it. tslab reports TypeScript 3.7.2 for ever, and a mode that JupyterLab 4 takes for JavaScript.
 */
export const languageInfo = {
  codemirror_mode: { name: 'typescript' },
  file_extension: '.ts',
  mimetype: 'text/typescript',
  name: 'typescript',
  version: typeScriptOfCells(),
};

/** The version of TypeScript that the kernel compiles cells with: its own, pinned with it. */
function typeScriptOfCells(): string {
  return createRequire(import.meta.url)('@tslab/typescript-for-tslab/package.json').version;
}
