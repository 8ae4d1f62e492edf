import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { fromHere, misuse, readOptions, readPort } from './cli.mjs';

/** What `npm start` was asked for. */
export interface StartArguments {
  readonly help: boolean;
  readonly browser: boolean;
  readonly verbose: boolean;
  readonly local: boolean;
  readonly aws: boolean;
  /** Empty: the recommended one. Undefined: none was asked for. */
  readonly model?: string | undefined;
  readonly 'model-name'?: string | undefined;
  readonly 'embedding-model'?: string | undefined;
  /** Undefined: 8888, or the next free port. */
  readonly port: number | undefined;
  readonly notebook: string | undefined;
}

/** @throws an explained error with exit code 2: what is wrong, and the usage */
export function parseStartArguments(args: readonly string[]): StartArguments {
  const { positionals, port, 'no-browser': noBrowser, ...flags } = readOptions('start', args);
  if (flags.local && flags.aws) throw misuse('start', '--local and --aws cannot both be meant: choose one.');
  if (flags.aws && flags.model !== undefined)
    throw misuse('start', '--model and --aws cannot both be meant: choose one.');
  if (positionals.length > 1) throw misuse('start', `One notebook at a time: got ${positionals.join(' ')}.`);
  return { ...flags, browser: !noBrowser, port: readPort('start', port), notebook: positionals[0] };
}

/**
 * The notebook's path as Jupyter's server names it: relative to the project, with forward slashes. It may be given from
 * the folder where the person stands, or from the project's.
 *
 * @throws an explained error when there is no such notebook in the project
 */
export function findNotebook(notebook: string, projectRoot: string): string {
  const file = fromHere(notebook, projectRoot);
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw misuse(
      'start',
      `There is no notebook ${notebook}. See the folder ${join(projectRoot, 'notebooks')}.`,
    );
  }
  const path = relative(projectRoot, file);
  if (path.startsWith('..') || isAbsolute(path)) {
    throw misuse(
      'start',
      `${notebook} is outside of the project. Copy it to ${join(projectRoot, 'notebooks')} first.`,
    );
  }
  return path.split(sep).join('/');
}
