import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Chat } from '../../../lib/web/start-chat.ts';
import { useLocalBedrock } from '../../local-endpoint.ts';
import { call, modelId, startChatAt, visit } from './visitor.ts';

const endpoint = useLocalBedrock();
const turn = { method: 'POST', body: { text: 'Hello', modelId } };
const routes = [
  { path: '' },
  { path: 'chat.js' },
  { path: 'chat.css' },
  { path: 'models' },
  { path: 'sessions' },
  { path: 'sessions/any' },
  { path: 'turns', ...turn },
];
let chat: Chat;
let origin: string;
let key: string;

beforeAll(async () => {
  chat = await startChatAt(endpoint().url);
  origin = new URL(chat.url).origin;
  key = new URL(chat.url).pathname.split('/')[1] ?? '';
});
afterAll(() => chat?.close());

describe('the key', () => {
  it.each(routes)('is needed for /$path', async ({ path, ...request }) => {
    const asked = { ...request, headers: { origin } };
    const wrong = ['', 'x', key.slice(1), `${key}x`, key.toUpperCase(), 'x'.repeat(key.length)];
    for (const given of wrong) {
      const { status, text } = await call(`${origin}/${given}/${path}`, asked);
      expect(status, given).toBe(404);
      expect(text).not.toContain(key);
    }
    expect((await call(`${origin}/${path}?key=${key}`, asked)).status).toBe(404);
  });

  it('is another one for every page', async () => {
    const other = await startChatAt(endpoint().url);
    expect(new URL(other.url).pathname).not.toBe(`/${key}/`);
    expect(key.length).toBeGreaterThanOrEqual(32);
    await other.close();
  });
});

describe('a request', () => {
  it.each(routes)('for /$path under another Host is refused', async ({ path, ...request }) => {
    for (const host of ['evil.example', `evil.example:${chat.port}`, `127.0.0.1.evil.example:${chat.port}`]) {
      const { status } = await call(chat.url + path, { ...request, headers: { host, origin } });
      expect(status, host).toBe(403);
    }
  });

  it.each(routes)('for /$path from another Origin is refused', async ({ path, ...request }) => {
    const origins = [
      'http://evil.example',
      'null',
      `http://127.0.0.1:${chat.port + 1}`,
      `${origin}.evil.example`,
    ];
    for (const other of origins) {
      const { status } = await call(chat.url + path, { ...request, headers: { origin: other } });
      expect(status, other).toBe(403);
    }
  });

  it('that spends needs an Origin, so that no form elsewhere can send it', async () => {
    expect((await call(`${chat.url}turns`, turn)).status).toBe(403);
    expect(endpoint().requests()).toEqual([]);
  });

  it('by the name localhost is served as well', async () => {
    expect((await call(chat.url, { headers: { host: `localhost:${chat.port}` } })).status).toBe(200);
  });

  it.each([...routes, { path: 'nothing-here' }])(
    'for /$path is answered with headers that let nothing foreign in',
    async ({ path, ...request }) => {
      const { headers } = await call(chat.url + path, { ...request, headers: { origin } });
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers).toMatchObject({
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
    },
  );
});

describe('the cookie', () => {
  it('is unreadable for scripts, and kept from other sites', async () => {
    const { headers } = await call(chat.url);
    expect(headers['set-cookie']?.[0]).toMatch(/HttpOnly; SameSite=Strict/);
  });

  it('is begun anew by the page alone, with the name that it has', async () => {
    const { cookie } = await visit(chat.url);
    expect((await call(chat.url, { headers: { cookie } })).headers['set-cookie']?.[0]).toContain(cookie);
    for (const path of ['sessions', 'chat.css'])
      expect((await call(chat.url + path, { headers: { cookie } })).headers['set-cookie']).toBeUndefined();
  });
});
