/** Answers what needs no packages, and looks whether there is room for them. Returns whether that was all. */
export function prepareSetUp(projectRoot: string, args: readonly string[]): Promise<boolean>;

/** Warns on standard error when room is short. Throws an explained error when `needed` megabytes do not fit. */
export function warnOrRefuse(projectRoot: string, needed: number): void;
