/** What the set-up makes in the project's folder, and how much room it takes. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths below the project's folder. All of them are made again by the next set-up; none holds a learner's work. */
export const madeBySetUp = [
  'node_modules',
  'lib/node_modules',
  'test/clients/node_modules',
  '.venv',
  '.jupyter',
  '.cache',
];

/** Log of the script that runs when a Studio space starts, in the home folder. */
export const startLog = '.typescript-bedrock-on-start.log';

/**
 * The megabytes on disk of all that the set-up made in this folder.
 *
 * @param {string} projectRoot
 */
export function setUpMegabytes(projectRoot) {
  const counted = new Set();
  const bytes = madeBySetUp.reduce((sum, path) => sum + bytesOf(join(projectRoot, path), counted), 0);
  return bytes / 1_000_000;
}

function bytesOf(path, counted) {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  // Another name of a file that was counted already: the project's Node has two.
  if (entry === undefined || (entry.nlink > 1 && !entry.isDirectory() && counted.has(entry.ino))) return 0;
  if (entry.nlink > 1) counted.add(entry.ino);
  const own = (entry.blocks ?? 0) * 512;
  if (!entry.isDirectory()) return own;
  return namesIn(path).reduce((sum, name) => sum + bytesOf(join(path, name), counted), own);
}

/** A folder may be removed by another program meanwhile. */
function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
