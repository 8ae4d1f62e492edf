import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** What the kernel calls of tslab, or puts something of its own in the place of; by module. */
const used = {
  'tslab/dist/jupyter.js': ['lastWriteDisplayData'],
} as const;

export type TslabModule = keyof typeof used;

const checked = new Set<TslabModule>();

/**
 * A module of tslab's. The first time, which is before anything of it has been replaced, all that the kernel uses of it
 * must be there: another tslab would take the replacements, call something else, and read messages that nobody signed.
 *
 * @throws an error for people when a part is missing
 */
export function tslabModule(name: TslabModule) {
  const module = require(name);
  if (!checked.has(name)) {
    const missing = used[name].find((path) => !has(module, path));
    if (missing !== undefined) {
      throw cannotStart(
        `The kernel cannot start: ${name} has no ${missing}, so it is not of the tslab that this project installs; run npm ci in the project's folder.`,
      );
    }
    checked.add(name);
  }
  return module;
}

/** An error that is shown as it is, without a stack. */
export function cannotStart(sentence: string): Error {
  return Object.assign(new Error(sentence), { isExplained: true });
}

function has(module: object, path: string): boolean {
  let value: unknown = module;
  for (const name of path.split('.')) {
    if (value === undefined || value === null || !(name in Object(value))) return false;
    value = (value as Record<string, unknown>)[name];
  }
  return true;
}
