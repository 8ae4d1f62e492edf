import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const extensions = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];

/** Every executable file of this name on the PATH, in its order: the first may be one that does not run. */
export function executablesOnPath(name: string, env: NodeJS.ProcessEnv): string[] {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const files = folders.flatMap((folder) => extensions.map((extension) => join(folder, name + extension)));
  return [...new Set(files)].filter(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
