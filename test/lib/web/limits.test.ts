import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createRate } from '../../../lib/web/limits.ts';
import type { Chat, ChatOptions } from '../../../lib/web/start-chat.ts';
import { useLocalBedrock } from '../../local-endpoint.ts';
import { modelId, startChatAt, visit } from './visitor.ts';

const endpoint = useLocalBedrock();
const pages: Chat[] = [];
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close();
});

async function open(options: ChatOptions = {}): Promise<Chat> {
  const page = await startChatAt(endpoint().url, options);
  pages.push(page);
  return page;
}

/** A turn of which the first piece has come, and whose end is a while away. */
async function beginSlowly(visitor: Awaited<ReturnType<typeof visit>>, body: object) {
  endpoint().fault('slow:ms=2000');
  const answer = await visitor.begin(body);
  const [first] = await once(answer, 'data');
  const { sessionId } = JSON.parse(String(first).split('\n')[0]?.replace('data: ', '') ?? '');
  return { answer, sessionId: sessionId as string };
}

const lastCall = () => endpoint().requests().at(-1);
const calls = () => endpoint().requests().length;

describe('a turn', { timeout: 120_000 }, () => {
  it('ends the call to Bedrock when its reader leaves, and keeps nothing', async () => {
    const page = await open({ limits: { streams: 1 } });
    const visitor = await visit(page.url);
    const before = calls();
    const { answer } = await beginSlowly(visitor, { text: 'Tell me about rain.' });
    await expect.poll(calls).toBe(before + 1);
    answer.destroy();
    await expect.poll(() => lastCall()?.ended, { timeout: 60_000 }).toBe('client left');
    expect((await visitor.get('sessions')).text).toBe('[]');
    // The only place is free again.
    await expect.poll(async () => (await visitor.say({ text: 'Hello' })).status).toBe(200);
  });

  it('ends the call to Bedrock when the whole page is stopped', async () => {
    const page = await open();
    const before = calls();
    const { answer } = await beginSlowly(await visit(page.url), { text: 'Tell me about rain.' });
    answer.on('error', () => undefined);
    await expect.poll(calls).toBe(before + 1);
    await page.close();
    await expect.poll(() => lastCall()?.ended, { timeout: 60_000 }).toBe('client left');
  });

  it('is refused while another is under way in its session', async () => {
    const visitor = await visit((await open()).url);
    const { answer, sessionId } = await beginSlowly(visitor, { text: 'Hello' });
    expect((await visitor.say({ text: 'And?', sessionId })).status).toBe(409);
    answer.destroy();
  });

  it('is refused when as many as may be are under way, whoever asks', async () => {
    const { url } = await open({ limits: { streams: 2 } });
    const [one, other] = [await visit(url), await visit(url)];
    const before = calls();
    const { answer } = await beginSlowly(one, { text: 'Hello' });
    const { answer: second } = await beginSlowly(other, { text: 'Hello' });
    await expect.poll(calls).toBe(before + 2);
    const refused = await (await visit(url)).say({ text: 'Hello' });
    expect(refused.status).toBe(429);
    expect(JSON.parse(refused.text).message).toContain('Wait');
    expect(calls()).toBe(before + 2);
    answer.destroy();
    second.destroy();
  });

  it('is refused to a visitor who asked too often, and to no other', async () => {
    const { url } = await open({ limits: { turnsPerMinute: 2 } });
    const [one, other] = [await visit(url), await visit(url)];
    const statuses: (number | undefined)[] = [];
    for (const visitor of [one, one, one, other]) statuses.push((await visitor.say({ text: 'Hi' })).status);
    expect(statuses).toEqual([200, 200, 429, 200]);
  });

  it('is refused to a client that keeps no cookie, as if it were one visitor', async () => {
    const { url } = await open({ limits: { turnsPerMinute: 2 } });
    const origin = new URL(url).origin;
    const body = JSON.stringify({ text: 'Hi', modelId });
    const statuses: number[] = [];
    for (const headers of [{ origin }, { origin, cookie: 'chat-visitor=no-name' }, { origin }]) {
      const response = await fetch(`${url}turns`, { method: 'POST', headers, body });
      await response.text();
      statuses.push(response.status);
    }
    expect(statuses).toEqual([200, 200, 429]);
    // Whoever keeps theirs is not held up by it.
    expect((await (await visit(url)).say({ text: 'Hi' })).status).toBe(200);
  });

  it('is refused to a client that takes a new cookie each time, once all have asked too often', async () => {
    const { url } = await open({ limits: { turnsPerMinute: 1, turnsPerMinuteOfAll: 3 } });
    const statuses: (number | undefined)[] = [];
    for (let count = 0; count < 4; count++)
      statuses.push((await (await visit(url)).say({ text: 'Hi' })).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('is refused when its message is too long, with and without its length told', async () => {
    const { url } = await open({ limits: { bodyBytes: 1_000 } });
    const visitor = await visit(url);
    const before = calls();
    const refused = await visitor.say({ text: 'x'.repeat(1_000) });
    expect(refused.status).toBe(413);
    expect(JSON.parse(refused.text).message).toContain('too long');
    const told = await fetch(`${url}turns`, {
      method: 'POST',
      headers: { cookie: visitor.cookie, origin: new URL(url).origin },
      body: JSON.stringify({ text: 'x'.repeat(1_000) }),
    });
    expect(told.status).toBe(413);
    expect(calls()).toBe(before);
    expect((await visitor.say({ text: 'x'.repeat(800) })).status).toBe(200);
  });
});

describe('createRate', () => {
  it('lets pass again what has waited a minute', () => {
    let now = 0;
    const mayPass = createRate(1, () => now);
    expect([mayPass('one'), mayPass('one'), mayPass('other')]).toEqual([true, false, true]);
    now = 59_999;
    expect(mayPass('one')).toBe(false);
    now = 60_000;
    expect(mayPass('one')).toBe(true);
  });
});
