/**
 * A program that appends turns to one session until it is ended, or until it has appended `count`:
 *
 *   node appending-process.ts <file> <driver> <session> <name> [count]
 *
 * It says `<sequence> <text>` on a line of its own for each turn, after `append` has returned: what it has said must be
 * on disk from then on. When somebody else was faster it reads again, as the error asks.
 */
import { writeSync } from 'node:fs';
import { isLibError } from '../../../lib/base/errors.ts';
import { openHistory } from '../../../lib/history/open-history.ts';
import type { DatabaseDriver } from '../../../lib/sqlite/database.ts';
import { turn } from './messages.ts';

async function main([file = '', driver, session = '', name, count = 'Infinity']: string[]): Promise<void> {
  const history = await openHistory(file, { driver: driver as DatabaseDriver });
  let { sequence } = await history.read(session);
  for (let done = 0; done < Number(count); ) {
    const text = `${name}-${done} ${'word '.repeat(done % 300)}`.trim();
    try {
      sequence = await history.append(session, turn(text, 'ok'), sequence);
      writeSync(1, `${sequence} ${text}\n`);
      done++;
    } catch (error) {
      if (!isLibError(error) || error.kind !== 'conflict') throw error;
      sequence = (await history.read(session)).sequence;
    }
  }
  await history.close();
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
