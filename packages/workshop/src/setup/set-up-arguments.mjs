import { parseArgs } from 'node:util';
import { explained } from './failure-cause.mjs';

const usage = `Usage: npm run setup -- [options]

Installs what the project needs into its own folder, and offers both kernels to every Jupyter of this user:
SageMaker Studio's, your own, VS Code's. Nothing is started. A second run takes seconds and repairs what is gone.

  --keep        leave the kernels as they are when they belong to another copy of the project
  --uninstall   remove all that the set-up made; your files and the project's own stay
  --help        show this`;

/**
 * What `npm run setup` was asked for.
 *
 * @param {readonly string[]} args
 * @returns {{ keep: boolean, uninstall: boolean, usage: string | undefined }}
 */
export function parseSetUpArguments(args) {
  const off = { type: 'boolean', default: false };
  try {
    const options = { keep: off, uninstall: off, help: off };
    const { values } = parseArgs({ args: [...args], options, strict: true });
    return { keep: values.keep, uninstall: values.uninstall, usage: values.help ? usage : undefined };
  } catch (error) {
    const unknown = /Unknown option '([^']+)'|Unexpected argument '([^']+)'/.exec(error.message);
    const what = unknown ? `There is no option ${unknown[1] || unknown[2]}.` : error.message;
    throw explained(`${what}\n\n${usage}`, 2);
  }
}
