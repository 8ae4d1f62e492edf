import { type History, openHistory } from 'lib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appendTurns, turn } from '../lib/history/messages.ts';
import { lastAnswer, ready, useChatPage } from './chat-page.ts';

let history: History;
beforeAll(async () => {
  history = await openHistory(':memory:');
});
afterAll(() => history?.close());
const there = useChatPage(() => ({ history }));

/** Types and sends messages in the page itself; gives the milliseconds that each turn took. */
const sayMany = `async (first, count) => {
  const [form, text, send] = ['form', 'text', 'send'].map((id) => document.getElementById(id));
  const times = [];
  for (let number = first; number < first + count; number++) {
    const begun = performance.now();
    text.value = 'What is ' + number + ' + 1?';
    form.requestSubmit();
    const ended = new Promise((resolve) => {
      new MutationObserver((_, observer) => {
        if (send.hidden) return;
        observer.disconnect();
        resolve();
      }).observe(send, { attributes: true });
    });
    await ended;
    times.push(performance.now() - begun);
  }
  return times;
}`;

it('200 turns do not slow the page down', async () => {
  const { page, chat } = there();
  const say = (first: number, count: number): Promise<number[]> =>
    page.evaluate(`(${sayMany})(${first}, ${count})`);
  // The first turns load what later ones have. The least of many: a busy machine adds to some of them.
  await say(0, 10);
  const early = Math.min(...(await say(10, 20)));
  await appendTurns(history, '', 150, (place) => {
    const number = 30 + place;
    return turn(`What is ${number} + 1?`, `${number} + 1 = ${number + 1}`);
  });
  await page.reload();
  await ready(page);
  await expect.poll(() => page.locator('.assistant').count()).toBe(180);
  const late = Math.min(...(await say(180, 20)));
  expect(await page.locator('.assistant').count()).toBe(200);
  expect(await lastAnswer(page).innerText()).toContain('199 + 1 = 200');
  const sessions = await (await page.context().request.get(`${chat.url}sessions`)).json();
  expect(sessions).toMatchObject([{ turns: 200 }]);
  expect(late / early).toBeLessThan(3);
});
