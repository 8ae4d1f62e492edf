import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../../lib/call/client.ts';
import { Conversation } from '../../../lib/converse/conversation.ts';
import { type Chat, startChat } from '../../../lib/web/start-chat.ts';
import type { TurnView } from '../../../lib/web/turn-view.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { interrupt, runInterruptible } from '../cells.ts';

const endpoint = useLocalBedrock();
const modelId = 'amazon.nova-lite-v1:0';
let chat: Chat;

beforeAll(async () => {
  chat = await startChat({
    models: async () => [{ id: modelId, name: 'Nova Lite' }],
    createConversation: (request) =>
      new Conversation({ client: createClient(clientFor(endpoint().url)), ...request }),
    limits: { bodyBytes: 2_000 },
  });
});
afterAll(() => chat?.close());

async function visit(): Promise<string> {
  const response = await fetch(chat.url);
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
}

function post(cookie: string, body: object, origin = new URL(chat.url).origin): Promise<Response> {
  const headers = { cookie, origin, 'content-type': 'application/json' };
  return fetch(`${chat.url}turns`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function turn(cookie: string, body: object) {
  const lines = (await (await post(cookie, { modelId, ...body })).text())
    .split('\n\n')
    .filter((line) => line);
  return lines.map((line) => JSON.parse(line.replace('data: ', '')));
}

async function readSession(cookie: string, sessionId: string): Promise<TurnView[]> {
  const response = await fetch(`${chat.url}sessions/${sessionId}`, { headers: { cookie } });
  return (await response.json()) as TurnView[];
}

describe('the chat page', () => {
  it('is refused without its key and from another origin', async () => {
    const { origin } = new URL(chat.url);
    for (const path of ['/', '/chat.js', '/wrong/', '/wrong/sessions'])
      expect((await fetch(origin + path)).status).toBe(404);
    expect((await post(await visit(), { text: 'Hello', modelId }, 'http://evil.example')).status).toBe(403);
  });

  it('comes with a policy that runs nothing but its own script', async () => {
    const response = await fetch(chat.url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'",
    );
  });

  it('streams an answer, keeps the turn, and goes on with the session', async () => {
    const cookie = await visit();
    const first = await turn(cookie, { text: 'My name is Aiko.' });
    expect(first.filter(({ type }) => type === 'text').length).toBeGreaterThan(1);
    expect(first.at(-1)).toMatchObject({ type: 'end', usage: { totalTokens: expect.any(Number) } });
    const { sessionId } = first[0];
    await turn(cookie, { text: 'What is my name?', sessionId });
    const stored = await readSession(cookie, sessionId);
    expect(stored.map(({ question }) => question)).toEqual(['My name is Aiko.', 'What is my name?']);
    expect(stored[1]?.parts).toMatchObject([{ type: 'text', text: expect.stringContaining('Aiko') }]);
    expect(stored[1]?.about).toMatch(/^Nova Lite · \d+ tokens · \$0\.0/);
    expect(first.at(-1).view).toEqual(stored[0]);
    const [other] = await turn(cookie, { text: 'What is my name?', sessionId, regenerate: true });
    expect(other.sessionId).toBe(sessionId);
    expect(await readSession(cookie, sessionId)).toMatchObject([stored[0], { earlier: [stored[1]] }]);
  });

  it('shows no visitor the conversation of another', async () => {
    const [one, other] = [await visit(), await visit()];
    const [{ sessionId }] = await turn(one, { text: 'A secret' });
    expect(await (await fetch(`${chat.url}sessions`, { headers: { cookie: other } })).json()).toEqual([]);
    expect((await fetch(`${chat.url}sessions/${sessionId}`, { headers: { cookie: other } })).status).toBe(
      404,
    );
    expect((await post(other, { text: 'Go on', modelId, sessionId })).status).toBe(404);
  });

  it('goes on when the cell that serves it was stopped', async () => {
    const served = await runInterruptible(() =>
      startChat({
        client: createClient(clientFor(endpoint().url)),
        models: async () => [{ id: modelId, name: 'N' }],
      }),
    );
    const { origin } = new URL(served.url);
    interrupt();
    const answer = await fetch(`${served.url}turns`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ modelId, text: 'What is 17 + 25?' }),
    });
    const text = await answer.text();
    await served.close();
    expect(text).toContain('42');
    expect(text).not.toContain('"error"');
  });

  it('refuses a long body, a blank message and a model that is not on the list', async () => {
    const cookie = await visit();
    expect((await post(cookie, { text: 'x'.repeat(3_000), modelId })).status).toBe(413);
    expect((await post(cookie, { text: ' ', modelId })).status).toBe(400);
    expect((await post(cookie, { text: 'Hello', modelId: 'other' })).status).toBe(400);
  });

  it('tells of a failed call, and keeps nothing of it', async () => {
    endpoint().fault('AccessDeniedException');
    const cookie = await visit();
    expect((await turn(cookie, { text: 'Hello' })).at(-1)).toMatchObject({
      type: 'error',
      hint: expect.any(String),
    });
    expect(await (await fetch(`${chat.url}sessions`, { headers: { cookie } })).json()).toEqual([]);
  });
});
