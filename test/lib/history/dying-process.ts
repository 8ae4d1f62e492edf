/**
 * A program that stores the question of a turn and the tool call of its answer, and is killed:
 *
 *   node dying-process.ts <file> <driver> <session>
 */
import { openHistory } from '../../../lib/history/open-history.ts';
import type { DatabaseDriver } from '../../../lib/sqlite/database.ts';
import { toolCall, user } from './messages.ts';

async function main([file = '', driver, session = '']: string[]): Promise<void> {
  const history = await openHistory(file, { driver: driver as DatabaseDriver });
  await history.append(session, { messages: [user('What time is it?')], open: true }, 0);
  await history.append(session, { messages: [toolCall('t1')], open: true }, 1);
  process.kill(process.pid, 'SIGKILL');
}

void main(process.argv.slice(2));
