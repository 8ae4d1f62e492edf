import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LibError } from '../base/errors.ts';
import { notInstalled } from '../base/not-installed.ts';

/** The page's packages are optional. */
export const pageNotInstalled = notInstalled('hono @hono/node-server marked', 'The chat page');

const files = [
  'index.html',
  'icon.svg',
  'chat.css',
  'composer.css',
  'messages.css',
  'tools.css',
  'chat.js',
  'view.js',
  'conversation.js',
  'turn.js',
  'answer.js',
  'approval.js',
  'input.js',
  'api.js',
] as const;

/**
 * The files of the page, by name. They stand in the folder `page` beside this file, also in the package, and are read
 * when a page starts.
 *
 * @throws LibError of kind `file` when they are not there, as in a bundle that was made without them
 */
export function readPageFiles(): ReadonlyMap<string, string> {
  // A CommonJS bundle has no `import.meta`, and `__dirname` in its place.
  const folder = import.meta.dirname ?? (typeof __dirname === 'string' ? __dirname : '.');
  try {
    return new Map(files.map((name) => [name, readFileSync(join(folder, 'page', name), 'utf8')]));
  } catch (cause) {
    throw new LibError(`The files of the chat page are not in ${join(folder, 'page')}`, {
      kind: 'file',
      hint: 'Leave lib out of the bundle (esbuild: --packages=external), or copy its folder web/page beside the bundle, as page.',
      cause,
    });
  }
}
