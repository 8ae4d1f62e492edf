import { describe, expect, it, onTestFinished } from 'vitest';
import type { History, HistoryEntry, LogPart, Summary, Turn } from '../../../lib/history/history.ts';
import { partOf, standingTurns } from '../../../lib/history/log-part.ts';
import { openHistory } from '../../../lib/history/open-history.ts';
import { branchOf, transcriptOf } from '../../../lib/history/transcript.ts';
import fc from '../../properties.ts';
import { drivers } from './drivers.ts';
import { toolCall, turn, user } from './messages.ts';

/** How the next entry of a log is made: `back` says how far it reaches, where it reaches back. */
const step = fc.record({
  kind: fc.constantFrom('turn', 'turn', 'open', 'waiting', 'repair', 'summary', 'anew'),
  back: fc.nat({ max: 12 }),
});
type Step = typeof step extends fc.Arbitrary<infer Made> ? Made : never;

/** A log that somebody may have appended, step by step. */
function logOf(steps: readonly Step[]): readonly HistoryEntry[] {
  const log: HistoryEntry[] = [];
  for (const { kind, back } of steps) {
    const sequence = log.length + 1;
    const last = log.findLast((entry): entry is HistoryEntry & Turn => !('summary' in entry));
    const isOpen = last?.open === true;
    let entry: Turn | Summary = turn(`q${sequence}`, 'a');
    if (kind === 'open') entry = { ...entry, open: true };
    if (kind === 'waiting') entry = { ...entry, waiting: true };
    if (kind === 'repair' && last !== undefined && !isOpen)
      entry = { messages: [], repair: 'It was cut off.' };
    if (kind === 'anew' && log.length > 0) entry = { ...entry, replaces: Math.max(1, log.length - back) };
    if (kind === 'summary') {
      const coversTo = log.length - back;
      const covered = log.slice(0, Math.max(0, coversTo)).findLast((one) => !('summary' in one));
      const isInside = covered === undefined || ('open' in covered && covered.open === true);
      if (!isInside) entry = { summary: `up to ${coversTo}`, coversTo };
    }
    log.push({ ...entry, sequence, createdAt: '2026-11-30T00:00:00.000Z' });
  }
  return log;
}

/** What a store does: it reads the last entries, one more each time, until that is enough. */
function read(log: readonly HistoryEntry[], part: LogPart): readonly HistoryEntry[] {
  for (let count = 1; count < log.length; count++) {
    const found = partOf(log.slice(-count), part);
    if (found) return found;
  }
  return partOf(log, part) ?? [];
}

describe('the end of a log', () => {
  it('has the same last turns as all of it, with those that they replace', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 6 }), (steps, turns) => {
        const log = logOf(steps);
        const part = read(log, { turns });
        expect(standingTurns(part).slice(-turns)).toEqual(standingTurns(log).slice(-turns));
      }),
    );
  });

  it('is read on before it, and nothing is missing and nothing twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 6 }), (steps, turns) => {
        const log = logOf(steps);
        const shown: unknown[] = [];
        for (let rest = log; rest.length > 0; ) {
          const part = read(rest, { turns });
          shown.unshift(...standingTurns(part));
          rest = rest.slice(0, (part[0]?.sequence ?? 1) - 1);
        }
        expect(shown).toEqual(standingTurns(log));
      }),
    );
  });

  it('since the last summary is sent as all of it would be, also without the last turn', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const log = logOf(steps);
        const part = read(log, { sinceSummary: true });
        expect(transcriptOf(part)).toEqual(transcriptOf(log));
        const last = standingTurns(log).at(-1)?.turn[0]?.sequence ?? 0;
        const withoutLast = (entries: readonly HistoryEntry[]) =>
          transcriptOf(branchOf(entries).filter(({ sequence }) => sequence < last));
        expect(withoutLast(part)).toEqual(withoutLast(log));
      }),
      { numRuns: 500 },
    );
  });
});

describe.each(drivers)('a long conversation, with %s', (driver) => {
  async function longOne(turns: number): Promise<History> {
    const history = await openHistory(':memory:', { driver });
    onTestFinished(() => history.close());
    for (let number = 0; number < turns; number++) await history.append('s', turn(`q${number}`, 'a'), number);
    return history;
  }
  const numbers = async (history: History, part: LogPart) => {
    const { entries } = await history.read('s', part);
    return [entries[0]?.sequence, entries.at(-1)?.sequence];
  };

  it('is read as far as it is asked for, and no further', async () => {
    const history = await longOne(200);
    expect(await numbers(history, { turns: 3 })).toEqual([198, 200]);
    expect(await numbers(history, { turns: 3, before: 101 })).toEqual([98, 100]);
    expect(await numbers(history, { turns: 3, before: 1_000_000_000_000 })).toEqual([198, 200]);
    await history.append('s', { summary: 'Many.', coversTo: 190 }, 200);
    await history.append('s', turn('q', 'a'), 201);
    expect(await numbers(history, { sinceSummary: true })).toEqual([191, 202]);
  });

  it('whose last turn a crash has left open is repaired by whoever reads its end, and not its beginning', async () => {
    const history = await longOne(50);
    const gone = { messages: [user('q'), toolCall('t')] };
    await history.append('s', gone, 50);
    expect((await history.read('s', { turns: 1, before: 51 })).repairs).toEqual([]);
    const { entries, repairs, sequence } = await history.read('s', { turns: 1 });
    expect([entries.length, repairs.length, sequence]).toEqual([2, 1, 52]);
    expect((await history.read('s')).sequence).toBe(52);
  });

  it.each([{ turns: 0 }, { turns: 1.5 }, { before: -1 }, { sinceSummary: 'yes' }])(
    'has no part %j',
    async (part) => {
      const history = await longOne(1);
      await expect(history.read('s', part as LogPart)).rejects.toMatchObject({ kind: 'request' });
    },
  );
});
