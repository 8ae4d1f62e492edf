/** Finds and runs other programs: a short one for its answer, or a long one that shows how far it is. */
import { spawn } from 'node:child_process';
import { accessSync, constants as modes, statSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { graceMs, signal as send } from './processes.mjs';

const extensions = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];

/**
 * Every executable file of this name on the PATH, in its order: the first may be one that does not run.
 *
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 */
export function executablesOnPath(name, env) {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const files = folders.flatMap((folder) => extensions.map((extension) => join(folder, name + extension)));
  return [...new Set(files)].filter(isExecutable);
}

/** @param {string} file */
export function isExecutable(file) {
  try {
    accessSync(file, modes.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Milliseconds that a program of this machine gets to say its version: Python begins slowly while others have the machine. */
export const slowestAnswerMs = 180_000;

/**
 * Runs a short command to its end, without a shell. It never rejects.
 *
 * @param {readonly string[]} command
 * @param {{ readonly timeoutMs: number, readonly env?: NodeJS.ProcessEnv, readonly saysAfterMs?: number }} options with
 *   `saysAfterMs`, a person is told from then on what is waited for, and until when
 * @returns {Promise<{ readonly code: number | undefined, readonly stdout: string, readonly stderr: string }>} `code`
 *   is undefined when it did not start, or was ended because it took too long
 */
export function runCommand([program = '', ...args], { timeoutMs, env = process.env, saysAfterMs }) {
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    const saying =
      saysAfterMs &&
      setTimeout(() => {
        const words = [program, ...args].join(' ');
        process.stderr.write(`Waiting for ${words} to answer, at most ${timeoutMs / 1000} s.\n`);
      }, saysAfterMs);
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    /** @param {number | null} [code] */
    const end = (code) => {
      clearTimeout(saying);
      resolve({ code: code ?? undefined, stdout, stderr });
    };
    child.on('error', () => end());
    child.on('close', end);
  });
}

/**
 * Are told the process of each long step when it begins and when it has ended, so that it can be found again when this
 * one is killed.
 *
 * @type {Set<(pid: number, hasEnded: boolean) => void>}
 */
export const stepWatchers = new Set();

const stopSignals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs one external command of the set-up, and shows on standard error that it is under way: on a terminal one
 * line, for all that are at the same time, that counts the seconds, elsewhere a line after two seconds, one each 15 s, and one at the end.
 *
 * @param {string} label what is being done, such as "Installing the npm packages"
 * @param {readonly string[]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns the exit code (128 + n after signal n, 127 if it did not start), all it wrote, and the seconds it took;
 *   `interrupted` is the exit code to end with when this process was asked to end meanwhile
 */
export async function runLongStep(label, [program = '', ...args], options = {}) {
  const started = performance.now();
  const progress = showProgress(label, started);
  let interrupted = 0;
  /** @param {NodeJS.Signals} signal */
  const stop = (signal) => {
    interrupted = 128 + constants.signals[signal];
    end('SIGTERM');
    setTimeout(() => end('SIGKILL'), graceMs).unref();
  };
  // Before the command runs: a signal that nobody listens to would end this process and leave the command behind.
  for (const signal of stopSignals) process.on(signal, stop);
  // A process group of its own: an interrupt ends the command together with everything it started.
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    shell: process.platform === 'win32',
  });
  const { pid } = child;
  if (pid !== undefined) for (const watch of stepWatchers) watch(pid, false);
  /** @param {NodeJS.Signals} signal */
  const end = (signal) => {
    if (process.platform === 'win32') child.kill(signal);
    else if (pid !== undefined) send(-pid, signal);
  };
  /** @type {Buffer[]} */
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  /** @type {number} */
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      chunks.push(Buffer.from(error.message));
      resolve(127);
    });
    child.on('close', (exitCode, signal) =>
      resolve(signal ? 128 + constants.signals[signal] : (exitCode ?? 1)),
    );
  });
  for (const signal of stopSignals) process.off(signal, stop);
  if (pid !== undefined) for (const watch of stepWatchers) watch(pid, true);
  progress.end(interrupted ? 'interrupted' : code === 0 ? 'done' : 'failed');
  const output = Buffer.concat(chunks).toString('utf8').trim();
  return { code, output, seconds: (performance.now() - started) / 1000, interrupted };
}

/**
 * The steps that are under way, oldest first.
 *
 * @type {{ readonly label: string, readonly seconds: () => string }[]}
 */
const underWay = [];
/** Characters of the terminal's line that have been written. */
let written = 0;

/** @param {string} line in the place of what stands there */
function rewrite(line) {
  process.stderr.write(`\r${line.padEnd(written)}`);
  written = line.length;
}

function showUnderWay() {
  const [oldest] = underWay;
  if (oldest === undefined) return;
  const labels = underWay.map(({ label }) => label).join('; ');
  const room = (process.stderr.columns || 80) - 10;
  rewrite(`${labels.length > room ? `${labels.slice(0, room - 1)}…` : labels}: ${oldest.seconds()}`);
}

/** @type {(label: string, started: number) => { end: (outcome: string) => void }} */
function showProgress(label, started) {
  const live = Boolean(process.stderr.isTTY);
  const step = { label, seconds: () => `${Math.round((performance.now() - started) / 1000)} s` };
  underWay.push(step);
  if (live) showUnderWay();
  let shown = live;
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    if (live) showUnderWay();
    else if (ticks === 2 || ticks % 15 === 0) {
      shown = true;
      process.stderr.write(`${label}: ${step.seconds()} ...\n`);
    }
  }, 1000);
  return {
    end: (outcome) => {
      clearInterval(timer);
      underWay.splice(underWay.indexOf(step), 1);
      const line = `${label}: ${outcome} after ${step.seconds()}`;
      if (live) {
        rewrite(line);
        process.stderr.write('\n');
        written = 0;
        showUnderWay();
      } else if (shown || outcome !== 'done') process.stderr.write(`${line}\n`);
    },
  };
}
