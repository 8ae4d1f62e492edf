import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { explained } from './failure-cause.mjs';

/** What `npm start` was asked for. */
export interface StartArguments {
  readonly help: boolean;
  readonly browser: boolean;
  readonly verbose: boolean;
  readonly local: boolean;
  readonly aws: boolean;
  /** Undefined: 8888, or the next free port. */
  readonly port: number | undefined;
  readonly notebook: string | undefined;
}

export const startUsage = `Usage: npm start -- [options] [notebook]

Starts JupyterLab on a notebook, by default notebooks/001.ipynb.

  --local        use the local Bedrock endpoint: no AWS account, no cost
  --aws          use Amazon Bedrock, also if no credentials were found
  --port N       listen on this port (default: 8888, or the next free one)
  --no-browser   print the address and open nothing
  --verbose      show the Jupyter server's log here, not in .cache
  --help         show this

Without --local and --aws: AWS if credentials resolve, else the local endpoint.`;

/** @throws an explained error with exit code 2: what is wrong, and the usage */
export function parseStartArguments(args: readonly string[]): StartArguments {
  const { values, positionals } = parse(args);
  if (values.local && values.aws) throw misuse('--local and --aws cannot both be meant: choose one.');
  if (positionals.length > 1) throw misuse(`One notebook at a time: got ${positionals.join(' ')}.`);
  const port = values.port === undefined ? undefined : parsePort(values.port);
  return {
    help: values.help,
    browser: !values['no-browser'],
    verbose: values.verbose,
    local: values.local,
    aws: values.aws,
    port,
    notebook: positionals[0],
  };
}

function parse(args: readonly string[]) {
  const off = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: off,
        'no-browser': off,
        verbose: off,
        local: off,
        aws: off,
        port: { type: 'string' },
      },
    });
  } catch (error) {
    throw misuse(explainParseError(error as NodeJS.ErrnoException));
  }
}

/** The first sentence of `parseArgs`'s message, which goes on about positional arguments. */
export function explainParseError(error: NodeJS.ErrnoException): string {
  const unknown = /Unknown option '([^']+)'/.exec(error.message)?.[1];
  if (unknown !== undefined) return `There is no option ${unknown}.`;
  return `${error.message.split(/\.\s|\n/)[0]?.replace(/\.$/, '')}.`;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw misuse(`--port takes a number from 1 to 65535: got ${text}.`);
}

/**
 * The notebook's path as Jupyter's server names it: relative to the project, with forward slashes.
 *
 * @param folders where a relative path may start: the folder the person is in, then the project's
 * @throws an explained error when there is no such notebook in the project
 */
export function findNotebook(notebook: string, projectRoot: string, folders: readonly string[]): string {
  const candidates = folders.map((folder) => (isAbsolute(notebook) ? notebook : resolve(folder, notebook)));
  const file = candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  if (file === undefined) {
    throw misuse(`There is no notebook ${notebook}. See the folder ${join(projectRoot, 'notebooks')}.`);
  }
  const path = relative(projectRoot, file);
  if (path.startsWith('..') || isAbsolute(path)) {
    throw misuse(
      `${notebook} is outside of the project. Copy it to ${join(projectRoot, 'notebooks')} first.`,
    );
  }
  return path.split(sep).join('/');
}

function misuse(sentence: string): Error {
  return explained(`${sentence}\n\n${startUsage}`, 2);
}
