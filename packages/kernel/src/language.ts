import { createRequire } from 'node:module';
import { protocolVersion } from './wire-message.ts';

const require = createRequire(import.meta.url);

/**
 * What the kernel says of its language, and what notebooks hold: the same words, so that opening a notebook does not
 * change it.
 */
export const languageInfo = {
  codemirror_mode: { name: 'typescript' },
  file_extension: '.ts',
  mimetype: 'text/typescript',
  name: 'typescript',
  version: typeScriptOfCells(),
};

/** The content of Jupyter's `kernel_info_reply`. */
export const kernelInfo = {
  protocol_version: protocolVersion,
  implementation: 'typescript-kernel',
  implementation_version: require('../package.json').version as string,
  language_info: languageInfo,
  banner: `TypeScript ${languageInfo.version} on Node ${process.versions.node}`,
  debugger: false,
  supported_features: [],
  help_links: [
    { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
    { text: 'Node.js', url: 'https://nodejs.org/docs/latest-v24.x/api/' },
  ],
};

/** The version of TypeScript that cells are compiled with. */
function typeScriptOfCells(): string {
  return require('typescript-for-cells/package.json').version;
}
