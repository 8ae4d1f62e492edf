import { type History, openHistory, tool } from 'lib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { WordSource } from '../../packages/local-bedrock/src/index.ts';
import { standIn } from '../../packages/local-bedrock/src/words/stand-in/stand-in.ts';
import { end } from '../../packages/local-bedrock/test/answers.ts';
import { appendTurns, turn } from '../lib/history/messages.ts';
import { begin, ended, lastAnswer, ready, say, statusOf, useChatPage, violations } from './chat-page.ts';
import { walkWithKeyboard } from './keyboard-walk.ts';

/** For whoever does not see the page, or uses no mouse. */
const bookTool = tool({
  name: 'book_train',
  description: 'Books a train ticket to a city. It costs money.',
  input: z.object({ city: z.string().describe('The city to go to') }),
  run: ({ city }) => `A ticket to ${city} is booked.`,
});
const held = 'Write slowly.';
/** What the end of an answer waits for. */
let goOn = () => {};
const goesOn = new Promise<void>((resolve) => {
  goOn = resolve;
});
/** The stand-in's words, and an answer that stays under way. */
const words: WordSource = {
  ...standIn,
  async *answer(...asked) {
    if (asked[0].turns.at(-1)?.text !== held) return yield* standIn.answer(...asked);
    yield { type: 'text', text: 'One **moment**, please.\n\nIt is' };
    await goesOn;
    yield { type: 'text', text: ' done.' };
    yield end;
  },
};
let history: History;
beforeAll(async () => {
  history = await openHistory(':memory:');
});
afterAll(() => history?.close());
const there = useChatPage(
  () => ({ history, tools: (askVisitor) => [{ ...bookTool, approve: askVisitor }] }),
  { words },
);
beforeEach(() => there().endpoint.clearFaults());

/** What axe-core finds in both themes, wide and on a phone. */
async function found(page: Page, widths = [1200, 390]): Promise<string[]> {
  const all: string[] = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 844 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      all.push(...(await violations(page)).map((one) => `${width} ${colorScheme} ${one}`));
    }
  }
  return all;
}

it('everything is done with the keyboard alone, and one always sees where one is', async () => {
  const page = await there().open();
  await walkWithKeyboard(page, () => there().endpoint.fault('slow:ms=2000'));
  await page.close();
});

describe('axe-core finds nothing wrong, in either theme, wide or narrow', () => {
  it('with an empty page', async () => {
    const { page } = there();
    expect(await found(page)).toEqual([]);
  });

  it('while an answer comes', async () => {
    const { page } = there();
    await begin(page, held);
    await expect.poll(() => lastAnswer(page).innerText()).toContain('moment');
    expect(await found(page)).toEqual([]);
    await page.getByRole('button', { name: 'Stop' }).click();
    goOn();
    await ended(page);
  });

  it('with an answer that was stopped, and with one that failed', async () => {
    const { page, endpoint } = there();
    expect(await found(page)).toEqual([]);
    endpoint.fault('AccessDeniedException');
    await say(page, 'What is 17 + 25?');
    await page.locator('.broken').last().waitFor();
    expect(await found(page)).toEqual([]);
  });

  it('while a tool waits for a decision, and with its step open', async () => {
    const { page } = there();
    await begin(page, 'Please book a train to Berlin.');
    await page.getByRole('dialog').waitFor();
    expect(await found(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await ended(page);
    await lastAnswer(page).locator('summary').click();
    expect(await found(page)).toEqual([]);
  });

  it('with a long conversation', async () => {
    const { page } = there();
    await page.getByRole('button', { name: 'New chat' }).click();
    await say(page, 'How do I conjugate taberu?');
    await appendTurns(history, '', 300, (number) =>
      turn(`Question ${number}`, `Answer **${number}**, with [a link](https://example.com/).`),
    );
    await page.reload();
    await ready(page);
    const earlier = page.getByRole('button', { name: 'Show earlier messages' });
    await earlier.waitFor();
    await expect.poll(() => page.locator('.user').count()).toBe(200);
    expect(await found(page, [390])).toEqual([]);
    await earlier.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => statusOf(page)).toBe('All messages are shown.');
    expect(await page.locator('.user').count()).toBe(301);
    // The button is gone: who came by the keyboard is at the last of what has come.
    expect(await page.evaluate('document.activeElement.textContent')).toBe('YouQuestion 99');
    expect(await page.locator('.user').first().textContent()).toContain('taberu');
  });
});
