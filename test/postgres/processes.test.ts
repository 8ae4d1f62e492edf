import { setTimeout as delay } from 'node:timers/promises';
import { openHistory } from 'lib/history';
import { describe, expect, inject, it } from 'vitest';
import { expectNothingLost, startAppending } from '../lib/history/processes.ts';
import { runProcesses } from './three-processes.ts';

const url = inject('postgresUrl');
/** `KILLS=200 npm run test:postgres` takes some minutes. */
const kills = Number(process.env.KILLS ?? 15);

describe.skipIf(url === '')('several processes on one PostgreSQL', () => {
  it('answer 20 users who send 3 messages at once, each of them once and in order', async () => {
    expect(await runProcesses(url, 20, 3)).toEqual({
      answered: 60,
      conflicts: 0,
      calls: 60,
      stored: 60,
      outOfOrder: 0,
      seconds: expect.any(Number),
    });
  }, 180_000);

  it(
    `that are killed lose nothing that they had acknowledged, at any of ${kills} moments`,
    async () => {
      const session = `killed-${Date.now()}`;
      const acknowledged = new Map<number, string>();
      const history = await openHistory(url);
      for (let kill = 0; kill < kills; kill++) {
        const program = startAppending(url, 'node', session, `run${kill}`);
        await program.reached(kill % 4 === 0 ? 0 : 1);
        await delay(kill % 4 === 0 ? 40 + Math.random() * 400 : Math.random() * 25);
        program.child.kill('SIGKILL');
        expect(await program.ended()).toBe('');
        for (const [sequence, text] of program.acknowledged) acknowledged.set(sequence, text);
        const { entries, repairs } = await history.read(session);
        expect(repairs).toEqual([]);
        expectNothingLost(entries, acknowledged);
      }
      await history.close();
      expect(acknowledged.size).toBeGreaterThan(kills / 2);
      console.log(`${kills} kills, ${acknowledged.size} turns acknowledged, 0 lost`);
    },
    60_000 + kills * 20_000,
  );
});
