import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../../../lib/call/client.ts';
import { openHistory } from '../../../lib/history/open-history.ts';
import { type Chat, startChat } from '../../../lib/web/start-chat.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { listen, startChatAt, visit } from './visitor.ts';

const endpoint = useLocalBedrock();
let chat: Chat;
let visitor: Awaited<ReturnType<typeof visit>>;
beforeEach(async () => {
  chat = await startChatAt(endpoint().url);
  visitor = await visit(chat.url);
});
afterEach(async () => {
  endpoint().clearFaults();
  await chat.close();
});

/** A session of two turns. */
async function twoTurns(): Promise<string> {
  const [begun] = await visitor.turn({ text: 'My name is Aiko.' });
  const sessionId = String(begun?.sessionId);
  await visitor.turn({ text: 'What is my name?', sessionId });
  return sessionId;
}

describe('another answer', () => {
  it('takes the place of the old one in its conversation, which keeps it', async () => {
    const sessionId = await twoTurns();
    const [first, old] = await visitor.read(`sessions/${sessionId}`);
    for (const count of [1, 2]) {
      const told = await visitor.turn({ text: 'What is my name?', sessionId, regenerate: true });
      expect(told[0]?.sessionId).toBe(sessionId);
      const turns = await visitor.read(`sessions/${sessionId}`);
      expect(turns).toEqual([first, told.at(-1)?.view]);
      expect(turns[1].earlier).toHaveLength(count);
      expect(turns[1].earlier[0]).toEqual(old);
      // The model is not told of answers that others have taken the place of.
      expect(endpoint().requests().at(-1)?.body).toMatchObject({ messages: { length: 3 } });
    }
    expect(await visitor.read('sessions')).toHaveLength(1);
  });

  it.each(['AccessDeniedException', 'cut:after=2', 'ValidationException'])(
    'that fails (%s) leaves the old one as it was',
    async (fault) => {
      const sessionId = await twoTurns();
      const before = await visitor.read(`sessions/${sessionId}`);
      endpoint().fault(fault);
      const told = await visitor.turn({ text: 'What is my name?', sessionId, regenerate: true });
      expect(told.at(-1)?.type).toBe('error');
      expect(await visitor.read(`sessions/${sessionId}`)).toEqual(before);
      const sessions = await visitor.read('sessions');
      expect(sessions.map((one: { sessionId: string }) => one.sessionId)).toEqual([sessionId]);
    },
  );

  it('to the only question of a conversation can fail as well', async () => {
    const [begun] = await visitor.turn({ text: 'My name is Aiko.' });
    const sessionId = begun?.sessionId;
    endpoint().fault('AccessDeniedException');
    await visitor.turn({ text: 'My name is Aiko.', sessionId, regenerate: true });
    expect(await visitor.read('sessions')).toMatchObject([{ sessionId, turns: 1 }]);
  });
});

describe('a turn that failed', () => {
  it('can be asked again in its conversation, also when it was the first', async () => {
    endpoint().fault('AccessDeniedException');
    const [begun, failed] = await visitor.turn({ text: 'My name is Aiko.' });
    expect(failed).toMatchObject({ type: 'error', kind: 'access-denied', hint: expect.any(String) });
    expect(failed).not.toHaveProperty('view');
    const told = await visitor.turn({ text: 'My name is Aiko.', sessionId: begun?.sessionId });
    expect(told[0]?.sessionId).toBe(begun?.sessionId);
    expect(await visitor.read(`sessions/${begun?.sessionId}`)).toHaveLength(1);
  });
});

describe('a stop', () => {
  it('ends the call to Bedrock, and the answer tells that nothing of it is kept', async () => {
    endpoint().fault('slow:ms=1000');
    const answer = listen(await visitor.begin({ text: 'Tell me about rain.' }));
    const { sessionId } = await answer.until('session');
    await answer.until('text');
    expect((await visitor.post(`sessions/${sessionId}/stop`)).status).toBe(204);
    expect(await answer.until('error')).toMatchObject({ kind: 'aborted' });
    await expect.poll(() => endpoint().requests().at(-1)?.ended).toBe('client left');
    expect((await visitor.get(`sessions/${sessionId}`)).status).toBe(404);
  });

  it('of nothing is refused, and so is one of another visitor’s answer', async () => {
    endpoint().fault('slow:ms=1000');
    const opened = await visitor.begin({ text: 'Tell me about rain.' });
    const { sessionId } = await listen(opened).until('session');
    const other = await visit(chat.url);
    expect((await other.post(`sessions/${sessionId}/stop`)).status).toBe(404);
    expect((await visitor.post('sessions/any/stop')).status).toBe(404);
    opened.destroy();
  });
});

