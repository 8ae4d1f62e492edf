/** Paths below the project's folder that the set-up makes, and makes again. */
export const madeBySetUp: readonly string[];

/** Log of the script that runs when a Studio space starts, in the home folder. */
export const startLog: string;

/** The megabytes on disk of all that the set-up made in this folder. */
export function setUpMegabytes(projectRoot: string): number;
