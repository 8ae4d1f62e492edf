import { beforeEach, describe, expect, it } from 'vitest';
import {
  begin,
  ended,
  lastAnswer,
  picture,
  say,
  statusOf,
  useChatPage,
  violations,
  watch,
} from './chat-page.ts';

const there = useChatPage();
const calls = () =>
  there()
    .endpoint.requests()
    .filter(({ operation }) => operation === 'ConverseStream');
beforeEach(() => there().endpoint.clearFaults());

describe('an answer', () => {
  it('is shown with its tokens and cost, and again after a reload, scrolled to its end', async () => {
    const { page } = there();
    await say(page, 'My name is Aiko.');
    await say(page, 'How do I conjugate taberu?');
    expect(await statusOf(page)).toMatch(/^Done: Nova Lite · [\d,]+ tokens · \$0\.\d+$/);
    const shown = await page.locator('#messages').innerText();
    await page.reload();
    await lastAnswer(page).locator('table').waitFor();
    expect(await page.locator('#messages').innerText()).toBe(shown);
    expect(await lastAnswer(page).getByRole('button', { name: 'Regenerate' }).isVisible()).toBe(true);
    await expect.poll(() => isInView(page)).toBe(true);
  });

  it('grows while it comes, as what it is to be', async () => {
    const { page, endpoint } = there();
    endpoint.fault('slow:ms=15');
    const watched = await watch(page);
    await say(page, 'How do I conjugate taberu?');
    const { lengths, rendered } = await watched();
    expect(new Set(lengths).size).toBeGreaterThan(5);
    // The first paragraph is laid out before the whole has come.
    expect(rendered).toContain(1);
    // Bars and lines of a table become what they stand for; its letters stay.
    expect(lengths).toEqual(lengths.toSorted((one, other) => one - other));
  });

  it('is followed to its end, unless the reader has gone back to read', async () => {
    const { page, endpoint } = there();
    endpoint.fault('slow:ms=6');
    await begin(page, 'How do I conjugate taberu?');
    await expect.poll(() => lastAnswer(page).innerText()).toContain('taberu');
    await page.locator('main').evaluate((view) => view.scrollTo(0, 0));
    await ended(page);
    expect(await page.locator('main').evaluate((view) => view.scrollTop)).toBe(0);
  });

  it('can be had once more, and the one before is kept with it', async () => {
    const { page } = there();
    const conversations = page.getByLabel('Conversation').locator('option');
    const [before, answers] = [await conversations.count(), await page.locator('.assistant').count()];
    await page.getByRole('button', { name: 'Regenerate' }).click();
    await ended(page);
    expect(await conversations.count()).toBe(before);
    expect(await page.locator('.assistant').count()).toBe(answers);
    const earlier = lastAnswer(page).locator('.earlier');
    expect(await earlier.innerText()).toBe('Earlier answer');
    await earlier.locator('summary').click();
    await expect.poll(() => earlier.locator('.one .rendered').count()).toBeGreaterThan(0);
    expect(await violations(page)).toEqual([]);
    await earlier.locator('summary').click();
  });

  it('stays when another one cannot be had', async () => {
    const { page, endpoint } = there();
    const [shown, answers] = [await lastAnswer(page).innerText(), await page.locator('.assistant').count()];
    endpoint.fault('AccessDeniedException');
    await page.getByRole('button', { name: 'Regenerate' }).click();
    await ended(page);
    expect(await statusOf(page)).toContain('access');
    expect(await page.locator('.assistant').count()).toBe(answers);
    expect(await lastAnswer(page).innerText()).toContain(shown.split('\n')[0]);
    expect(await page.getByText('There is no other answer: this one is unchanged.').isVisible()).toBe(true);
    await page.reload();
    await expect.poll(() => page.locator('.assistant').count()).toBe(answers);
    expect(await lastAnswer(page).innerText()).toBe(shown);
  });

  it('that fails says why and what to do, and can be asked again in its place', async () => {
    const { page, endpoint } = there();
    const questions = await page.locator('.user').count();
    endpoint.fault('AccessDeniedException');
    await say(page, 'What is 17 + 25?');
    expect(await page.locator('.broken .note').innerText()).toContain('bedrock:InvokeModel');
    await page.getByRole('button', { name: 'Send again' }).click();
    await expect.poll(() => lastAnswer(page).innerText()).toContain('42');
    expect(await page.locator('.broken').count()).toBe(0);
    expect(await page.locator('.user').count()).toBe(questions + 1);
  });

  it('that the server refuses to begin says why, and can be asked for later', async () => {
    const { page } = there();
    const message = 'Too many messages at once. Wait a minute.';
    await page.route('**/turns', (route) => route.fulfill({ status: 429, json: { message } }));
    await say(page, 'What is 18 + 25?');
    expect(await statusOf(page)).toBe(message);
    await page.unroute('**/turns');
    await page.getByRole('button', { name: 'Send again' }).click();
    await expect.poll(() => lastAnswer(page).innerText()).toContain('43');
    await ended(page);
    expect(await page.locator('.user', { hasText: '18 + 25' }).count()).toBe(1);
  });

  it('of a model that thinks first is announced by its thinking', async () => {
    const { page, endpoint } = there();
    await page.getByLabel('Model').selectOption('gpt-oss');
    endpoint.fault('slow:ms=60');
    const watched = await watch(page);
    await say(page, 'What is 20 + 25?');
    const { statuses } = await watched();
    expect(statuses.filter((text) => /^(?:Thinking|Answering)…$/.test(text))).toEqual([
      'Answering…',
      'Thinking…',
      'Answering…',
    ]);
    expect(await lastAnswer(page).locator('.answer').innerText()).toBe('20 + 25 = 45');
    await page.getByLabel('Model').selectOption('Nova Lite');
  });

  it('is copied as the model wrote it', async () => {
    const { page } = there();
    await say(page, 'How do I conjugate nomu?');
    await lastAnswer(page).getByRole('button', { name: 'Copy' }).click();
    await expect.poll(() => statusOf(page)).toBe('Copied.');
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/\| --- \|/);
  });

  it('has readings above Japanese words', async () => {
    const { page } = there();
    await say(page, 'Let’s eat at the restaurant in Japanese, with furigana');
    const words = lastAnswer(page).locator('ruby[lang=ja]');
    expect(await words.first().locator('rt').innerText()).toMatch(/^\p{Script=Hiragana}+$/u);
    const [reading, word] = await Promise.all([
      words.first().locator('rt').boundingBox(),
      words.first().boundingBox(),
    ]);
    expect(reading?.y).toBeLessThan((word?.y ?? 0) + 1);
  });
});

