import { describe, expect, it } from 'vitest';
import { openHistory } from '../../../lib/history/open-history.ts';
import { drivers, newFile } from './drivers.ts';
import { turn } from './messages.ts';
import { expectNothingLost, startAppending } from './processes.ts';

const pairs = [
  ['sql.js', 'sql.js'],
  ['node', 'node'],
  ['sql.js', 'node'],
  ['node', 'sql.js'],
] as const;

describe.each(pairs)('one file, %s beside %s', (first, second) => {
  it('two programs that write to one session lose nothing', async () => {
    const file = newFile();
    const programs = [
      startAppending(file, first, 's', 'first', 20),
      startAppending(file, second, 's', 'second', 20),
    ];
    for (const program of programs) expect(await program.ended()).toBe('');
    const acknowledged = new Map(programs.flatMap((program) => [...program.acknowledged]));
    expect(acknowledged.size).toBe(40);

    for (const driver of drivers) {
      const history = await openHistory(file, { driver });
      const { entries } = await history.read('s');
      await history.close();
      expect(entries).toHaveLength(40);
      expectNothingLost(entries, acknowledged);
    }
  });

  it('two programs that write to sessions of their own never see a conflict', async () => {
    const file = newFile();
    const one = await openHistory(file, { driver: first });
    const other = await openHistory(file, { driver: second });
    await Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        await one.append('one', turn(`q${n}`, 'a'), n);
        await other.append('other', turn(`q${n}`, 'a'), n);
      }),
    );
    for (const history of [one, other]) {
      expect((await history.read('one')).sequence).toBe(10);
      expect((await history.read('other')).sequence).toBe(10);
      await history.close();
    }
  });

  it('two histories in one program see at once what the other has stored', async () => {
    const file = newFile();
    const one = await openHistory(file, { driver: first });
    const other = await openHistory(file, { driver: second });
    await one.append('s', turn('from one', 'a'), 0);
    await expect(other.append('s', turn('stale', 'b'), 0)).rejects.toMatchObject({ kind: 'conflict' });
    expect((await other.read('s')).sequence).toBe(1);
    await other.append('s', turn('from the other', 'b'), 1);
    expect((await one.read('s')).sequence).toBe(2);
    expect((await one.sessions()).map((session) => session.sessionId)).toEqual(['s']);
    await other.delete('s');
    expect((await one.read('s')).sequence).toBe(0);
    await Promise.all([one.close(), other.close()]);
  });
});
