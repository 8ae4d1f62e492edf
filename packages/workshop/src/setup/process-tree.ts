import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
}

/** Milliseconds that processes get to end after they were asked to. */
const graceMs = 5_000;
const pollMs = 50;

/**
 * Ends a process and all that descends from it: asks the first one, which ends its own children in order, waits,
 * and ends outright what is left after five seconds. Descendants are looked up, because a Jupyter server puts each
 * kernel and each terminal into a session of its own.
 */
export async function endProcessTree(pid: number): Promise<void> {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/PID', String(pid), '/T', '/F']);
    return;
  }
  const family = [pid, ...descendants(pid)];
  // Kernels must get no signal here: the server shuts them down itself and would restart one that died.
  signal(pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (family.some(isRunning) && Date.now() < deadline) await sleep(pollMs);
  for (const each of family.filter(isRunning)) signal(each, 'SIGKILL');
  while (family.some(isRunning) && Date.now() < deadline + 1_000) await sleep(pollMs);
}

/** The processes that descend from this one, at this moment. */
export function descendants(pid: number): number[] {
  const table = processTable();
  const found: number[] = [];
  let parents = [pid];
  while (parents.length > 0) {
    const children = table.filter((entry) => parents.includes(entry.parent)).map((entry) => entry.pid);
    found.push(...children);
    parents = children;
  }
  return found;
}

/** Whether it is there and has not ended; an ended one whose parent has not looked yet does not count. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return process.platform === 'linux' ? readStat(pid)?.state !== 'Z' : true;
}

function processTable(): ProcessEntry[] {
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

/** `/proc/<pid>/stat`: pid (name, which may hold spaces and brackets) state parent ... */
function readStat(pid: number): { state: string; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
