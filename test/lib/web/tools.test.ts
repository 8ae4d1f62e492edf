import { createClient, tool } from 'lib';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Chat, type ChatOptions, startChat } from '../../../lib/web/start-chat.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { listen, modelId, visit } from './visitor.ts';

const endpoint = useLocalBedrock();
const booked: string[] = [];
let onWeather = () => {};
const city = z.string().describe('A city, such as Toronto');
const weatherTool = tool({
  name: 'get_weather',
  description: 'The weather in a city.',
  input: z.object({ city }),
  run: (input) => {
    onWeather();
    if (input.city === 'Atlantis') throw new Error('there is no such city');
    return { city: input.city, celsius: 21 };
  },
});
const bookTool = tool({
  name: 'book_train',
  description: 'Books a train ticket to a city. It costs money.',
  input: z.object({ city: z.string().describe('The city to go to') }),
  run: (input) => {
    booked.push(input.city);
    return `A ticket to ${input.city} is booked.`;
  },
});
const weather = 'What is the weather in Toronto?';
const booking = 'Please book a train to Berlin.';
let chat: Chat;
afterEach(async () => {
  booked.length = 0;
  onWeather = () => {};
  endpoint().clearFaults();
  await chat.close();
});

async function open(options: ChatOptions = {}) {
  chat = await startChat({
    client: createClient(clientFor(endpoint().url)),
    models: async () => [{ id: modelId, name: 'Nova Lite' }],
    tools: (askVisitor) => [weatherTool, { ...bookTool, approve: askVisitor }],
    ...options,
  });
  return await visit(chat.url);
}

/** A booking that waits for its visitor's decision. */
async function beginBooking(options: ChatOptions = {}) {
  const visitor = await open(options);
  const opened = await visitor.begin({ text: booking });
  const answer = listen(opened);
  const { question, digest } = await answer.until('ask');
  const { sessionId } = await answer.until('session');
  const decide = (isAllowed: unknown) =>
    visitor.post(`sessions/${sessionId}/approvals`, { question, digest, isAllowed });
  return { visitor, opened, answer, sessionId, question, digest, decide };
}

describe('a tool', () => {
  it('is shown as it is called and as it answers, between the words', async () => {
    const told = await (await open()).turn({ text: weather });
    const kinds = told.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
    expect(kinds).toEqual(['session', 'text', 'html', 'call', 'result', 'text', 'end']);
    const calls = told.filter(({ type }) => type === 'call');
    expect(calls[0]).toMatchObject({ name: 'get_weather' });
    expect(calls[1]).toMatchObject({ name: 'get_weather', input: '{\n  "city": "Toronto"\n}' });
    expect(new Set(calls.map(({ id }) => id)).size).toBe(1);
    expect(told.find(({ type }) => type === 'result')).toMatchObject({
      id: calls[0]?.id,
      text: '{"city":"Toronto","celsius":21}',
      isError: false,
    });
  });

  it('is shown the same when the conversation is opened again', async () => {
    const visitor = await open();
    const told = await visitor.turn({ text: weather });
    const turns = await visitor.read(`sessions/${told[0]?.sessionId}`);
    expect(turns).toEqual([told.at(-1)?.view]);
    expect(turns[0].parts.map(({ type }: { type: string }) => type)).toEqual(['text', 'step', 'text']);
  });

  it('that fails is shown with what the model was told', async () => {
    const told = await (await open()).turn({ text: 'What is the weather in Atlantis?' });
    expect(told.find(({ type }) => type === 'result')).toMatchObject({
      isError: true,
      text: expect.stringContaining('there is no such city'),
    });
    expect(told.at(-1)?.type).toBe('end');
  });

  it('of a turn that is asked again is shown with the answer that it belongs to', async () => {
    const visitor = await open();
    await visitor.turn({ text: weather });
    const [begun] = await visitor.turn({ text: weather });
    await visitor.turn({ text: weather, sessionId: begun?.sessionId, regenerate: true });
    const turns = await visitor.read(`sessions/${begun?.sessionId}`);
    expect(turns).toHaveLength(1);
    expect(turns[0].parts).toHaveLength(3);
    expect(turns[0].earlier).toMatchObject([{ parts: { length: 3 } }]);
  });

  it('that has run is kept with its result when the answer after it fails', async () => {
    const visitor = await open();
    onWeather = () => endpoint().fault('AccessDeniedException');
    const told = await visitor.turn({ text: weather });
    const end = told.at(-1);
    expect(end).toMatchObject({ type: 'error', kind: 'access-denied', view: { note: expect.any(String) } });
    const turns = await visitor.read(`sessions/${told[0]?.sessionId}`);
    expect(turns).toEqual([end?.view]);
    expect(turns[0].parts.at(-1)).toMatchObject({ name: 'get_weather', result: { isError: false } });
  });
});

