/** Processes of this machine: whether they run, what descends from them, and how they are ended. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Milliseconds that processes get to end after they were asked to. */
export const graceMs = 5_000;
const pollMs = 50;

/**
 * Whether it is there and has not ended; an ended one whose parent has not looked yet does not count.
 *
 * @param {number} pid
 */
export function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
  return process.platform === 'linux' ? readStat(pid)?.state !== 'Z' : true;
}

/**
 * When a process began, in the system's own ticks: with its number it names one process, since numbers come round.
 * Undefined where that cannot be told.
 *
 * @param {number} pid
 */
export function startOf(pid) {
  return process.platform === 'linux' ? readStat(pid)?.started : undefined;
}

/**
 * A process by its number and its start, for a file that outlives it.
 *
 * @param {number} pid
 */
export const nameOf = (pid) => `${pid} ${startOf(pid) ?? '-'}`;

/**
 * Whether the process of `nameOf` runs, and not another one that has its number now, as happens soon in containers.
 *
 * @param {number} pid
 * @param {string | undefined} started
 */
export function runsStill(pid, started) {
  return pid > 0 && isRunning(pid) && (started === undefined || started === '-' || started === startOf(pid));
}

/**
 * Ends a process and all that descends from it: asks the first one, which ends its own children in order, waits,
 * and ends outright what is left after five seconds. Descendants are looked up, because a Jupyter server puts each
 * kernel and each terminal into a session of its own.
 *
 * @param {number} pid
 */
export async function endProcessTree(pid) {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/PID', String(pid), '/T', '/F']);
    return;
  }
  const family = [pid, ...descendants(pid)];
  // Kernels must get no signal here: the server shuts them down itself and would restart one that died.
  signal(pid, 'SIGTERM');
  const deadline = performance.now() + graceMs;
  while (family.some(isRunning) && performance.now() < deadline) await sleep(pollMs);
  for (const each of family.filter(isRunning)) signal(each, 'SIGKILL');
  while (family.some(isRunning) && performance.now() < deadline + 1_000) await sleep(pollMs);
}

/**
 * The processes that descend from this one, at this moment.
 *
 * @param {number} pid
 * @returns {number[]}
 */
export function descendants(pid) {
  const table = processTable();
  const found = [];
  let parents = [pid];
  while (parents.length > 0) {
    const children = table.filter((entry) => parents.includes(entry.parent)).map((entry) => entry.pid);
    found.push(...children);
    parents = children;
  }
  return found;
}

/** @returns {{ pid: number, parent: number }[]} */
function processTable() {
  if (process.platform === 'linux') {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.flatMap((name) => {
      const stat = readStat(Number(name));
      return stat === undefined ? [] : [{ pid: Number(name), parent: stat.parent }];
    });
  }
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    return pid && parent !== undefined ? [{ pid, parent }] : [];
  });
}

/**
 * `/proc/<pid>/stat`: pid (name, which may hold spaces and brackets) state parent ... and as its 22nd the start.
 *
 * @param {number} pid
 */
function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent = '', ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent), started: rest[17] };
  } catch {
    return undefined;
  }
}

/**
 * Sends a signal to a process, or with a negative id to its group; nothing happens when it has ended already.
 *
 * @param {number} pid
 * @param {NodeJS.Signals} name
 */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

/** @param {number} milliseconds */
export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

const npmPollMs = 250;
const shells = new Set(['sh', 'dash', 'bash', 'zsh', 'ash', 'busybox']);

/**
 * Sends this process SIGTERM when the npm that runs it has gone, so that the handlers in place end whatever is
 * running: npm that is killed outright cannot tell its script so. npm is this process's parent, or the parent of the
 * shell in between. Without npm it does nothing.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const isShell = shells.has(basename(ask(parent, 'comm=')).replace(/^-/, ''));
  const npm = isShell ? Number(ask(parent, 'ppid=')) : parent;
  const timer = setInterval(() => {
    // Nothing is known without `ps`: then the parent alone decides.
    if (process.ppid === parent && (!(npm > 1) || isRunning(npm))) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, npmPollMs);
  timer.unref();
}

/** @type {(pid: number, column: string) => string} */
function ask(pid, column) {
  return (spawnSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).stdout || '').trim();
}
