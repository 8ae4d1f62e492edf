import { describe, expect, it } from 'vitest';
import type { History, HistoryEntry, Turn } from '../../../lib/history/history.ts';
import { assistant, toolCall, turn, user } from './messages.ts';

/**
 * What every `History` does, wherever it keeps its entries. `open` gives a new, empty one; closing it is the caller's.
 */
export function historyConformance(name: string, open: () => Promise<History>): void {
  describe(name, () => {
    it('gives back what was stored, in order, numbered from 1', async () => {
      const history = await open();
      const first: Turn = {
        ...turn('Hello', 'Konnichiwa'),
        modelId: 'amazon.nova-micro-v1:0',
        stopReason: 'end_turn',
        usage: { inputTokens: 3, outputTokens: 5, totalTokens: 8, cacheReadInputTokens: 1 },
        costUsd: 0.000_01,
      };
      expect(await history.append('anna', first, 0)).toBe(1);
      expect(await history.append('anna', turn('Thanks', 'Arigatou'), 1)).toBe(2);

      const log = await history.read('anna');

      expect(log.sequence).toBe(2);
      expect(log.repairs).toEqual([]);
      expect(log.entries.map(withoutTime)).toEqual([
        { ...first, sequence: 1 },
        { ...turn('Thanks', 'Arigatou'), sequence: 2 },
      ]);
      for (const { createdAt } of log.entries) expect(new Date(createdAt).toISOString()).toBe(createdAt);
    });

    it('has no entries for a session that does not exist, and does not make it by reading', async () => {
      const history = await open();
      expect(await history.read('nobody')).toEqual({ entries: [], sequence: 0, repairs: [] });
      expect(await history.sessions()).toEqual([]);
    });

    it('keeps bytes, unknown kinds of blocks and awkward text as they are', async () => {
      const history = await open();
      const messages = [
        {
          role: 'user',
          content: [
            { text: 'quote \' " back\\slash NUL \0 newline \n emoji 👩‍🚀 half \ud83d end' },
            { image: { format: 'png', source: { bytes: new Uint8Array([0, 255, 128, 10]) } } },
            { document: { format: 'txt', name: 'a', source: { bytes: Buffer.from('buffer') } } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { somethingNew: { deep: [{ bytes: new Uint8Array() }, null, 1.5, { $bytes: 'not bytes' }] } },
            { toolUse: { toolUseId: 'a', name: 'b', input: { $$bytes: 1, __proto__: null } } },
            { text: '' },
          ],
        },
        { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ json: {} }] } }] },
        { role: 'assistant', content: [] },
      ] as unknown as Turn['messages'];

      await history.append('s', { messages }, 0);

      const [entry] = (await history.read('s')).entries;
      expect((entry as Turn).messages).toEqual(expectedMessages(messages));
    });

    it('refuses an entry that does not follow the last one, stores nothing and says to read again', async () => {
      const history = await open();
      await history.append('s', turn('one', '1'), 0);
      for (const expected of [0, 2, 7]) {
        await expect(history.append('s', turn('two', '2'), expected)).rejects.toMatchObject({
          kind: 'conflict',
          message: expect.stringContaining('Session "s" has 1 entr'),
          hint: expect.stringContaining('Read the session again'),
        });
      }
      await expect(history.append('new', turn('x', 'y'), 1)).rejects.toMatchObject({ kind: 'conflict' });
      expect((await history.read('s')).sequence).toBe(1);
      expect((await history.sessions()).map((session) => session.sessionId)).toEqual(['s']);
    });

    it('lets exactly one of many simultaneous appends through', async () => {
      const history = await open();
      const attempts = Array.from({ length: 8 }, (_, n) => history.append('s', turn(`q${n}`, 'a'), 0));
      const outcomes = await Promise.allSettled(attempts);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const { entries } = await history.read('s');
      const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
      expect(entries.map(withoutTime)).toEqual([{ ...turn(`q${winner}`, 'a'), sequence: 1 }]);
    });

    it('keeps a summary as an entry beside those it covers', async () => {
      const history = await open();
      await history.append('s', turn('one', '1'), 0);
      await history.append('s', { summary: 'We counted.', coversTo: 1, costUsd: 0.1 }, 1);
      expect((await history.read('s')).entries.map(withoutTime)).toEqual([
        { ...turn('one', '1'), sequence: 1 },
        { summary: 'We counted.', coversTo: 1, costUsd: 0.1, sequence: 2 },
      ]);
    });

    it.each([
      ['an empty session id', '', turn('a', 'b'), 0, 'no id'],
      ['a session id with a NUL', 'a\0b', turn('a', 'b'), 0, 'cannot be stored'],
      ['half a character as session id', '\ud83d', turn('a', 'b'), 0, 'cannot be stored'],
      ['a sequence number that is none', 's', turn('a', 'b'), -1, 'sequence number'],
      ['no entry', 's', undefined, 0, 'neither a turn nor a summary'],
      ['a turn without messages', 's', { messages: [] }, 0, 'no messages'],
      ['a message without content', 's', { messages: [{ role: 'user' }] }, 0, 'neither a turn'],
      ['a system message', 's', { messages: [{ role: 'system', content: [] }] }, 0, 'neither a turn'],
      ['a blank summary', 's', { summary: ' \n', coversTo: 0 }, 0, 'summary is empty'],
      ['a summary of what is not there', 's', { summary: 'x', coversTo: 1 }, 0, 'up to 1'],
      ['what JSON cannot hold', 's', { messages: [{ role: 'user', content: [{ text: 1n }] }] }, 0, 'stored'],
    ])('refuses %s and stores nothing', async (_what, sessionId, entry, expected, text) => {
      const history = await open();
      await expect(history.append(sessionId, entry as never, expected)).rejects.toMatchObject({
        kind: 'request',
        message: expect.stringContaining(text),
        hint: expect.stringMatching(/\w{3}/),
      });
      expect(await history.sessions()).toEqual([]);
    });

    it('lists the sessions, the one used last first, with their first words as title', async () => {
      const history = await open();
      await history.append('a', { messages: [user('  How do\n I ask for\tthe way?  '), assistant('…')] }, 0);
      await history.append('b', turn('あ'.repeat(100), 'long'), 0);
      await history.append('c', { messages: [assistant('Only I speak.')] }, 0);
      await history.append('a', turn('And back?', '…'), 1);

      const sessions = await history.sessions();

      expect(sessions.map(({ sessionId, turns, title }) => ({ sessionId, turns, title }))).toEqual([
        { sessionId: 'a', turns: 2, title: 'How do I ask for the way?' },
        { sessionId: 'c', turns: 1, title: '' },
        { sessionId: 'b', turns: 1, title: `${'あ'.repeat(79)}…` },
      ]);
      for (const { createdAt, updatedAt } of sessions) expect(createdAt <= updatedAt).toBe(true);
    });

    it('deletes a session whole, and only that one; its name can be used again', async () => {
      const history = await open();
      await history.append('a', turn('one', '1'), 0);
      await history.append('a', turn('two', '2'), 1);
      await history.append('b', turn('three', '3'), 0);

      expect(await history.delete('a')).toBe(true);
      expect(await history.delete('a')).toBe(false);

      expect((await history.read('a')).sequence).toBe(0);
      expect((await history.read('b')).sequence).toBe(1);
      await expect(history.append('a', turn('four', '4'), 2)).rejects.toMatchObject({ kind: 'conflict' });
      expect(await history.append('a', turn('four', '4'), 0)).toBe(1);
    });

    it('takes a turn in parts, and repairs none of them while it is in the middle of it', async () => {
      const history = await open();
      await history.append('s', { messages: [user('What time is it?')], open: true }, 0);
      await history.append('s', { messages: [toolCall('t1')], open: true }, 1);

      const log = await history.read('s');

      expect(log.repairs).toEqual([]);
      expect(log.sequence).toBe(2);
      expect(log.entries.map((entry) => 'open' in entry && entry.open)).toEqual([true, true]);
      await expect(history.append('s', { summary: 'x', coversTo: 2 }, 2)).rejects.toMatchObject({
        kind: 'request',
        message: expect.stringContaining('end inside a turn'),
      });
    });

    it('waits for what is under way when it is closed, may be closed twice, and then says so', async () => {
      const history = await open();
      const append = history.append('s', turn('a', 'b'), 0);
      await Promise.all([history.close(), history.close()]);
      expect(await append).toBe(1);
      await expect(history.read('s')).rejects.toMatchObject({
        kind: 'file',
        message: expect.stringContaining('was closed'),
        hint: expect.stringContaining('Open it again'),
      });
      await history.close();
    });
  });
}

export function withoutTime({ createdAt: _, ...entry }: HistoryEntry): Record<string, unknown> {
  return entry;
}

/** As stored: a Buffer comes back as the Uint8Array that it is. */
function expectedMessages(messages: unknown): unknown {
  if (messages instanceof Uint8Array) return new Uint8Array(messages);
  if (Array.isArray(messages)) return messages.map(expectedMessages);
  if (typeof messages !== 'object' || messages === null) return messages;
  return Object.fromEntries(Object.entries(messages).map(([key, value]) => [key, expectedMessages(value)]));
}
