/** Whether there is room for the set-up: told before it begins, not when the disk is full. */
import { statfsSync } from 'node:fs';

/** Megabytes that the npm packages take (551 when measured), and JupyterLab's `.venv` (247). */
export const packagesMegabytes = 600;
export const jupyterMegabytes = 280;

/** Megabytes below which a home folder is called nearly full. */
const comfortableMegabytes = 1_500;
/** Megabytes that stay for notebooks, logs and what JupyterLab itself must write to start. */
const reserveMegabytes = 100;

/**
 * What to do with this much room, and the words for it.
 *
 * @param {{ freeMegabytes: number, neededMegabytes: number, folder: string }} room
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
