import { createClient, type History, openHistory } from 'lib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Chat, startChat } from '../../lib/web/start-chat.ts';
import { appendTurns, turn } from '../lib/history/messages.ts';
import { modelId, visit } from '../lib/web/visitor.ts';
import { clientFor, useLocalBedrock } from '../local-endpoint.ts';

const endpoint = useLocalBedrock();
let history: History;
let chat: Chat;
beforeEach(async () => {
  history = await openHistory(':memory:');
  chat = await startChat({
    client: createClient(clientFor(endpoint().url)),
    models: async () => [{ id: modelId, name: 'Nova Lite' }],
    limits: { turnsPerMinute: 1_000 },
    history,
  });
});
afterEach(async () => {
  await chat.close();
  await history.close();
});

const words = 'A sentence with **some** words in it, and a few more. '.repeat(4);

/** A visitor with a conversation of so many turns. */
async function longConversation(turns: number) {
  const visitor = await visit(chat.url);
  const [begun] = await visitor.turn({ text: 'My name is Aiko.' });
  const sessionId = String(begun?.sessionId);
  const name = await appendTurns(history, sessionId, turns - 1, (number) => ({
    ...turn(`Question ${number}`, `${words}${number}`),
    modelId,
  }));
  return { visitor, sessionId, name };
}

it('a conversation of 2,000 turns is opened at its end, answered, and answered anew', async () => {
  const { visitor, sessionId, name } = await longConversation(2_000);
  const part = await visitor.read(`sessions/${sessionId}?last=40`);
  expect(part).toMatchObject({ first: 1_960, turns: { length: 40 } });
  const earlier = await visitor.read(`sessions/${sessionId}?last=160&to=1960`);
  expect(earlier).toMatchObject({ first: 1_800, turns: { length: 160 } });
  const told = await visitor.turn({ text: 'What is 2 + 2?', sessionId });
  expect(told.at(-1)).toMatchObject({ type: 'end', isKept: true });
  // What is sent of it has a bound.
  expect(told.at(-1)).toMatchObject({
    usage: { totalTokens: expect.toSatisfy((tokens) => tokens < 40_000) },
  });
  const before = (await history.read(name)).entries.length;
  const again = await visitor.turn({ text: 'What is 2 + 2?', sessionId, regenerate: true });
  expect(again.at(-1)).toMatchObject({ type: 'end', isKept: true, view: { earlier: { length: 1 } } });
  expect(await history.sessions()).toHaveLength(1);
  // One entry more, whatever the length of the conversation.
  expect((await history.read(name)).entries).toHaveLength(before + 1);
});