describe('a tool with effects', () => {
  it('runs when its visitor allows it', async () => {
    const { answer, decide } = await beginBooking();
    expect(booked).toEqual([]);
    expect(await answer.until('ask')).toMatchObject({
      name: 'book_train',
      input: '{\n  "city": "Berlin"\n}',
    });
    expect((await decide(true)).status).toBe(204);
    await answer.until('end');
    expect(booked).toEqual(['Berlin']);
  });

  it.each([false, undefined, 'true', 1, null])('does not run when the decision is %s', async (decision) => {
    const { answer, decide } = await beginBooking();
    await decide(decision);
    expect(await answer.until('result')).toMatchObject({
      isError: true,
      text: expect.stringContaining('The visitor refused.'),
    });
    await answer.until('end');
    expect(booked).toEqual([]);
  });

  it('does not run when the visitor leaves, and the conversation says so', async () => {
    const { visitor, opened, sessionId, decide } = await beginBooking();
    opened.destroy();
    await expect.poll(async () => (await visitor.get(`sessions/${sessionId}`)).text).toContain('note');
    expect((await decide(true)).status).toBe(404);
    const [turn] = await visitor.read(`sessions/${sessionId}`);
    expect(turn.parts.at(-1).result.isError).toBe(true);
    expect(booked).toEqual([]);
  });

  it('does not run when nobody decides in time', async () => {
    const visitor = await open({ limits: { approvalMs: 20 } });
    const told = await visitor.turn({ text: booking });
    expect(told.find(({ type }) => type === 'result')?.text).toContain('Nobody answered in time.');
    expect(told.map(({ type }) => type)).toContain('asked');
    expect(booked).toEqual([]);
  });

  it('does not run when the turn is stopped; what was done by then is kept', async () => {
    const { visitor, answer, sessionId } = await beginBooking();
    await visitor.post(`sessions/${sessionId}/stop`);
    expect(await answer.until('error')).toMatchObject({ kind: 'aborted', view: { question: booking } });
    expect(booked).toEqual([]);
  });

  it('cannot be allowed by another visitor, from another page, or twice', async () => {
    const { answer, sessionId, question, digest, decide } = await beginBooking();
    const other = await visit(chat.url);
    const decision = { question, digest, isAllowed: true };
    expect((await other.post(`sessions/${sessionId}/approvals`, decision)).status).toBe(404);
    const foreign = await fetch(`${chat.url}sessions/${sessionId}/approvals`, {
      method: 'POST',
      headers: { origin: 'http://evil.example' },
      body: JSON.stringify(decision),
    });
    expect(foreign.status).toBe(403);
    await decide(false);
    await answer.until('end');
    expect((await decide(true)).status).toBe(404);
    expect(booked).toEqual([]);
  });

  it('leaves nothing waiting when the page is closed', async () => {
    const { answer } = await beginBooking();
    await chat.close();
    expect(booked).toEqual([]);
    expect(answer.told.map(({ type }) => type)).not.toContain('end');
  });
});

describe('somebody of your own who answers', () => {
  it('needs no history, and is shown all the same', async () => {
    const visitor = await open({
      createConversation: ({ sessionId }) => ({
        stream: (text) => ({
          async *[Symbol.asyncIterator]() {
            yield { type: 'text' as const, text };
          },
          reply: Promise.resolve({ text: `**${text}** in ${sessionId.length} characters` }),
        }),
      }),
    });
    const told = await visitor.turn({ text: 'Echo' });
    expect(told.at(-1)).toMatchObject({ type: 'end', isKept: false });
    expect(JSON.stringify(told.at(-1)?.view)).toContain('<strong>Echo</strong>');
    // The conversation goes on under the same name.
    const [again] = await visitor.turn({ text: 'Echo', sessionId: told[0]?.sessionId });
    expect(again?.sessionId).toBe(told[0]?.sessionId);
  });

  it('and throws is explained', async () => {
    const visitor = await open({
      createConversation: () => {
        throw new Error('no idea');
      },
    });
    expect((await visitor.turn({ text: 'Hello' })).at(-1)).toMatchObject({
      type: 'error',
      message: expect.stringContaining('no idea'),
    });
  });
});
