import { Conversation, createClient, type History, openHistory } from 'lib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HistoryEntry, Turn } from '../../../lib/history/history.ts';
import { branchOf, transcriptOf } from '../../../lib/history/transcript.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';

const endpoint = useLocalBedrock();
let history: History;
beforeEach(async () => {
  history = await openHistory(':memory:');
});
afterEach(() => history.close());

const said = (question: string, more: Partial<Turn> = {}): Turn => ({
  messages: [
    { role: 'user', content: [{ text: question }] },
    { role: 'assistant', content: [{ text: `${question}!` }] },
  ],
  ...more,
});
async function store(...entries: Parameters<History['append']>[1][]): Promise<readonly HistoryEntry[]> {
  let sequence = 0;
  for (const entry of entries) sequence = await history.append('s', entry, sequence);
  return (await history.read('s')).entries;
}
const numbers = (entries: readonly HistoryEntry[]) => branchOf(entries).map(({ sequence }) => sequence);

it('a turn takes the place of those from an entry on, more than once, also of several entries', async () => {
  const entries = await store(
    said('one'),
    said('two'),
    said('two, anew', { replaces: 2 }),
    said('three'),
    said('two, once more', { replaces: 3, open: true }),
    said('and its end'),
  );
  expect(numbers(entries)).toEqual([1, 5, 6]);
  const { messages } = transcriptOf(entries);
  expect(JSON.stringify(messages)).not.toContain('anew');
  expect(JSON.stringify(messages)).toContain('once more');
});

it('a summary that tells of what was replaced is not sent, and one that does not is', async () => {
  const before = [said('one'), said('two'), { summary: 'One.', coversTo: 1 }] as const;
  const told = await store(
    ...before,
    said('three'),
    { summary: 'Three.', coversTo: 4 },
    said('anew', { replaces: 4 }),
  );
  expect(numbers(told)).toEqual([1, 2, 3, 6]);
  expect(transcriptOf(told).summary).toBe('One.');
  await history.delete('s');
  const kept = await store(
    ...before.slice(0, 2),
    said('three'),
    { summary: 'One.', coversTo: 1 },
    said('anew', { replaces: 3 }),
  );
  expect(numbers(kept)).toEqual([1, 2, 4, 5]);
});

it.each([0, 2, 1.5, -1, '1'])('a turn cannot take the place of entry %s of one', async (replaces) => {
  await store(said('one'));
  await expect(history.append('s', said('two', { replaces: replaces as number }), 1)).rejects.toMatchObject({
    kind: 'request',
  });
});

it('a conversation that goes on is sent what stands now', async () => {
  await store(said('My name is Aiko.'), said('My name is Ken.', { replaces: 1 }));
  const client = createClient(clientFor(endpoint().url));
  const modelId = 'amazon.nova-lite-v1:0';
  const conversation = new Conversation({ client, modelId, history, sessionId: 's' });
  expect((await conversation.send('What is my name?')).text).toContain('Ken');
  expect(JSON.stringify(conversation.messages)).not.toContain('Aiko');
});
