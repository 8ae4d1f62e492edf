import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from './browser.ts';
import { lastAnswer, ready, say } from './chat-page.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'chat-'));
let browser: Awaited<ReturnType<typeof openBrowser>>;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What `npm run chat` runs, until it has printed its address. */
async function start(...args: string[]) {
  const command = [join(root, 'packages/workshop/src/chat.ts'), '--no-browser', ...args];
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = await once(child.stdout.setEncoding('utf8'), 'data');
  return {
    printed: String(printed),
    url: /http:\S+/.exec(printed)?.[0] ?? '',
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      return (await exited)[0];
    },
  };
}

it('npm run chat -- --local serves the page until Ctrl-C, and keeps conversations for the next time', async () => {
  const file = ['--local', '--file', join(folder, 'chat.db')];
  const first = await start(...file);
  expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
  expect(first.printed).toContain('not a language model');
  const page = await browser.context.newPage();
  await page.goto(first.url);
  await ready(page);
  await say(page, 'My name is Aiko.');
  expect(await first.stop()).toBe(0);

  const second = await start(...file);
  expect(second.url).not.toBe(first.url);
  // Without its last slash the address leads to the page as well.
  await page.goto(second.url.slice(0, -1));
  await ready(page);
  expect(page.url()).toBe(second.url);
  const kept = page.locator('#session option', { hasText: 'My name is Aiko.' });
  await page.locator('#session').selectOption(await kept.getAttribute('value'));
  await lastAnswer(page).waitFor();
  await say(page, 'What is my name?');
  expect(await lastAnswer(page).innerText()).toContain('Aiko');
  expect(await second.stop()).toBe(0);
});
