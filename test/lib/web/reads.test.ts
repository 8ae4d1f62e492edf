import { createClient, type History, openHistory } from 'lib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Chat, startChat } from '../../../lib/web/start-chat.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { appendTurns, turn } from '../history/messages.ts';
import { modelId, visit } from './visitor.ts';

const endpoint = useLocalBedrock();
let history: History;
let chat: Chat;
/** The sessions whose log was read, one a time. */
const reads: string[] = [];
/** How many entries each of them gave. */
const entriesRead: number[] = [];
/** What somebody else appends between a message's reading and its answer. */
let meanwhile: ((sessionId: string) => Promise<unknown>) | undefined;
beforeEach(async () => {
  reads.length = 0;
  entriesRead.length = 0;
  meanwhile = undefined;
  history = await openHistory(':memory:');
  chat = await startChat({
    client: createClient(clientFor(endpoint().url)),
    models: async () => [{ id: modelId, name: 'Nova Lite' }],
    history: {
      ...history,
      async read(sessionId, part) {
        reads.push(sessionId);
        const log = await history.read(sessionId, part);
        entriesRead.push(log.entries.length);
        await meanwhile?.(sessionId);
        return log;
      },
    },
  });
});
afterEach(async () => {
  await chat.close();
  await history.close();
});

it('a message in a conversation of 2,000 turns reads the log once, also when it is asked for another answer', async () => {
  const visitor = await visit(chat.url);
  const [begun] = await visitor.turn({ text: 'My name is Aiko.' });
  // Of a new conversation there is nothing to read.
  expect(reads).toEqual([]);
  const sessionId = String(begun?.sessionId);
  const name = await appendTurns(history, sessionId, 1_999, (number) => ({
    ...turn(`Question ${number}`, `Answer ${number}`),
    modelId,
  }));
  const told = await visitor.turn({ text: 'What is 2 + 2?', sessionId });
  expect(told.at(-1)).toMatchObject({ type: 'end', isKept: true, view: { question: 'What is 2 + 2?' } });
  expect(reads).toEqual([name]);
  const again = await visitor.turn({ text: 'What is 2 + 2?', sessionId, regenerate: true });
  expect(again.at(-1)).toMatchObject({ type: 'end', isKept: true, view: { earlier: { length: 1 } } });
  expect(reads).toEqual([name, name]);
  // The first message has made a summary: from then on what came before is not read.
  expect(entriesRead[0]).toBe(2_000);
  expect(entriesRead[1]).toBeLessThan(20);
  await visitor.read(`sessions/${sessionId}?last=40`);
  expect(entriesRead[2]).toBeLessThan(50);
});

it('a message whose conversation goes on elsewhere after it was read is refused, and the next one knows', async () => {
  const visitor = await visit(chat.url);
  const [begun] = await visitor.turn({ text: 'My name is Aiko.' });
  const sessionId = String(begun?.sessionId);
  meanwhile = async (name) => {
    meanwhile = undefined;
    await appendTurns(history, name, 1, () => turn('Here I am as well.', 'So I see.'));
  };
  const refused = await visitor.turn({ text: 'What is 2 + 2?', sessionId });
  expect(refused.at(-1)).toMatchObject({ type: 'error', kind: 'conflict' });
  const told = await visitor.turn({ text: 'What is 2 + 2?', sessionId });
  expect(told.at(-1)).toMatchObject({ type: 'end', isKept: true });
  const turns = await visitor.read(`sessions/${sessionId}`);
  expect(turns.map(({ question }: { question: string }) => question)).toEqual([
    'My name is Aiko.',
    'Here I am as well.',
    'What is 2 + 2?',
  ]);
});
