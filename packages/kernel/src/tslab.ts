import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** What of tslab the kernel puts something of its own in the place of. */
const [name, part] = ['tslab/dist/jupyter.js', 'lastWriteDisplayData'] as const;

/**
 * The module of tslab's that sends what cells display. Another tslab would take the replacement, and call something
 * else.
 *
 * @throws an error for people when the part is missing
 */
export function tslabModule(): { [part]: unknown } {
  const module = require(name);
  if (part in module) return module;
  throw cannotStart(
    `The kernel cannot start: ${name} has no ${part}, so it is not of the tslab that this project installs; run npm ci in the project's folder.`,
  );
}

/** An error that is shown as it is, without a stack. */
export function cannotStart(sentence: string): Error {
  return Object.assign(new Error(sentence), { isExplained: true });
}
