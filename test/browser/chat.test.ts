import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from './browser.ts';

const root = join(import.meta.dirname, '..', '..');
const chat = spawn(process.execPath, [join(root, 'lib/web/cli.ts'), '--local', '--no-browser'], {
  cwd: root,
});
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;

beforeAll(async () => {
  const [line] = await once(chat.stdout.setEncoding('utf8'), 'data');
  browser = await openBrowser();
  page = await browser.context.newPage();
  await page.goto(/http:\S+/.exec(line)?.[0] ?? '');
});
afterAll(async () => {
  await browser?.close();
  const ended = once(chat, 'exit');
  chat.kill('SIGINT');
  expect((await ended)[0]).toBe(0);
});

it('answers what is sent, and shows it again after a reload', async () => {
  await page.getByLabel('Your message').fill('My name is Aiko. What is <img src=x onerror=alert(1)>?');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('#messages .rendered').waitFor();
  await expect.poll(() => page.locator('#status').textContent()).toContain('tokens');
  expect(await page.locator('#messages img').count()).toBe(0);
  const answer = await page.locator('.rendered').textContent();
  await page.reload();
  await expect.poll(() => page.locator('.rendered').textContent()).toBe(answer);
});

it('has nothing that axe-core finds wrong', async () => {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8'));
  const violations = await page.evaluate(
    '(async () => (await axe.run()).violations.map(({ id, nodes }) => id + ": " + nodes[0].html))()',
  );
  expect(violations).toEqual([]);
});
