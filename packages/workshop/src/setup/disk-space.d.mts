/** Megabytes that the npm packages take, and JupyterLab's `.venv`. */
export const packagesMegabytes: number;
export const jupyterMegabytes: number;

/** What to do with this much room, and the words for it; `tight` warns, `refused` names the next step. */
export function judgeRoom(room: {
  readonly freeMegabytes: number;
  /** 0 when there is nothing to install. */
  readonly neededMegabytes: number;
  /** As it is to be shown. */
  readonly folder: string;
}): { readonly verdict: 'fits' | 'tight' | 'refused'; readonly text: string };

/** Megabytes that this user may still write on the disk of a folder; infinite where that cannot be told. */
export function freeMegabytes(folder: string): number;

/** Such as `560 MB` or `4.2 GB`. */
export function formatMegabytes(megabytes: number): string;