describe('a page that does not show the last turns', () => {
  it('neither goes on with the conversation nor asks anew in it, and nothing is sent', async () => {
    const sessionId = await twoTurns();
    const before = endpoint().requests().length;
    for (const more of [{}, { regenerate: true }]) {
      const refused = await visitor.say({ text: 'My name is Aiko.', sessionId, lastTurn: 1, ...more });
      expect(refused.status).toBe(409);
      expect(JSON.parse(refused.text)).toMatchObject({ hasGoneOn: true });
    }
    expect(endpoint().requests()).toHaveLength(before);
    const told = await visitor.turn({ text: 'What is my name?', sessionId, lastTurn: 2 });
    expect(told.at(-1)).toMatchObject({ type: 'end', isKept: true, lastTurn: 3 });
  });

  it('is told that somewhere else the last answer was asked for anew', async () => {
    const sessionId = await twoTurns();
    const ask = { text: 'What is my name?', sessionId, lastTurn: 2 };
    const anew = await visitor.turn({ ...ask, regenerate: true });
    expect(anew.at(-1)).toMatchObject({ type: 'end', isKept: true, lastTurn: 3 });
    const refused = await visitor.say(ask);
    expect(JSON.parse(refused.text)).toMatchObject({ hasGoneOn: true });
  });
});

describe('a model that thinks before it answers', () => {
  const thinker = 'openai.gpt-oss-20b-1:0';
  const offered = (maxTokens = 1_000) =>
    startChat({
      client: createClient(clientFor(endpoint().url)),
      models: async () => [{ id: thinker, name: 'gpt-oss' }],
      maxTokens,
    });

  it('is said to think, once, and its words follow', async () => {
    const own = await offered();
    const told = await (await visit(own.url)).turn({ text: 'What is 17 + 25?', modelId: thinker });
    await own.close();
    expect(told.slice(0, 3).map(({ type }) => type)).toEqual(['session', 'thinking', 'text']);
    expect(told.at(-1)).toMatchObject({ view: { parts: [{ text: '17 + 25 = 42' }] } });
  });

  it('until no length is left has a note in place of an answer, also later', async () => {
    const own = await offered(15);
    const reader = await visit(own.url);
    const told = await reader.turn({ text: 'What is 17 + 25?', modelId: thinker });
    const [view] = await reader.read(`sessions/${told[0]?.sessionId}`);
    await own.close();
    expect(view).toMatchObject({ parts: [], note: expect.stringContaining('still thinking') });
    expect(told.at(-1)?.view).toEqual(view);
  });
});

describe('a visitor', () => {
  it('is never named to a script: conversations are called by the half that is no secret', async () => {
    const sessionId = await twoTurns();
    const name = visitor.cookie.split('=')[1] ?? 'none';
    for (const path of ['', 'sessions', `sessions/${sessionId}`, 'models'])
      expect((await visitor.get(path)).text).not.toContain(name);
    expect(JSON.stringify(await visitor.turn({ text: 'Hello', sessionId }))).not.toContain(name);
  });

  it('reaches no conversation of another by naming it whole', async () => {
    const sessionId = await twoTurns();
    const other = await visit(chat.url);
    const name = visitor.cookie.split('=')[1];
    for (const id of [sessionId, `${name}.${sessionId}`, '%2e%2e%2fsessions'])
      expect((await other.get(`sessions/${id}`)).status, id).toBe(404);
    const asked = await other.say({ text: 'And?', sessionId });
    expect(asked.status).toBe(404);
  });
});

it('a history that was given stays open, and has what was said', async () => {
  const history = await openHistory(':memory:');
  const own = await startChatAt(endpoint().url, { history });
  await (await visit(own.url)).turn({ text: 'My name is Aiko.' });
  await own.close();
  await own.close();
  expect(await history.sessions()).toMatchObject([{ title: 'My name is Aiko.', turns: 1 }]);
  await history.close();
});
