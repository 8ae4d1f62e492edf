import { afterEach, describe, expect, it, vi } from 'vitest';
import { LibError } from '../../../lib/base/errors.ts';
import type { History } from '../../../lib/history/history.ts';
import { openHistory } from '../../../lib/history/open-history.ts';
import { createChatApp } from '../../../lib/web/chat-app.ts';
import { createRunningTurns } from '../../../lib/web/run-turn.ts';
import { type Chat, startChat } from '../../../lib/web/start-chat.ts';
import { call } from './visitor.ts';

let chat: Chat | undefined;
let history: History | undefined;
afterEach(async () => {
  await chat?.close();
  await history?.close();
  chat = history = undefined;
});

it('a list of models that could not be had is explained, and asked for again', async () => {
  let asked = 0;
  chat = await startChat({
    models: async () => {
      asked += 1;
      if (asked === 1) throw new LibError('No region', { kind: 'network', hint: 'Set AWS_REGION.' });
      return [{ id: 'one', name: 'One' }];
    },
  });
  const failed = await call(`${chat.url}models`);
  expect(failed.status).toBe(500);
  expect(failed.headers['content-security-policy']).toContain("default-src 'none'");
  expect(JSON.parse(failed.text)).toEqual({ message: 'No region. Set AWS_REGION.' });
  const listed = await call(`${chat.url}models`);
  expect(JSON.parse(listed.text)).toEqual([{ id: 'one', name: 'One' }]);
  await call(`${chat.url}models`);
  expect(asked).toBe(2);
});

describe('the page', () => {
  it('names only files that are served, as what they are', async () => {
    chat = await startChat({ models: async () => [] });
    const page = await call(chat.url);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const types = {
      js: 'text/javascript; charset=utf-8',
      css: 'text/css; charset=utf-8',
      svg: 'image/svg+xml',
    };
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)];
    // A loop over a set goes on with what is added to it.
    const named = new Set(links.map(([, name]) => name ?? ''));
    for (const name of named) {
      const file = await call(chat.url + name);
      const type = name.split('.')[1] as keyof typeof types;
      expect([file.status, file.headers['content-type']], name).toEqual([200, types[type]]);
      for (const [, next] of file.text.matchAll(/from '\.\/([\w.]+)'/g)) named.add(next ?? '');
    }
    expect([...named]).toEqual(expect.arrayContaining(['chat.css', 'icon.svg', 'approval.js']));
  });

  it('says whose words they are where it is not the model that is named', async () => {
    chat = await startChat({ models: async () => [] });
    const { url } = chat;
    const greeting = async () => /<p>(.*check what matters\.)/.exec((await call(url)).text)?.[1];
    vi.stubEnv('LOCAL_BEDROCK_ERA', '');
    expect(await greeting()).toBe('Answers may be wrong: check what matters.');
    vi.stubEnv('LOCAL_BEDROCK_ERA', 'lab');
    expect(await greeting()).toMatch(/^A stand-in answers here, not a language model\. Answers may/);
    vi.stubEnv('LOCAL_BEDROCK_WORDS', 'small<1>$&');
    expect(await greeting()).toMatch(/^small&lt;1&gt;\$&amp; answers here, for every model that is named\./);
    vi.unstubAllEnvs();
  });

  it('suggests what a visitor may begin with', async () => {
    chat = await startChat({ models: async () => [], suggestions: ['What is the time?'] });
    expect(JSON.parse((await call(`${chat.url}suggestions`)).text)).toEqual(['What is the time?']);
  });

  it('leads from its address without the last slash to the one with it, and no further', async () => {
    chat = await startChat({ models: async () => [] });
    const { status, headers } = await call(chat.url.slice(0, -1));
    expect(status).toBe(302);
    expect(new URL(headers.location ?? '', chat.url.slice(0, -1)).href).toBe(chat.url);
    expect((await call(chat.url.slice(0, -2))).status).toBe(404);
  });
});

it('a line on which nothing comes for a while is kept open', async () => {
  history = await openHistory(':memory:');
  let answer = () => {};
  const app = await createChatApp({
    access: { key: 'key', hosts: ['localhost'] },
    history,
    models: async () => [{ id: 'one', name: 'One' }],
    suggestions: [],
    limits: {},
    runningTurns: createRunningTurns(),
    silenceMs: 5,
    createConversation: () => ({
      stream: () => ({
        async *[Symbol.asyncIterator]() {
          await new Promise<void>((resolve) => {
            answer = resolve;
          });
        },
        result: Promise.resolve({ text: 'At last' }),
      }),
    }),
  });
  const response = await app.request('/key/turns', {
    method: 'POST',
    headers: { host: 'localhost', origin: 'http://localhost' },
    body: JSON.stringify({ text: 'Hello', modelId: 'one' }),
  });
  let read = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    read += piece;
    if (read.includes(': still here\n\n')) answer();
  }
  expect(read).toMatch(/: still here\n\n[\s\S]*At last/);
});
