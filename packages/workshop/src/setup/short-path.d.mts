/** A path with the home folder as `~`. */
export function shortPath(path: string): string;
