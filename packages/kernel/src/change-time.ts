import { statSync } from 'node:fs';

/** When a file was last changed, in milliseconds since 1970; 0 while there is none. */
export function changeTime(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
