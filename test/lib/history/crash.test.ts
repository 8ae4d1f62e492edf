import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../../lib/history/open-history.ts';
import { drivers, newFile } from './drivers.ts';
import { expectNothingLost, startAppending } from './processes.ts';

const kills = 22;

describe.each(drivers)('a program that appends with %s and is killed', (driver) => {
  it(`loses nothing that it had acknowledged, at any of ${kills} moments`, async () => {
    const file = newFile();
    const first = startAppending(file, driver, 's', 'whole', 1);
    expect(await first.ended()).toBe('');
    const acknowledged = new Map(first.acknowledged);
    for (let kill = 0; kill < kills; kill++) {
      const program = startAppending(file, driver, 's', `run${kill}`);
      // Some moments in the first turn, most in the middle of many.
      await program.reached(kill % 4 === 0 ? 0 : 1);
      await delay(kill % 4 === 0 ? 40 + Math.random() * 60 : Math.random() * 25);
      program.child.kill('SIGKILL');
      expect(await program.ended()).toBe('');
      for (const [sequence, text] of program.acknowledged) acknowledged.set(sequence, text);

      const history = await openHistory(file, { driver: drivers[kill % 2] ?? 'node' });
      const { entries, repairs } = await history.read('s');
      await history.close();
      expect(repairs).toEqual([]);
      expectNothingLost(entries, acknowledged);
    }
    expect(acknowledged.size).toBeGreaterThan((kills * 2) / 3);
    // A journal that its program had not begun to fill stays until somebody writes: then nothing is left beside the file.
    const last = startAppending(file, driver, 's', 'last', 1);
    expect(await last.ended()).toBe('');
    const beside = readdirSync(dirname(file)).sort();
    expect(beside).toEqual([basename(file)]);
  });
});
