import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { begin, ended, lastAnswer, picture, ready, say, statusOf, useChatPage } from './chat-page.ts';
import { useCuttableLine } from './cuttable-line.ts';

const line = useCuttableLine();
const there = useChatPage(() => ({ hosts: [`127.0.0.1:${line().port}`] }));
const calls = () =>
  there()
    .endpoint.requests()
    .filter(({ operation }) => operation === 'ConverseStream');
const question = 'How do I conjugate taberu?';
let page: Page;

beforeAll(async () => {
  const { chat, page: first } = there();
  line().to(chat.port);
  page = first;
  await page.goto(chat.url.replace(String(chat.port), String(line().port)));
  await ready(page);
});
beforeEach(() => there().endpoint.clearFaults());

/** Begins an answer that takes a while, and waits for its first words. */
async function beginSlowly(on: Page): Promise<void> {
  there().endpoint.fault('slow:ms=40');
  await begin(on, question);
  await expect.poll(() => lastAnswer(on).innerText()).toContain('食べる');
}

/** What is kept of the conversation that is shown, as another page of the visitor learns it. */
async function keptTurns(): Promise<number> {
  const { chat } = there();
  const sessions = await (await page.context().request.get(`${chat.url}sessions`)).json();
  return sessions[0]?.turns ?? 0;
}

describe('a connection that is cut in mid-answer', () => {
  it('is told, what has come stays, and the call to Bedrock ends', async () => {
    await beginSlowly(page);
    line().cut();
    await ended(page);
    expect(await statusOf(page)).toBe('The connection was lost before the end of the answer.');
    expect(await page.locator('.broken').innerText()).toContain('食べる');
    await expect.poll(() => calls().at(-1)?.ended).toBe('client left');
    await picture(page, 'lost');
  });

  it('and stays away leaves the turn where it is', async () => {
    line().setUp(false);
    await page.getByRole('button', { name: 'Send again' }).click();
    await expect
      .poll(() => statusOf(page))
      .toBe('The server of this page does not answer. Is it still running?');
    expect(await page.locator('.user').count()).toBe(1);
  });

  it('and comes back has the question asked once more, in its place', async () => {
    line().setUp(true);
    await page.getByRole('button', { name: 'Send again' }).click();
    await expect.poll(() => page.locator('.broken').count()).toBe(0);
    await ended(page);
    expect(await lastAnswer(page).locator('table').count()).toBe(1);
    expect(await page.locator('.user').count()).toBe(1);
    expect(await keptTurns()).toBe(1);
  });

  it('after the turn was kept has nothing asked twice', async () => {
    const before = calls().length;
    there().endpoint.fault('slow:ms=40');
    await begin(page, question);
    await expect.poll(() => lastAnswer(page).innerText()).toContain('食べる');
    line().holdBack();
    await expect.poll(keptTurns, { timeout: 60_000 }).toBe(2);
    line().setUp(false);
    await ended(page);
    expect(await page.locator('.broken').count()).toBe(1);
    line().setUp(true);
    await page.getByRole('button', { name: 'Send again' }).click();
    await expect.poll(() => statusOf(page)).toBe('The answer had been kept: here it is.');
    expect(await page.locator('.broken').count()).toBe(0);
    expect(await page.locator('.user').count()).toBe(2);
    expect([calls().length, await keptTurns()]).toEqual([before + 1, 2]);
  });
});

describe('a page that has lost only the end of an answer', () => {
  it('gets it by itself, when the line is there again', async () => {
    const before = calls().length;
    there().endpoint.fault('slow:ms=40');
    await begin(page, question);
    await expect.poll(() => lastAnswer(page).innerText()).toContain('食べる');
    line().holdBack();
    await expect.poll(keptTurns, { timeout: 60_000 }).toBe(3);
    line().cut();
    await expect.poll(() => statusOf(page)).toBe('The answer had been kept: here it is.');
    expect(await page.locator('.broken').count()).toBe(0);
    expect([await page.locator('.user').count(), calls().length]).toEqual([3, before + 1]);
  });
});

describe('a page that is left in mid-answer', () => {
  it('by closing its tab ends the call', async () => {
    const tab = await there().open();
    await beginSlowly(tab);
    await tab.close();
    await expect.poll(() => calls().at(-1)?.ended).toBe('client left');
  });

  it('by a reload ends the call, and shows what is kept', async () => {
    await beginSlowly(page);
    await page.reload();
    await expect.poll(() => page.locator('.assistant').count()).toBe(3);
    await expect.poll(() => calls().at(-1)?.ended).toBe('client left');
    await say(page, 'What is 17 + 25?');
    expect(await keptTurns()).toBe(4);
  });
});

it('a server that is killed in mid-answer is told of, and so is that it does not come back', async () => {
  const { endpoint, page: opener } = there();
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: endpoint.url,
    AWS_ENDPOINT_URL_BEDROCK: endpoint.url,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
  };
  const root = join(import.meta.dirname, '..', '..');
  const command = [join(root, 'packages/workshop/src/chat.ts'), '--no-browser', '--file', ':memory:'];
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = await once(child.stdout.setEncoding('utf8'), 'data');
  const tab = await opener.context().newPage();
  await tab.goto(/http:\S+/.exec(printed)?.[0] ?? '');
  await ready(tab);
  await beginSlowly(tab);
  child.kill('SIGKILL');
  await ended(tab);
  expect(await statusOf(tab)).toContain('The connection was lost');
  await tab.getByRole('button', { name: 'Send again' }).click();
  await expect
    .poll(() => statusOf(tab))
    .toBe('The server of this page does not answer. Is it still running?');
  await tab.close();
});
