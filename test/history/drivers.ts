import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Message } from '../../lib/converse/message.ts';
import type { Turn } from '../../lib/history/history.ts';
import type { DatabaseDriver } from '../../lib/sqlite/database.ts';

export const drivers: readonly DatabaseDriver[] = ['sql.js', 'node'];

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

export function user(text: string): Message {
  return { role: 'user', content: [{ text }] };
}

export function assistant(text: string): Message {
  return { role: 'assistant', content: [{ text }] };
}

export function turn(question: string, answer: string): Turn {
  return { messages: [user(question), assistant(answer)] };
}

export function toolCall(...toolUseIds: string[]): Message {
  return {
    role: 'assistant',
    content: toolUseIds.map((toolUseId) => ({ toolUse: { toolUseId, name: 'clock', input: {} } })),
  };
}

export function toolResult(toolUseId: string, text: string): Message {
  return { role: 'user', content: [{ toolResult: { toolUseId, content: [{ text }] } }] };
}
