import { tool } from 'lib';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { WordSource } from '../../packages/local-bedrock/src/index.ts';
import { standIn } from '../../packages/local-bedrock/src/words/stand-in/stand-in.ts';
import { end } from '../../packages/local-bedrock/test/answers.ts';
import { begin, ended, lastAnswer, ready, say, statusOf, useChatPage, watch } from './chat-page.ts';
import { walkWithKeyboard } from './keyboard-walk.ts';

const lines = 8_000;
const longQuestion = `Write ${lines} lines.`;
/** What the second half of the long answer waits for. */
let goOn = () => {};
const goesOn = new Promise<void>((resolve) => {
  goOn = resolve;
});
/** The stand-in's words, and a very long answer where one is asked for. */
const words: WordSource = {
  ...standIn,
  async *answer(...asked) {
    if (asked[0].turns.at(-1)?.text !== longQuestion) return yield* standIn.answer(...asked);
    for (let line = 1; line <= lines; line++) {
      if (line > lines / 2) await goesOn;
      yield { type: 'text', text: `A line with **some** words.\n${line % 10 === 0 ? '\n' : ''}` };
    }
    yield end;
  },
};
/** Notes in the page how long it has been held up at most, of how long in all: milliseconds. */
const watchDelays = `
  window.held = { longest: 0, all: 0 };
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    held.longest = Math.max(held.longest, now - last);
    held.all += now - last;
    last = now;
  }, 20);
`;
const booked: string[] = [];
const bookTool = tool({
  name: 'book_train',
  description: 'Books a train ticket to a city. It costs money.',
  input: z.object({ city: z.string().describe('The city to go to') }),
  run: ({ city }) => {
    booked.push(city);
    return `A ticket to ${city} is booked.`;
  },
});
const there = useChatPage(
  { tools: (askVisitor) => [{ ...bookTool, approve: askVisitor }] },
  { words },
  'firefox',
);
beforeEach(() => there().endpoint.clearFaults());

describe('in Firefox', () => {
  it('an answer grows while it comes, is laid out, and is there after a reload', async () => {
    const { page, endpoint } = there();
    endpoint.fault('slow:ms=15');
    const watched = await watch(page);
    await say(page, 'How do I conjugate taberu?');
    expect(new Set((await watched()).lengths).size).toBeGreaterThan(3);
    expect(await lastAnswer(page).locator('table').count()).toBe(1);
    expect(await statusOf(page)).toMatch(/^Done: Nova Lite · [\d,]+ tokens · \$0\.\d+$/);
    const shown = await page.locator('#messages').innerText();
    await page.reload();
    await ready(page);
    await expect.poll(() => page.locator('#messages').innerText()).toBe(shown);
  });

  it('an answer can be had once more, and the one before is kept with it', async () => {
    const { page } = there();
    await page.getByRole('button', { name: 'Regenerate' }).click();
    await ended(page);
    expect(await page.locator('.assistant').count()).toBe(1);
    const earlier = lastAnswer(page).locator('.earlier');
    await earlier.locator('summary').click();
    await expect.poll(() => earlier.locator('.one table').count()).toBe(1);
  });

  it('an answer is stopped, and the call to Bedrock ends', async () => {
    const { page, endpoint } = there();
    endpoint.fault('slow:ms=60');
    await begin(page, 'How do I conjugate nomu?');
    await expect.poll(() => lastAnswer(page).innerText()).toContain('飲む');
    await page.getByRole('button', { name: 'Stop' }).click();
    await ended(page);
    expect(await statusOf(page)).toContain('Stopped.');
    await expect.poll(() => endpoint.requests().at(-1)?.ended).toBe('client left');
  });

  it('a tool with effects asks first: Escape refuses, Allow runs it', async () => {
    const { page } = there();
    const dialog = page.getByRole('dialog');
    await begin(page, 'Please book a train to Berlin.');
    await dialog.waitFor();
    expect(await dialog.getByRole('heading').innerText()).toBe('Allow book_train?');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Refuse');
    await page.keyboard.press('Escape');
    await ended(page);
    expect(booked).toEqual([]);
    await begin(page, 'Please book a train to Tokyo.');
    await dialog.waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await ended(page);
    expect(booked).toEqual(['Tokyo']);
  });

  it('everything is done with the keyboard alone', async () => {
    const page = await there().open();
    await walkWithKeyboard(page, () => there().endpoint.fault('slow:ms=2000'));
    await page.close();
  });

  it(`an answer of ${lines} lines holds nobody up: one can go on writing, and stop it`, {
    timeout: 500_000,
  }, async () => {
    const { page } = there();
    const strong = lastAnswer(page).locator('.answer strong');
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.evaluate(watchDelays);
    await begin(page, longQuestion);
    // The last lines are laid out when what they belong to is whole.
    await expect.poll(() => strong.count(), { timeout: 240_000 }).toBeGreaterThan(lines / 2 - 20);
    await page.getByLabel('Your message').fill('My next question');
    expect(await page.getByRole('button', { name: 'Stop' }).isEnabled()).toBe(true);
    goOn();
    await page.getByRole('button', { name: 'Send', exact: true }).waitFor({ timeout: 240_000 });
    expect(await strong.count()).toBe(lines);
    expect(await page.getByLabel('Your message').inputValue()).toBe('My next question');
    const { longest, all } = (await page.evaluate('held')) as { longest: number; all: number };
    expect(longest / all).toBeLessThan(0.5);
  });
});
