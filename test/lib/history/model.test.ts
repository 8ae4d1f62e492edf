import { describe, expect, it } from 'vitest';
import type { History, Turn } from '../../../lib/history/history.ts';
import { openHistory } from '../../../lib/history/open-history.ts';
import fc from '../../properties.ts';
import { drivers, newFile } from './drivers.ts';
import { turn } from './messages.ts';

/** What a caller may do, with the history of one driver or of the other, both on one file. */
const step = fc.record({
  driver: fc.constantFrom(0, 1),
  session: fc.constantFrom('a', 'b'),
  does: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ text: fc.string({ unit: 'grapheme' }), off: fc.constantFrom(0, 0, 0, -1, 1) }),
    },
    { weight: 1, arbitrary: fc.constantFrom('summarise', 'delete', 'reopen') },
  ),
});

describe('two histories on one file, one of each driver', () => {
  it('are at all times what was stored, whichever of them stored it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const file = newFile();
        const histories = await Promise.all(drivers.map((driver) => openHistory(file, { driver })));
        /** The sessions in the order of their last use, and the first words of each entry. */
        const model = new Map<string, string[]>();

        for (const { driver, session, does } of steps) {
          const history = histories[driver] as History;
          const entries = model.get(session) ?? [];
          const remember = (text: string) => {
            model.delete(session);
            model.set(session, [...entries, text]);
          };
          if (does === 'reopen') {
            await history.close();
            histories[driver] = await openHistory(file, { driver: drivers[driver] ?? 'node' });
          } else if (does === 'delete') {
            expect(await history.delete(session)).toBe(model.delete(session));
          } else if (does === 'summarise') {
            const summary = { summary: 'in short', coversTo: entries.length };
            if (entries.length === 0) continue;
            expect(await history.append(session, summary, entries.length)).toBe(entries.length + 1);
            remember('in short');
          } else {
            const appended = history.append(
              session,
              turn(does.text, 'ok'),
              Math.max(0, entries.length + does.off),
            );
            if (Math.max(0, entries.length + does.off) !== entries.length) {
              await expect(appended).rejects.toMatchObject({ kind: 'conflict' });
            } else {
              expect(await appended).toBe(entries.length + 1);
              remember(does.text);
            }
          }
        }

        for (const history of histories) {
          const listed = await history.sessions();
          expect(listed.map(({ sessionId }) => sessionId)).toEqual([...model.keys()].reverse());
          for (const [session, texts] of model) {
            const { entries, sequence } = await history.read(session);
            expect(sequence).toBe(texts.length);
            expect(entries.map((entry) => ('summary' in entry ? entry.summary : questionOf(entry)))).toEqual(
              texts,
            );
          }
          await history.close();
        }
      }),
      { numRuns: 25 },
    );
  });
});

function questionOf(entry: Turn): string | undefined {
  return entry.messages[0]?.content[0]?.text;
}
