import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { History, Turn } from '../../../lib/history/history.ts';
import { openHistory } from '../../../lib/history/open-history.ts';
import { copyAllButLast, dropUnused } from '../../../lib/web/session-history.ts';

let history: History;
beforeEach(async () => {
  history = await openHistory(':memory:');
});
afterEach(() => history.close());

const turn = (question: string): Turn => ({
  messages: [
    { role: 'user', content: [{ text: question }] },
    { role: 'assistant', content: [{ text: `${question}!` }] },
  ],
  costUsd: 0.5,
});
const called: Turn = {
  messages: [
    { role: 'user', content: [{ text: 'weather' }] },
    { role: 'assistant', content: [{ toolUse: { toolUseId: 'one', name: 'get_weather', input: {} } }] },
  ],
  open: true,
};
const result: Turn = {
  messages: [{ role: 'user', content: [{ toolResult: { toolUseId: 'one', content: [{ text: 'rain' }] } }] }],
  open: true,
};
const answered: Turn = { messages: [{ role: 'assistant', content: [{ text: 'It rains.' }] }] };

async function store(...entries: Parameters<History['append']>[1][]): Promise<void> {
  let sequence = 0;
  for (const entry of entries) sequence = await history.append('old', entry, sequence);
}
const read = async (id: string) =>
  (await history.read(id)).entries.map(({ sequence: _, createdAt: __, ...entry }) => entry);

describe('a copy of a conversation', () => {
  it('has every turn but the last, and leaves the old one as it was', async () => {
    await store(turn('one'), turn('two'), turn('three'));
    expect(await copyAllButLast(history, 'old', 'new')).toBe(2);
    expect(await read('new')).toEqual([turn('one'), turn('two')]);
    expect(await read('old')).toHaveLength(3);
  });

  it('leaves out a turn with tools as a whole, and takes one over as a whole', async () => {
    await store(turn('one'), called, result, answered);
    expect(await copyAllButLast(history, 'old', 'new')).toBe(1);
    await history.append('old', turn('last'), 4);
    expect(await copyAllButLast(history, 'old', 'longer')).toBe(4);
    expect(await read('longer')).toEqual([turn('one'), called, result, answered]);
  });

  it('has no summary, which covers turns by their place', async () => {
    await store(turn('one'), { summary: 'One.', coversTo: 1 }, turn('two'));
    await copyAllButLast(history, 'old', 'new');
    expect(await read('new')).toEqual([turn('one')]);
  });

  it('goes away when nothing was said in it, and stays when something was', async () => {
    await store(turn('one'), turn('two'));
    const begunWith = await copyAllButLast(history, 'old', 'new');
    await copyAllButLast(history, 'old', 'used');
    await history.append('used', turn('else'), begunWith);
    await dropUnused(history, 'new', begunWith);
    await dropUnused(history, 'used', begunWith);
    await dropUnused(history, 'never', 0);
    const sessions = await history.sessions();
    expect(sessions.map(({ sessionId }) => sessionId).sort()).toEqual(['old', 'used']);
  });
});