describe('a click on Send', () => {
  it('that is a double click sends once, and stops nothing', async () => {
    const { page } = there();
    const questions = await page.locator('.user').count();
    await page.getByLabel('Your message').fill('What is 19 + 25?');
    await page.getByRole('button', { name: 'Send', exact: true }).dblclick();
    await expect.poll(() => lastAnswer(page).innerText()).toContain('44');
    await ended(page);
    expect(await page.locator('.user').count()).toBe(questions + 1);
    expect(await page.locator('.broken').count()).toBe(0);
  });

  it('on a message that is too long gives it back, to be shortened', async () => {
    const { page } = there();
    const [questions, long] = [await page.locator('.user').count(), 'long '.repeat(20_000).trim()];
    await begin(page, long);
    await ended(page);
    expect(await statusOf(page)).toBe('The message is too long. Shorten it, or send it in parts.');
    expect(await page.getByLabel('Your message').inputValue()).toBe(long);
    expect(await page.locator('.user').count()).toBe(questions);
    await page.getByLabel('Your message').fill('');
  });
});

describe('a suggestion', () => {
  it('is sent at a click, and leaves what is being written', async () => {
    const { page } = there();
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByLabel('Your message').fill('A thought of my own');
    await page.getByRole('button', { name: 'What is 17 + 25?' }).click();
    await expect.poll(() => lastAnswer(page).innerText()).toContain('42');
    await ended(page);
    expect(await page.getByLabel('Your message').inputValue()).toBe('A thought of my own');
    await page.getByLabel('Your message').fill('');
  });
});

describe('a conversation that cannot be opened', () => {
  it('says why, and the list names the one that is still shown', async () => {
    const { page } = there();
    const list = page.locator('#session');
    const [shown, words] = [await list.inputValue(), await page.locator('#messages').innerText()];
    const message = 'There is no such conversation.';
    await page.route('**/sessions/*', (route) => route.fulfill({ status: 404, json: { message } }));
    await list.selectOption({ index: 2 });
    await expect.poll(() => statusOf(page)).toBe(message);
    await page.unroute('**/sessions/*');
    expect(await list.inputValue()).toBe(shown);
    expect(await page.locator('#messages').innerText()).toBe(words);
  });
});

describe('a conversation that has gone on in another tab', () => {
  it('is shown as it is now before anything is said in it, and what was typed stays', async () => {
    const { page, open } = there();
    await page.getByRole('button', { name: 'New chat' }).click();
    await say(page, 'What is 1 + 1?');
    const other = await open();
    await other.locator('#session').selectOption({ index: 1 });
    await expect.poll(() => other.locator('.user').count()).toBe(1);
    await say(page, 'What is 2 + 2?');
    await begin(other, 'What is 3 + 3?');
    await expect.poll(() => other.locator('.user').count()).toBe(2);
    await ended(other);
    expect(await statusOf(other)).toContain('has gone on');
    expect(await other.getByLabel('Your message').inputValue()).toBe('What is 3 + 3?');
    await other.getByRole('button', { name: 'Send', exact: true }).click();
    await expect.poll(() => lastAnswer(other).innerText()).toContain('6');
    await ended(other);
    await page.getByRole('button', { name: 'Regenerate' }).click();
    await expect.poll(() => page.locator('.user').count()).toBe(3);
    expect(await statusOf(page)).toContain('has gone on');
    await other.close();
  });
});

