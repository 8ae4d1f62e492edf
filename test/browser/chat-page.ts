import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createClient } from 'lib';
import { type LocalBedrock, type LocalBedrockOptions, startLocalBedrock } from 'lib/local-bedrock';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Chat, type ChatOptions, startChat } from '../../lib/web/start-chat.ts';
import { clientFor } from '../local-endpoint.ts';
import { type BrowserName, openBrowser } from './browser.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
export const modelId = 'amazon.nova-lite-v1:0';

export interface ChatPage {
  readonly endpoint: LocalBedrock;
  readonly chat: Chat;
  /** The first visitor's page. */
  readonly page: Page;
  /** A page of the same visitor, or of another browser. */
  open(context?: BrowserContext): Promise<Page>;
  /** Another visitor's browser. */
  newContext(): Promise<BrowserContext>;
}

/** Starts an endpoint, a chat page and a browser for the tests of one file. The function gives them once the tests run. */
export function useChatPage(
  options: ChatOptions | (() => ChatOptions) = {},
  endpointOptions: LocalBedrockOptions = {},
  browserName?: BrowserName,
): () => ChatPage {
  let made: ChatPage | undefined;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  beforeAll(async () => {
    browser = await openBrowser(browserName);
    const endpoint = await startLocalBedrock({ today: '2026-11-24', ...endpointOptions });
    const chat = await startChat({
      client: createClient(clientFor(endpoint.url)),
      models: async () => [
        { id: modelId, name: 'Nova Lite' },
        { id: 'amazon.nova-micro-v1:0', name: 'Nova Micro' },
        { id: 'openai.gpt-oss-20b-1:0', name: 'gpt-oss' },
      ],
      limits: { turnsPerMinute: 1_000 },
      ...(typeof options === 'function' ? options() : options),
    });
    const { context } = browser;
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const open = async (where = context) => {
      const page = await where.newPage();
      page.setDefaultTimeout(60_000);
      await page.goto(chat.url);
      await ready(page);
      return page;
    };
    const newContext = async () => {
      const opened = await context.browser()?.newContext();
      if (!opened) throw new Error('The browser opens no second context.');
      return opened;
    };
    made = { endpoint, chat, page: await open(), open, newContext };
  });
  afterAll(async () => {
    await browser?.close();
    await made?.chat.close();
    await made?.endpoint.close();
  });
  return () => {
    if (!made) throw new Error('The page is there only during the tests.');
    return made;
  };
}

/** The models come after the page. */
export async function ready(page: Page): Promise<void> {
  await page.locator('#model option').first().waitFor({ state: 'attached' });
}

/** Sends a message without waiting for its answer. */
export async function begin(page: Page, text: string): Promise<void> {
  await page.getByLabel('Your message').fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

/** Waits until the page can take the next message. */
export async function ended(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
}

/** Sends a message, and waits for the end of its answer. */
export async function say(page: Page, text: string): Promise<void> {
  const before = await page.locator('.assistant').count();
  await begin(page, text);
  await expect.poll(() => page.locator('.assistant').count()).toBe(before + 1);
  await ended(page);
}

/** What the page has shown of an answer while it came, and in the line of its status: each state, however short. */
export interface Watched {
  readonly statuses: readonly string[];
  /** How many letters the answer had. */
  readonly lengths: readonly number[];
  /** How many of its parts were laid out. */
  readonly rendered: readonly number[];
}

/** Notes in the page what it shows of the next answer. What asks the page again and again misses states on a busy machine. */
export async function watch(page: Page): Promise<() => Promise<Watched>> {
  await page.evaluate(`{
    const [send, status, messages] = ['send', 'status', 'messages'].map((id) => document.getElementById(id));
    const answers = () => document.querySelectorAll('.assistant');
    const before = answers().length;
    window.watched = { statuses: [], lengths: [], rendered: [] };
    new MutationObserver((records) => {
      for (const { addedNodes } of records) for (const node of addedNodes) watched.statuses.push(node.textContent);
    }).observe(status, { childList: true });
    new MutationObserver(() => {
      const answer = [...answers()].slice(before).at(-1);
      const text = answer?.querySelector('.answer')?.innerText;
      if (!send.hidden || text === undefined) return;
      watched.lengths.push(text.replace(/[^\\p{L}]/gu, '').length);
      watched.rendered.push(answer.querySelectorAll('.rendered').length);
    }).observe(messages, { childList: true, subtree: true, characterData: true });
  }`);
  return () => page.evaluate('watched') as Promise<Watched>;
}

export const statusOf = (page: Page) => page.locator('#status').textContent();
export const lastAnswer = (page: Page) => page.locator('.assistant').last();

/** A picture for a person to look at, in the folder that SCREENSHOTS names. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS)
    await page.screenshot({ path: join(process.env.SCREENSHOTS, `chat-${name}.png`) });
}

/** What axe-core finds wrong, one line each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return await page.evaluate(
    '(async () => (await axe.run()).violations.map(({ id, nodes }) => id + ": " + nodes[0].html))()',
  );
}
