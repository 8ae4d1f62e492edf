import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../../lib/history/open-history.ts';
import { isSummary, transcriptOf } from '../../../lib/history/transcript.ts';
import { drivers, newFile } from './drivers.ts';
import { turn } from './messages.ts';

/** As lib wrote it in November 2026, with tables of version 1; the program was killed in session `interrupted`. */
function fileOf(writer: string): string {
  const file = newFile('old.sqlite3');
  copyFileSync(join(import.meta.dirname, 'fixtures', `2026-11-${writer}.sqlite3`), file);
  return file;
}

describe.each(drivers.flatMap((writer) => drivers.map((driver) => [writer, driver] as const)))(
  'a file that an older version wrote through %s, opened through %s',
  (writer, driver) => {
    it('is read as it was written, and continued', async () => {
      const file = fileOf(writer);
      const history = await openHistory(file, { driver });

      const sessions = await history.sessions();
      expect(sessions.map(({ sessionId, turns }) => [sessionId, turns])).toEqual([
        ['interrupted', 0],
        ['tools', 1],
        ['pictures', 1],
        ['aiko', 3],
      ]);
      expect(sessions.at(-1)?.title).toBe('How do I say "good morning"? 🌅');

      const aiko = await history.read('aiko');
      expect(aiko.entries[0]).toMatchObject({
        sequence: 1,
        modelId: 'amazon.nova-micro-v1:0',
        stopReason: 'end_turn',
        usage: { inputTokens: 9, outputTokens: 7, totalTokens: 16 },
        costUsd: 0.000_001_3,
      });
      expect(aiko.entries.filter(isSummary)).toMatchObject([
        { summary: 'Aiko learnt two greetings.', coversTo: 2 },
      ]);
      expect(transcriptOf(aiko.entries)).toEqual({
        summary: 'Aiko learnt two greetings.',
        messages: turn('Thanks! half \ud83d, NUL \0', 'どういたしまして。').messages,
        unfinished: [],
      });

      const [picture, document] =
        transcriptOf((await history.read('pictures')).entries).messages[0]?.content.slice(1) ?? [];
      const bytes = picture?.image?.source?.bytes;
      expect(bytes?.length).toBe(70);
      expect([...(bytes?.slice(0, 4) ?? [])]).toEqual([0x89, 0x50, 0x4e, 0x47]);
      expect(Buffer.from(document?.document?.source?.bytes ?? []).toString()).toBe('a note');

      const tools = transcriptOf((await history.read('tools')).entries).messages;
      expect(tools.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
      expect(tools[2]?.content[0]?.toolResult).toMatchObject({
        toolUseId: 't1',
        content: [{ json: { time: '09:00' } }],
      });

      const interrupted = await history.read('interrupted');
      expect(interrupted.repairs).toEqual([expect.stringContaining('a tool call had no result')]);

      expect(await history.append('aiko', turn('One more?', 'もちろん。'), 4)).toBe(5);
      await history.close();
      for (const other of drivers) {
        const again = await openHistory(file, { driver: other });
        expect((await again.read('aiko')).entries.slice(0, 4)).toEqual(aiko.entries);
        expect((await again.read('aiko')).sequence).toBe(5);
        expect((await again.read('interrupted')).sequence).toBe(3);
        await again.close();
      }
    });
  },
);
