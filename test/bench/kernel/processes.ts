import { readdirSync, readFileSync } from 'node:fs';

/** What a process holds, in MB. */
export interface Memory {
  /** All pages in memory, also those that it shares with others. */
  readonly resident: number;
  /** Its own pages, and its part of those it shares: these may be summed up over processes. */
  readonly proportional: number;
}

/** Finds the process that has a word in its command line, such as a kernel by the name of its connection file. */
export function processWith(word: string): number {
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name) && Number(name) !== process.pid && commandLine(name).includes(word)) {
      return Number(name);
    }
  }
  throw new Error(`No process has ${word} in its command line.`);
}

/** The memory of a process, as Linux counts it. */
export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const read = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1]) / 1024;
  return { resident: read('Rss'), proportional: read('Pss') };
}

/** Milliseconds of CPU that a process has used since it began, in all of its threads. */
export function cpuOf(pid: number): number {
  const [, , , , , , , , , , , user, system] = statusOf(pid);
  // A tick is ten milliseconds.
  return (Number(user) + Number(system)) * 10;
}

/** The process that started a process, such as the Jupyter server of a kernel. */
export function parentOf(pid: number): number {
  return Number(statusOf(pid)[1]);
}

/** The fields after the process's name, which may hold spaces and ends with the last bracket. */
function statusOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