describe('a stop', () => {
  it('in mid-answer ends the call, keeps what has come on the page, and marks it', async () => {
    const { page, endpoint } = there();
    endpoint.fault('slow:ms=60');
    const before = calls().length;
    await begin(page, 'How do I conjugate taberu?');
    await expect.poll(() => lastAnswer(page).innerText()).toContain('食べる');
    await page.getByRole('button', { name: 'Stop' }).click();
    await ended(page);
    expect(await statusOf(page)).toBe('Stopped. This turn is not kept.');
    await expect.poll(() => calls().at(-1)?.ended).toBe('client left');
    expect(calls().length).toBe(before + 1);
    expect(await page.locator('.broken').innerText()).toContain('食べる');
    await picture(page, 'stopped');
    await page.getByRole('button', { name: 'Send again' }).click();
    await expect.poll(() => page.locator('.broken').count()).toBe(0);
    await ended(page);
    expect(await lastAnswer(page).innerText()).toContain('taberu');
  });

  it('before there is a word ends the call as well', async () => {
    const { page, endpoint } = there();
    endpoint.fault('slow-start:ms=60000');
    const before = calls().length;
    await begin(page, 'Tell me about rain.');
    await expect.poll(() => calls().length).toBe(before + 1);
    await page.getByRole('button', { name: 'Stop' }).click();
    await ended(page);
    await expect.poll(() => calls().at(-1)?.ended).toBe('client left');
  });
});

describe('a conversation', () => {
  it('is listed by its first words, and gone on with', async () => {
    const { page } = there();
    await page.getByRole('button', { name: 'New chat' }).click();
    expect(await page.locator('#messages li').count()).toBe(0);
    await say(page, 'My name is Kenji.');
    await page.getByRole('button', { name: 'New chat' }).click();
    await say(page, 'What is 17 + 25?');
    const list = page.getByLabel('Conversation').locator('option', { hasText: 'My name is Kenji.' });
    await page.locator('#session').selectOption(await list.getAttribute('value'));
    await expect.poll(() => page.locator('.user').allInnerTexts()).toHaveLength(1);
    await say(page, 'What is my name?');
    expect(await lastAnswer(page).innerText()).toContain('Kenji');
  });

  it('of one visitor is not seen by another', async () => {
    const { page, open, newContext } = there();
    const context = await newContext();
    const other = await open(context);
    expect(await other.locator('#session option').allTextContents()).toEqual(['New conversation']);
    await say(other, 'What is my name?');
    expect(await other.locator('#messages').innerText()).not.toContain('Kenji');
    expect(await page.locator('#messages').innerText()).toContain('Kenji');
    expect(await page.locator('#messages').innerText()).not.toContain('local stand-in');
    await context.close();
  });
});

function isInView(page: ReturnType<typeof there>['page']) {
  return lastAnswer(page).evaluate((item) => {
    const [own, view] = [item.getBoundingClientRect(), item.closest('main')?.getBoundingClientRect()];
    return view !== undefined && own.bottom <= view.bottom + 1;
  });
}

describe('the page', () => {
  it('is not sent by the Enter that ends what an input method composes', async () => {
    const { page } = there();
    const before = await page.locator('.user').count();
    await page.getByLabel('Your message').fill('にほん');
    const press = (isComposing: boolean) =>
      page
        .getByLabel('Your message')
        .dispatchEvent('keydown', { key: 'Enter', isComposing, bubbles: true, cancelable: true });
    await press(true);
    expect(await page.locator('.user').count()).toBe(before);
    await press(false);
    await expect.poll(() => page.locator('.user').count()).toBe(before + 1);
    await ended(page);
  });

  it('begins with suggestions that can be clicked', async () => {
    const { page } = there();
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByRole('button', { name: 'What is 17 + 25?' }).click();
    await expect.poll(() => lastAnswer(page).innerText()).toContain('42');
    await ended(page);
  });

  it('fits a phone, with nothing to scroll sideways', async () => {
    const { page } = there();
    await page.setViewportSize({ width: 390, height: 844 });
    await say(page, `A long word: ${'x'.repeat(200)}`);
    await say(page, 'How do I conjugate taberu?');
    const wide = await page
      .locator('html, body, main, li, form, header, footer')
      .evaluateAll((all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    expect(wide).toBe(0);
    await expect.poll(() => isInView(page)).toBe(true);
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 960 });
  });

  it('moves nothing for those who ask for less motion', async () => {
    const { page, endpoint } = there();
    endpoint.fault('slow:ms=60');
    const moving = async () => {
      await begin(page, 'How do I conjugate taberu?');
      await expect.poll(() => lastAnswer(page).innerText()).toContain('食べる');
      const count = await page.evaluate('document.getAnimations().length');
      await page.getByRole('button', { name: 'Stop' }).click();
      await ended(page);
      return count;
    };
    expect(await moving()).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    endpoint.fault('slow:ms=60');
    expect(await moving()).toBe(0);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
  });
});
