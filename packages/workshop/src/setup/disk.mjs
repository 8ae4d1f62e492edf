/** The disk: whether there is room for the set-up, how much it took, and files that are written whole. */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { explained, fitMessage, shortPath } from './cli.mjs';

/** Megabytes that the npm packages take (718 when measured), and JupyterLab's `.venv` (211). */
export const packagesMegabytes = 750;
export const jupyterMegabytes = 280;

/** Megabytes below which a home folder is called nearly full. */
const comfortableMegabytes = 1_500;
/** Megabytes that stay for notebooks, logs and what JupyterLab itself must write to start. */
const reserveMegabytes = 100;

/**
 * Paths below the project's folder that the set-up makes. All of them are made again by the next one; none holds a
 * learner's work.
 */
export const madeBySetUp = [
  'node_modules',
  'lib/node_modules',
  'packages/local-bedrock/node_modules',
  'test/clients/node_modules',
  '.venv',
  '.jupyter',
  '.cache',
];

/**
 * Warns on standard error when room is short.
 *
 * @param {string} projectRoot
 * @param {number} needed in megabytes
 * @throws an explained error when it does not fit
 */
export function warnOrRefuse(projectRoot, needed) {
  const { verdict, text } = judgeRoom({
    freeMegabytes: freeMegabytes(projectRoot),
    neededMegabytes: needed,
    folder: shortPath(projectRoot),
  });
  if (verdict === 'refused') throw explained(text);
  if (verdict === 'tight') console.error(fitMessage(text));
}

/**
 * What to do with this much room, and the words for it.
 *
 * @param {{ freeMegabytes: number, neededMegabytes: number, folder: string }} room 0 is needed when there is nothing
 *   to install; the folder is shown as it is
 * @returns {{ verdict: 'fits' | 'tight' | 'refused', text: string }}
 */
export function judgeRoom({ freeMegabytes, neededMegabytes, folder }) {
  const needed = neededMegabytes === 0 ? 0 : neededMegabytes + reserveMegabytes;
  const free = `${formatMegabytes(freeMegabytes)} free on the disk of ${folder}`;
  if (freeMegabytes < needed) {
    const missing = formatMegabytes(Math.max(10, needed - freeMegabytes));
    return {
      verdict: 'refused',
      text:
        `The set-up needs ${formatMegabytes(needed)}, and there are only ${free}. Nothing has been changed.\n` +
        `Next step: make room for ${missing} more and run the same command again. This shows what is large:\n` +
        '  du -xsh ~/* ~/.[!.]* | sort -h | tail\n' +
        'In SageMaker Studio you can also stop the space, raise its storage, and run it again.',
    };
  }
  if (freeMegabytes >= comfortableMegabytes) return { verdict: 'fits', text: '' };
  const takes =
    neededMegabytes === 0 ? '' : `; the set-up takes about ${formatMegabytes(neededMegabytes)} of them`;
  return {
    verdict: 'tight',
    text: `Only ${free}${takes}. JupyterLab may not start when the home folder is full.`,
  };
}

/**
 * Megabytes that this user may still write on the disk of a folder; without limit where that cannot be told.
 *
 * @param {string} folder
 */
export function freeMegabytes(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return (bavail * bsize) / 1_000_000;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * Such as `560 MB` or `4.2 GB`.
 *
 * @param {number} megabytes
 */
export function formatMegabytes(megabytes) {
  return megabytes < 1_000 ? `${Math.floor(megabytes)} MB` : `${(megabytes / 1_000).toFixed(1)} GB`;
}

/**
 * The megabytes on disk of all that the set-up made in this folder.
 *
 * @param {string} projectRoot
 */
export function setUpMegabytes(projectRoot) {
  return megabytesOf(madeBySetUp.map((path) => join(projectRoot, path)));
}

/**
 * The megabytes on disk of files and folders; of those that are not there, none.
 *
 * @param {readonly string[]} paths
 */
export function megabytesOf(paths) {
  /** @type {Set<number>} */
  const counted = new Set();
  return paths.reduce((sum, path) => sum + bytesOf(path, counted), 0) / 1_000_000;
}

/** @type {(path: string, counted: Set<number>) => number} */
function bytesOf(path, counted) {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  // Another name of a file that was counted already: the project's Node has two.
  if (entry === undefined || (entry.nlink > 1 && !entry.isDirectory() && counted.has(entry.ino))) return 0;
  if (entry.nlink > 1) counted.add(entry.ino);
  const own = (entry.blocks ?? 0) * 512;
  if (!entry.isDirectory()) return own;
  return namesIn(path).reduce((sum, name) => sum + bytesOf(join(path, name), counted), own);
}

/**
 * The names in a folder; none when it cannot be read, or was removed by another program meanwhile.
 *
 * @param {string} folder
 */
export function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * A file's text; undefined when it cannot be read.
 *
 * @param {string} file
 */
export function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Writes a file whole or not at all: whoever reads it meanwhile, and whoever runs out of disk, keeps the old one. Its
 * folder is made; a file that says the same already is left alone.
 *
 * @param {string} file
 * @param {string} content
 */
export function writeWhole(file, content) {
  if (readText(file) === content) return;
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
