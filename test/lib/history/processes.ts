import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, onTestFinished } from 'vitest';
import type { HistoryEntry, Turn } from '../../../lib/history/history.ts';
import type { DatabaseDriver } from '../../../lib/sqlite/database.ts';

/** Programs start three times as fast when they need not compile everything anew. One that is killed leaves nothing here. */
export const compiled = join(tmpdir(), 'appending-process-compiled');

export interface AppendingProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** What it has said to be stored: the text of each turn by its sequence number. */
  readonly acknowledged: Map<number, string>;
  /** Resolves when this many turns have been acknowledged, or it has ended. */
  reached(turns: number): Promise<void>;
  /** Resolves with what it wrote to standard error when it has ended and all that it said has been read. */
  ended(): Promise<string>;
}

export function startAppending(
  file: string,
  driver: DatabaseDriver,
  session: string,
  name: string,
  count = Number.POSITIVE_INFINITY,
): AppendingProcess {
  const script = join(import.meta.dirname, 'appending-process.ts');
  const child = spawn(process.execPath, [script, file, driver, session, name, String(count)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const acknowledged = new Map<number, string>();
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const space = line.indexOf(' ');
    acknowledged.set(Number(line.slice(0, space)), line.slice(space + 1));
  });
  let trouble = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    trouble += text;
  });
  const closed = Promise.all([once(child, 'close'), once(lines, 'close')]);
  return {
    child,
    acknowledged,
    reached: (turns) =>
      new Promise((resolve) => {
        const check = () => acknowledged.size >= turns && resolve();
        lines.on('line', check);
        lines.on('close', () => resolve());
        check();
      }),
    async ended() {
      await closed;
      return trouble;
    },
  };
}

/** Everything that was acknowledged is there, under its number, and the numbers have no gaps. */
export function expectNothingLost(
  entries: readonly HistoryEntry[],
  acknowledged: ReadonlyMap<number, string>,
): void {
  expect(entries.map((entry) => entry.sequence)).toEqual(entries.map((_, index) => index + 1));
  const stored = new Map(entries.map((entry) => [entry.sequence, questionOf(entry)]));
  for (const [sequence, text] of acknowledged) expect(stored.get(sequence)).toBe(text);
}

function questionOf(entry: HistoryEntry): string | undefined {
  return (entry as Turn).messages[0]?.content[0]?.text;
}
