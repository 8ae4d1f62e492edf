import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { editDistance } from 'bedrock-models';
import { checkInput } from './check-input.ts';
import { LibError } from './errors.ts';

/**
 * Reads a UTF-8 text file, such as a prompt.
 *
 * @param path relative to the current folder, which in a notebook is the notebook's own
 * @throws LibError of kind `file` when there is no such file or it cannot be read. It never returns an error as
 *   text: a message such as "file not found" would otherwise be sent to a model as if it were the prompt.
 */
export function loadTextFile(path: string): string {
  checkInput('loadTextFile', { path }, { path: 'text' });
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw fileError(path, cause as NodeJS.ErrnoException);
  }
}

function fileError(path: string, cause: NodeJS.ErrnoException): LibError {
  switch (cause.code) {
    case 'ENOENT':
      return new LibError(`There is no file ${path}`, { kind: 'file', hint: nearby(path), cause });
    case 'EISDIR':
      return new LibError(`${path} is a folder, not a file`, {
        kind: 'file',
        hint: 'Name a file inside it.',
        cause,
      });
    case 'EACCES':
      return new LibError(`${path} may not be read`, {
        kind: 'file',
        hint: 'Give yourself the right to read it: chmod u+r.',
        cause,
      });
    default:
      return new LibError(`${path} could not be read: ${cause.message}`, {
        kind: 'file',
        hint: 'Check the path and the disk.',
        cause,
      });
  }
}

/** So many wrong letters are a typo; more are another name. */
const typo = 3;

const distance = (name: string, path: string) => editDistance(name, basename(path));

/** The file that was probably meant, or what is in the folder that was named. */
function nearby(path: string): string {
  const folder = dirname(path);
  try {
    const extension = /\.[^.]+$/.exec(basename(path))?.[0] ?? '';
    const names = readdirSync(folder)
      .filter((name) => name.endsWith(extension))
      .sort();
    if (names.length === 0) return `There is no ${extension || 'file'} in ${folder}; check the path.`;
    const [nearest = ''] = names.toSorted((a, b) => distance(a, path) - distance(b, path));
    if (distance(nearest, path) <= typo) return `Did you mean ${join(folder, nearest)}?`;
    const shown = names.slice(0, 8).map((name) => join(folder, name));
    return `Check the spelling. ${folder} has: ${shown.join(', ')}${names.length > 8 ? ', …' : ''}.`;
  } catch {
    return `There is no folder ${folder} either. Paths start at the notebook's own folder: ../prompts/<name>.`;
  }
}
