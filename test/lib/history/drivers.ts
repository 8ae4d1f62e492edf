import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { DatabaseDriver } from '../../../lib/sqlite/database.ts';

export const drivers: readonly DatabaseDriver[] = ['node', 'sql.js'];

/** A new folder that goes with the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'history-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The path of a file that does not exist yet. */
export function newFile(name = 'chats.sqlite'): string {
  return join(newFolder(), name);
}
