import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';

const matching = join(import.meta.dirname, '../../src/guardrails/match-in-time.ts');

/** Looks for a pattern again and again, each time for some milliseconds, until it is told to end. */
const program = `
  import { matchInTime } from ${JSON.stringify(matching)};
  let ended = false;
  process.once('SIGTERM', () => { ended = true; });
  const text = 'a'.repeat(16) + '! b';
  const look = () => {
    if (matchInTime('(a+)+b|b', text, 'letters').join() !== 'b') throw new Error('not found');
    if (ended) process.exit(0);
    setImmediate(look);
  };
  look();
  console.log('looking');
`;

it('lets no pattern fail because the machine was busy with other things', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  try {
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    const ended = once(child, 'exit');
    await Promise.race([once(child.stdout, 'data'), ended]);
    // A program that is stopped gets nothing of the processor, while the clock goes on.
    for (let stop = 0; stop < 4; stop += 1) {
      child.kill('SIGSTOP');
      await wait(300);
      child.kill('SIGCONT');
      await wait(10);
    }
    child.kill('SIGTERM');
    const [code] = await ended;
    expect({ said, code }).toEqual({ said: '', code: 0 });
  } finally {
    child.kill('SIGKILL');
  }
});
