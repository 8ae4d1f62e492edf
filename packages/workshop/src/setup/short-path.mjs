import { homedir } from 'node:os';
import { sep } from 'node:path';

/**
 * A path with the home folder as `~`.
 *
 * @param {string} path
 */
export function shortPath(path) {
  const home = homedir();
  return home !== '/' && path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
}
