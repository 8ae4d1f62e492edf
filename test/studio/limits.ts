import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freeMegabytes } from '../../packages/workshop/src/setup/disk.mjs';
import { folderMegabytes } from './disk.ts';

/** A disk of a limited size, where one can be mounted; else a folder like any other. */
export interface Disk {
  readonly isLimited: boolean;
  usedMegabytes(): number;
  remove(): void;
}

/** Mounts a disk of its own on the folder. To be called as root. */
export function makeDisk(folder: string, bytes: number): Disk {
  mkdirSync(folder, { recursive: true });
  const image = `${folder}.image`;
  const isLimited =
    succeeds('truncate', '--size', String(bytes), image) &&
    succeeds('mkfs.ext4', '-q', '-m', '0', image) &&
    succeeds('mount', '-o', 'loop', image, folder);
  const free = freeMegabytes(folder);
  return {
    isLimited,
    usedMegabytes: () => (isLimited ? free - freeMegabytes(folder) : folderMegabytes(folder)),
    remove: () => {
      if (isLimited && !succeeds('umount', folder)) throw new Error(`${folder} is still in use.`);
      rmSync(image, { force: true });
    },
  };
}

/** A control group with a limit of memory, of either version, where one can be made. */
export interface MemoryLimit {
  readonly isLimited: boolean;
  /** Puts a process under the limit, and all that it starts from then on. */
  adopt(pid: number): void;
  /** How often the limit ended a process. */
  kills(): number;
  remove(): void;
}

/** To be called as root. */
export function limitMemory(name: string, bytes: number): MemoryLimit {
  for (const [parent, limit, events] of [
    ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes', 'memory.oom_control'],
    ['/sys/fs/cgroup', 'memory.max', 'memory.events'],
  ] as const) {
    const folder = join(parent, name);
    try {
      mkdirSync(folder);
      if (existsSync(join(folder, limit))) {
        writeFileSync(join(folder, limit), String(bytes));
        return {
          isLimited: true,
          adopt: (pid) => writeFileSync(join(folder, 'cgroup.procs'), String(pid)),
          kills: () => Number(/^oom_kill (\d+)$/m.exec(readFileSync(join(folder, events), 'utf8'))?.[1]),
          remove: () => rmdirSync(folder),
        };
      }
      rmdirSync(folder);
    } catch {
      // No such kind of group here, or none that may be made.
    }
  }
  return { isLimited: false, adopt: () => undefined, kills: () => 0, remove: () => undefined };
}

/**
 * The memory of processes in megabytes; what several share is counted once, divided among them. A process that has
 * ended meanwhile counts nothing.
 */
export function memoryMegabytes(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => {
    try {
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return (kilobytes.reduce((sum, each) => sum + each, 0) * 1_024) / 1_000_000;
}

function succeeds(...[program = '', ...args]: string[]): boolean {
  return spawnSync(program, args).status === 0;
}
