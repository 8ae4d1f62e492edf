/** What every command of the workshop shares: its words on a terminal, its arguments, its exit code, its end. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { commands } from './commands.mjs';

/** @typedef {Error & { readonly isExplained: true, readonly exitCode: number }} ExplainedError */

/**
 * An error whose message is all that a person should see of it: what happened, and `Next step: …`.
 *
 * @param {string} message
 * @param {number} [exitCode]
 * @returns {ExplainedError}
 */
export function explained(message, exitCode = 1) {
  return Object.assign(new Error(message), { isExplained: /** @type {const} */ (true), exitCode });
}

/**
 * A command was used in a way that it does not know: exit code 2, the sentence and the usage.
 *
 * @param {import('./commands.mjs').CommandName} name
 * @param {string} sentence
 */
export function misuse(name, sentence) {
  return explained(`${sentence}\n\n${commands[name].usage}`, 2);
}

/**
 * Runs a program's main function. What is explained is shown as it is, without a stack; the exit code is set.
 *
 * @param {() => Promise<number>} main
 */
export function runMain(main) {
  main().then(
    (code) => process.exit(code),
    (error) => {
      const written = error.isExplained ? error.message : explainUnwritable(error);
      console.error(written === undefined ? error : fitMessage(written));
      process.exit(error.exitCode ?? 1);
    },
  );
}

/**
 * Why a file could not be written, where that is what went wrong.
 *
 * @param {NodeJS.ErrnoException} error
 */
function explainUnwritable({ code = '', path }) {
  if (path === undefined || !['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(code)) return undefined;
  if (code === 'ENOSPC')
    return `The disk of ${shortPath(path)} is full.\nNext step: free about 1 GB and run the same command again.`;
  return (
    `${shortPath(path)} may not be written by this user (${code}).\n` +
    'Next step: copy the project into a folder of yours, and run the same command there: cp -r . ~/bedrock-workshop'
  );
}

/**
 * The whole path of what a person named, from the folder where they stand; where it is not there but in one of the
 * others, that one. Programs run in the project's folder, and `INIT_CWD`, of npm and bootstrap.mjs, says where that is.
 *
 * @param {string} path
 * @param {readonly string[]} others
 */
export function fromHere(path, ...others) {
  const here = resolve(process.env.INIT_CWD ?? '.', path);
  return [here, ...others.map((folder) => resolve(folder, path))].find(existsSync) ?? here;
}

/**
 * Where conversations are kept, as a person named it: a file or a folder of PGlite from where they stand; what is kept
 * elsewhere, or nowhere, as it is.
 *
 * @param {string} location
 */
export function storeFromHere(location) {
  if (location === ':memory:' || /^postgres(?:ql)?:/.test(location)) return location;
  const [, folder] = /^pglite:(.*)$/.exec(location) ?? [];
  if (folder === undefined) return fromHere(location);
  return folder === ':memory:' ? location : `pglite:${fromHere(folder)}`;
}

/**
 * What a command was asked for, as its entry in `commands` says it may be.
 *
 * @template {import('./commands.mjs').CommandName} N
 * @param {N} name
 * @param {readonly string[]} [args]
 * @returns {import('./commands.mjs').Values<N> & { readonly positionals: readonly string[] }}
 * @throws an explained error with exit code 2: what is wrong, and the usage
 */
export function readOptions(name, args = process.argv.slice(2)) {
  const { options, takesFiles } = commands[name];
  try {
    const given = 'model-name' in options ? withModelValue(args) : [...args];
    const { values, positionals } = parseArgs({ args: given, options, allowPositionals: takesFiles });
    return /** @type {any} */ ({ ...values, positionals });
  } catch (error) {
    throw misuse(name, explainParseError(/** @type {Error} */ (error)));
  }
}

/**
 * `--model` alone, with no URL and no file behind it, has the empty value. As in packages/local-bedrock/src/command.ts,
 * which cannot be read before the packages are there.
 *
 * @param {readonly string[]} args
 */
function withModelValue(args) {
  const isValue = (/** @type {string} */ next) => /^https?:\/\/|\.gguf$/i.test(next);
  return args.map((word, index) =>
    word === '--model' && !isValue(args[index + 1] ?? '') ? '--model=' : word,
  );
}

/**
 * The first sentence of `parseArgs`'s message, which goes on about positional arguments.
 *
 * @param {Error} error
 */
function explainParseError({ message }) {
  const unknown = /Unknown option '([^']+)'|Unexpected argument '([^']+)'/.exec(message);
  if (unknown) return `There is no option ${unknown[1] ?? unknown[2]}.`;
  return `${message.split(/\.\s|\n/)[0]?.replace(/\.$/, '')}.`;
}

/**
 * The number of `--port`; undefined when it was not given.
 *
 * @param {import('./commands.mjs').CommandName} name
 * @param {string | undefined} text
 */
export function readPort(name, text) {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw misuse(name, `--port takes a number from 1 to 65535: got ${text}.`);
}

const parentPollMs = 500;

/**
 * Resolves, with its name, at the first signal that asks this process to end, or with `parent` when the process
 * that started this one has gone. From the call on, signals do nothing else: one Ctrl-C often arrives twice, from
 * the terminal and from npm.
 *
 * @returns {Promise<string>}
 */
export function untilAskedToEnd() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(signal));
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve('parent');
    }, parentPollMs).unref();
  });
}

/**
 * A path with the home folder as `~`.
 *
 * @param {string} path
 */
export function shortPath(path) {
  const home = homedir();
  return home !== '/' && path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
}

/**
 * The lines of one paragraph, broken at spaces; a word that is longer than a line stays whole.
 *
 * @param {string} text
 * @param {number} width in characters
 */
export function wrap(text, width) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines.splice(-1, 1, `${last} ${word}`);
    else lines.push(word);
  }
  return lines;
}

/**
 * A message as it is to be shown: on a terminal its sentences are wrapped. Indented lines are quoted from another
 * program and stay as they are.
 *
 * @param {string} message
 * @param {{ isTTY?: boolean, columns?: number }} [stream]
 */
export function fitMessage(message, stream = process.stderr) {
  if (!stream.isTTY) return message;
  const width = (stream.columns || 80) - 1;
  const lines = message.split('\n');
  return lines.map((line) => (line.startsWith(' ') ? line : wrap(line, width).join('\n'))).join('\n');
}
