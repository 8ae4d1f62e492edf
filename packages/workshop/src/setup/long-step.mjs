/**
 * Runs one external command of the set-up, and shows on standard error that it is under way: on a terminal one
 * line that counts the seconds, elsewhere a line after two seconds, one each 15 s, and one at the end.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Milliseconds that a command gets to end after it was asked to. */
const graceMs = 5000;

/**
 * @param {string} label what is being done, such as "Installing the npm packages"
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns the exit code (128 + n after signal n, 127 if it did not start), all it wrote, and the seconds it took;
 *   `interrupted` is the exit code to end with when this process was asked to end meanwhile
 */
export async function runLongStep(label, command, args, options = {}) {
  const started = Date.now();
  const progress = showProgress(label, started);
  let interrupted = 0;
  const stop = (signal) => {
    interrupted = 128 + constants.signals[signal];
    signalGroup(child, 'SIGTERM');
    setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs).unref();
  };
  // Before the command runs: a signal that nobody listens to would end this process and leave the command behind.
  for (const signal of signals) process.on(signal, stop);
  // A process group of its own: an interrupt ends the command together with everything it started.
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    shell: process.platform === 'win32',
  });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      chunks.push(Buffer.from(String(error.message)));
      resolve(127);
    });
    child.on('close', (exitCode, signal) => resolve(signal ? 128 + constants.signals[signal] : exitCode));
  });
  for (const signal of signals) process.off(signal, stop);
  progress.end(interrupted ? 'interrupted' : code === 0 ? 'done' : 'failed');
  const output = Buffer.concat(chunks).toString('utf8').trim();
  return { code, output, seconds: (Date.now() - started) / 1000, interrupted };
}

function signalGroup(child, signal) {
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

function showProgress(label, started) {
  const live = Boolean(process.stderr.isTTY);
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const write = (state) => process.stderr.write(live ? `\r${label}: ${state}   ` : `${label}: ${state}\n`);
  let shown = live;
  if (live) write(seconds());
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    if (live) write(seconds());
    else if (ticks === 2 || ticks % 15 === 0) {
      shown = true;
      write(`${seconds()} ...`);
    }
  }, 1000);
  return {
    end: (outcome) => {
      clearInterval(timer);
      if (shown || outcome !== 'done') write(`${outcome} after ${seconds()}`);
      if (live) process.stderr.write('\n');
    },
  };
}
