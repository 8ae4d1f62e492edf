import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { processGlobal } from '../base/process-global.ts';

/** Who is in the middle of an open turn. Stored with the entry, so that nobody repairs it under their hands. */
export interface Owner {
  readonly host: string;
  /** Where `pid` means something: this boot of this machine, and this container. Absent outside Linux. */
  readonly pidSpace?: string;
  readonly pid: number;
  /** When the process started, in the kernel's ticks: a process id is used again. Absent outside Linux. */
  readonly started?: string;
  /** The open `History` in that process. */
  readonly history: string;
}

/**
 * The histories that are open in this process, also those that another copy of `lib` in it has opened: a kernel may load
 * one by `import` and another by `require`.
 */
export const openHistories = processGlobal('lib.openHistories', () => new Set<string>());

/**
 * How long the owner of an open turn is believed to be alive when it cannot be asked, because it runs on another
 * machine: 15 minutes since it last stored something.
 */
export const defaultAbandonedAfterMs = 15 * 60_000;

export function ownerHere(history: string): Owner {
  const started = startOf(process.pid);
  const pidSpace = pidSpaceHere();
  return {
    host: hostname(),
    pid: process.pid,
    history,
    ...(pidSpace !== undefined && { pidSpace }),
    ...(started !== undefined && { started }),
  };
}

/** Whether the owner may still finish its turn. */
export function isAlive(owner: Owner, storedAt: string, abandonedAfterMs: number): boolean {
  // Also of a time that is yet to come: a clock that was set back must not keep others out until then.
  const isRecent = Math.abs(Date.now() - Date.parse(storedAt)) < abandonedAfterMs;
  if (!isHere(owner)) return isRecent;
  const started = startOf(owner.pid);
  if (!exists(owner.pid) || (started !== undefined && started !== owner.started)) return false;
  if (owner.pid === process.pid) return openHistories.has(owner.history);
  // Without its start, it could be another process that has the number now.
  return started !== undefined || isRecent;
}

/** Whether its process id can be looked up here. */
function isHere(owner: Owner): boolean {
  return owner.pidSpace === undefined ? owner.host === hostname() : owner.pidSpace === pidSpaceHere();
}

export function describeOwner(owner: Owner): string {
  if (owner.host !== hostname()) return `process ${owner.pid} on ${owner.host}`;
  return owner.pid === process.pid ? 'another part of this program' : `process ${owner.pid}`;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The 22nd field of /proc/<pid>/stat (proc_pid_stat(5)); the second, the name, may hold spaces and brackets. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function pidSpaceHere(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}
