import { afterEach, beforeEach, expect, it } from 'vitest';
import type { History, Turn } from '../../../lib/history/history.ts';
import { openHistory } from '../../../lib/history/open-history.ts';
import { watchHistory } from '../../../lib/web/session-history.ts';

const turn: Turn = {
  messages: [
    { role: 'user', content: [{ text: 'Hello' }] },
    { role: 'assistant', content: [{ text: 'Hi' }] },
  ],
};
let history: History;
beforeEach(async () => {
  history = await openHistory(':memory:');
});
afterEach(() => history.close());

it('a watched history tells of the turns of one session once they are stored, and of nothing else', async () => {
  const seen: Turn[] = [];
  const watched = watchHistory(history, 'own', (entry) => void seen.push(entry));
  expect(await watched.append('own', turn, 0)).toBe(1);
  await watched.append('other', turn, 0);
  await watched.append('own', { summary: 'A greeting.', coversTo: 1 }, 1);
  // Somebody else was faster: nothing is stored.
  await expect(watched.append('own', turn, 1)).rejects.toThrow();
  expect(seen).toEqual([turn]);
  expect((await watched.read('own')).sequence).toBe(2);
  expect(await watched.sessions()).toHaveLength(2);
  expect(await watched.delete('other')).toBe(true);
});

it('closing a watched history leaves the one behind it open', async () => {
  await watchHistory(history, 'own', () => undefined).close();
  expect(await history.append('own', turn, 0)).toBe(1);
});
