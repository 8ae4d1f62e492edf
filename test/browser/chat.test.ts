import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './browser.ts';

const root = join(import.meta.dirname, '..', '..');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'chat-'));
let chat: ChildProcess;
let url: string;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;

beforeAll(async () => {
  const command = [
    join(root, 'lib/web/cli.ts'),
    '--local',
    '--no-browser',
    '--file',
    join(folder, 'chat.db'),
  ];
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  chat = child;
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  url = /http:\S+/.exec(line)?.[0] ?? '';
  browser = await openBrowser();
  page = await open(browser.context);
});
afterAll(async () => {
  await browser?.close();
  const ended = once(chat, 'exit');
  chat.kill('SIGINT');
  const [code] = await ended;
  rmSync(folder, { recursive: true, force: true });
  expect(code).toBe(0);
});

async function open(context: BrowserContext): Promise<Page> {
  const opened = await context.newPage();
  await opened.goto(url);
  // The models come after the page.
  await opened.locator('#model option').first().waitFor({ state: 'attached' });
  return opened;
}

async function say(on: Page, text: string): Promise<void> {
  const before = await on.locator('.rendered').count();
  await on.getByLabel('Your message').fill(text);
  await on.getByRole('button', { name: 'Send' }).click();
  await expect.poll(() => on.locator('.rendered').count()).toBe(before + 1);
  await expect.poll(() => on.getByRole('button', { name: 'Send' }).isEnabled()).toBe(true);
}

/** A picture for a person to look at, in the folder that SCREENSHOTS names. */
async function picture(on: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS)
    await on.screenshot({ path: join(process.env.SCREENSHOTS, `chat-${name}.png`) });
}

async function violations(on: Page): Promise<string[]> {
  await on.evaluate(axe);
  return await on.evaluate(
    '(async () => (await axe.run()).violations.map(({ id, nodes }) => id + ": " + nodes[0].html))()',
  );
}

describe('the chat page', () => {
  it('answers what is sent, and shows it again after a reload', async () => {
    await say(page, 'My name is Aiko. What is <img src=x onerror=alert(1)>?');
    expect(await page.locator('#status').textContent()).toContain('tokens');
    expect(await page.locator('#messages img').count()).toBe(0);
    const answer = await page.locator('.rendered').textContent();
    await page.reload();
    await expect.poll(() => page.locator('.rendered').textContent()).toBe(answer);
  });

  it.each(['light', 'dark'] as const)(
    'has nothing that axe-core finds wrong when %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await picture(page, colorScheme);
      expect(await violations(page)).toEqual([]);
    },
  );

  it('stops an answer, says so, and can be asked again', async () => {
    // The answer's beginning is held back, so that there is time to press.
    await page.route('**/turns', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await route.continue().catch(() => undefined);
    });
    const answers = await page.locator('.rendered').count();
    await page.getByLabel('Your message').fill('Tell me about rain.');
    await page.getByLabel('Your message').press('Enter');
    const stop = page.getByRole('button', { name: 'Stop' });
    await stop.click();
    await expect.poll(() => page.locator('#status').textContent()).toContain('Stopped');
    expect(await stop.isVisible()).toBe(false);
    expect(await page.locator('.rendered').count()).toBe(answers);
    await picture(page, 'stopped');
    await page.unroute('**/turns');
    await page.getByRole('button', { name: 'Regenerate' }).click();
    await expect.poll(() => page.locator('.rendered').count()).toBe(answers + 1);
    expect(await page.locator('.broken').count()).toBe(0);
    expect(await page.locator('.user', { hasText: 'Tell me about rain.' }).count()).toBe(1);
  });

  it('shows no visitor what another one said', async () => {
    const context = await browser.context.browser()?.newContext();
    if (!context) throw new Error('The browser opens no second context.');
    const other = await open(context);
    expect(await other.getByLabel('Conversation').locator('option').allTextContents()).toEqual([
      'New conversation',
    ]);
    await say(other, 'What is my name?');
    expect(await other.locator('#messages').textContent()).not.toContain('Aiko');
    expect(await page.locator('#messages').textContent()).toContain('Aiko');
    await context.close();
  });

  it('fits a phone, with nothing to scroll sideways', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await say(page, `A long word: ${'x'.repeat(200)}`);
    const wide = await page
      .locator('html, main, li, form, header')
      .evaluateAll((all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    expect(wide).toBe(0);
    // The end of the answer is in view.
    const copy = page.getByRole('button', { name: 'Copy' }).last();
    const isInView = async () => {
      const [button, footer] = await Promise.all([copy.boundingBox(), page.locator('footer').boundingBox()]);
      return button !== null && footer !== null && button.y + button.height <= footer.y;
    };
    await expect.poll(isInView).toBe(true);
    await page.emulateMedia({ colorScheme: 'light' });
    await picture(page, 'phone');
    expect(await violations(page)).toEqual([]);
  });
});
