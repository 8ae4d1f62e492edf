import { LibError } from './base/errors.ts';

/**
 * What deep paths of an earlier version lead to, those that notebooks used: the import still compiles, and fails with
 * an error that says what to write in its place.
 */
export { loadTextFile } from './base/text-file.ts';
export { findLabel, readLabels } from './tasks/labels.ts';
export { readJupyterAddress } from './web/proxies.ts';
export { renderMarkdown } from './web/render-markdown.ts';

throw new LibError('lib has named entries now; a path to one of its files is none', {
  kind: 'request',
  hint: 'Import findLabel and readLabels from `lib/tasks`, renderMarkdown and readJupyterAddress from `lib/web`, loadTextFile from `lib`.',
});
