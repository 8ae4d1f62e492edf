import { tool } from 'lib';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { begin, ended, lastAnswer, picture, ready, say, statusOf, useChatPage } from './chat-page.ts';

const booked: string[] = [];
/** What the weather waits for. */
let weatherComes: Promise<void> | undefined;
const weatherTool = tool({
  name: 'get_weather',
  description: 'The weather in a city.',
  input: z.object({ city: z.string().describe('A city, such as Toronto') }),
  run: async ({ city }) => {
    await weatherComes;
    if (city === 'Atlantis') throw new Error('there is no weather for Atlantis');
    return { city, celsius: city === 'Tokyo' ? 28 : 21, sky: 'clear' };
  },
});
const bookTool = tool({
  name: 'book_train',
  description: 'Books a train ticket to a city. It costs money.',
  input: z.object({ city: z.string().describe('The city to go to') }),
  run: ({ city }) => {
    booked.push(city);
    return `A ticket to ${city} is booked.`;
  },
});
const there = useChatPage({
  tools: (askVisitor) => [weatherTool, { ...bookTool, approve: askVisitor }],
  suggestions: ['What is the weather in Toronto, and in Tokyo?', 'Please book a train to Berlin.'],
});
const booking = 'Please book a train to Berlin.';
const steps = () => lastAnswer(there().page).locator('details');
const dialog = () => there().page.getByRole('dialog');
afterEach(() => {
  booked.length = 0;
  weatherComes = undefined;
});

describe('a tool call', () => {
  it('is shown while it runs, with what it is given, and is said to those who listen', async () => {
    const { page } = there();
    let come = () => {};
    weatherComes = new Promise((resolve) => {
      come = resolve;
    });
    await begin(page, 'What is the weather in Toronto?');
    await expect
      .poll(() => steps().locator('summary').innerText())
      .toMatch(/get_weather\s+{ "city": "Toronto" }\s+running/);
    expect(await page.getByRole('status').innerText()).toBe('Using get_weather…');
    expect(await steps().count()).toBe(1);
    come();
    await ended(page);
    expect(await steps().locator('summary').innerText()).toContain('done');
    expect(await lastAnswer(page).innerText()).toContain('21');
  });

  it('opens to its input and its result, with the keyboard too, and closes again', async () => {
    const { page } = there();
    const result = steps().getByText('"celsius":21');
    expect(await result.isVisible()).toBe(false);
    await steps().locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await result.isVisible()).toBe(true);
    expect(await steps().locator('pre').first().innerText()).toBe('{\n  "city": "Toronto"\n}');
    await page.keyboard.press('Enter');
    expect(await result.isVisible()).toBe(false);
  });

  it('is shown again after a reload', async () => {
    const { page } = there();
    const shown = await lastAnswer(page).innerText();
    await page.reload();
    await ready(page);
    await expect.poll(() => lastAnswer(page).innerText()).toBe(shown);
    await steps().locator('summary').click();
    expect(await steps().getByText('"celsius":21').isVisible()).toBe(true);
  });

  it('that fails says so, and what the model was told', async () => {
    const { page } = there();
    await say(page, 'What is the weather in Atlantis?');
    expect(await steps().locator('summary').innerText()).toContain('failed');
    await steps().locator('summary').click();
    expect(await steps().getByText('there is no weather for Atlantis').isVisible()).toBe(true);
  });

  it('that is stopped is shown as not finished; the turn is kept, and can be asked again', async () => {
    const { page } = there();
    weatherComes = new Promise(() => {});
    await begin(page, 'What is the weather in Tokyo?');
    await expect.poll(() => steps().count()).toBe(1);
    await page.getByRole('button', { name: 'Stop' }).click();
    await ended(page);
    expect(await statusOf(page)).toBe('Stopped. What was done by then is kept.');
    expect(await page.locator('.broken').count()).toBe(0);
    weatherComes = undefined;
    await page.getByRole('button', { name: 'Regenerate' }).click();
    await expect.poll(() => lastAnswer(page).innerText()).toContain('28');
    await ended(page);
  });

  it('that is stopped while it is asked again stands in the place of the answer before, as it is kept', async () => {
    const { page } = there();
    const answers = await page.locator('.assistant').count();
    weatherComes = new Promise(() => {});
    await page.getByRole('button', { name: 'Regenerate' }).click();
    await expect.poll(() => statusOf(page)).toBe('Using get_weather…');
    await page.getByRole('button', { name: 'Stop' }).click();
    await ended(page);
    weatherComes = undefined;
    const shown = await lastAnswer(page).innerText();
    expect(shown).toContain('Stopped. What was done by then is kept.');
    expect(shown).toContain('2 earlier answers');
    // The page knows where the conversation is, and goes on.
    await say(page, 'What is the weather in Tokyo?');
    expect(await lastAnswer(page).innerText()).toContain('28');
    expect(await page.locator('.assistant').count()).toBe(answers + 1);
  });

  it('has a long input and result that stay inside of a phone', async () => {
    const { page } = there();
    await page.setViewportSize({ width: 390, height: 844 });
    await say(page, 'What is the weather in Toronto, and in Tokyo?');
    await steps().first().locator('summary').click();
    const wide = await page
      .locator('html, body, main, li, details')
      .evaluateAll((all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    expect(wide).toBe(0);
    await page.setViewportSize({ width: 1440, height: 960 });
  });
});

describe('a tool with effects', () => {
  it('asks first: the dialog has the focus on Refuse, and Enter refuses', async () => {
    const { page } = there();
    await begin(page, booking);
    await dialog().waitFor();
    expect(await dialog().getByRole('heading').innerText()).toBe('Allow book_train?');
    expect(await page.title()).toBe('Allow book_train?');
    expect(await dialog().innerText()).toContain('"city": "Berlin"');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Refuse');
    expect(await page.getByRole('status').textContent()).toBe('book_train waits for your decision.');
    await page.keyboard.press('Enter');
    await ended(page);
    expect(await page.title()).toBe('Chat on Amazon Bedrock');
    expect(booked).toEqual([]);
    expect(await steps().locator('summary').innerText()).toContain('failed');
    await steps().locator('summary').click();
    expect(await steps().getByText('The visitor refused.').isVisible()).toBe(true);
  });

  it('runs once it is allowed, with the keyboard alone', async () => {
    const { page } = there();
    await begin(page, booking);
    await dialog().waitFor();
    expect(booked).toEqual([]);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Allow');
    await page.keyboard.press('Enter');
    await ended(page);
    expect(booked).toEqual(['Berlin']);
    expect(await lastAnswer(page).innerText()).toContain('A ticket to Berlin is booked.');
  });

  it('is refused by Escape', async () => {
    const { page } = there();
    await begin(page, booking);
    await dialog().waitFor();
    await page.keyboard.press('Escape');
    await ended(page);
    expect(await dialog().isVisible()).toBe(false);
    expect(booked).toEqual([]);
  });

  it('asks for each of two calls', async () => {
    const { page } = there();
    await begin(page, 'Please book a train to Berlin and book a train to Tokyo.');
    for (const answer of ['Refuse', 'Allow']) {
      await dialog().waitFor();
      const asked = await dialog().innerText();
      await dialog().getByRole('button', { name: answer }).click();
      await expect
        .poll(async () => (await dialog().isVisible()) && (await dialog().innerText()) === asked)
        .toBe(false);
    }
    await ended(page);
    expect(booked).toHaveLength(1);
  });

  it('is not allowed by the second click of a double click on the one before', async () => {
    const { page } = there();
    await begin(page, 'Please book a train to Berlin and to Tokyo.');
    await dialog().waitFor();
    const allow = dialog().getByRole('button', { name: 'Allow' });
    await allow.hover();
    // A click that comes at once is meant for what stood there before.
    await expect.poll(() => allow.getAttribute('aria-disabled')).toBe('false');
    const asked = await dialog().innerText();
    await page.mouse.down({ clickCount: 1 });
    await page.mouse.up({ clickCount: 1 });
    // Slow enough for the next question to stand in the place of the first.
    await expect.poll(() => dialog().innerText()).not.toBe(asked);
    await page.mouse.down({ clickCount: 2 });
    await page.mouse.up({ clickCount: 2 });
    await expect.poll(() => booked).toHaveLength(1);
    await expect.poll(() => dialog().isVisible()).toBe(true);
    await dialog().getByRole('button', { name: 'Refuse' }).click();
    await ended(page);
    expect(booked).toHaveLength(1);
  });

  it('does not run when its page is closed', async () => {
    const { open, endpoint } = there();
    const tab = await open();
    const before = endpoint.requests().length;
    await begin(tab, booking);
    await tab.getByRole('dialog').waitFor();
    await tab.close();
    const next = await open();
    // The conversation says what came of it.
    const list = next.locator('#session option', { hasText: booking }).first();
    await next.locator('#session').selectOption(await list.getAttribute('value'));
    await expect.poll(() => next.locator('.note').count()).toBe(1);
    expect(booked).toEqual([]);
    expect(endpoint.requests().length).toBe(before + 1);
    await next.close();
  });
});

describe('a conversation with tools', () => {
  it.each([
    { name: 'light', colorScheme: 'light', width: 1200, height: 900 },
    { name: 'dark', colorScheme: 'dark', width: 1200, height: 900 },
    { name: 'phone', colorScheme: 'light', width: 390, height: 844 },
  ] as const)('fits its window, as a picture for the README: $name', async ({ name, ...look }) => {
    const context = await there().newContext();
    const page = await there().open(context);
    await page.setViewportSize({ width: look.width, height: look.height });
    await page.emulateMedia({ colorScheme: look.colorScheme });
    if (name !== 'dark') await say(page, 'Translate into Japanese, with furigana: I eat sushi in Tokyo');
    await say(page, 'What is the weather in Toronto, and in Tokyo?');
    if (name === 'dark') {
      await lastAnswer(page).locator('summary').first().click();
      await begin(page, booking);
      await page.getByRole('dialog').waitFor();
      const allow = page.getByRole('dialog').getByRole('button', { name: 'Allow' });
      await expect.poll(() => allow.getAttribute('aria-disabled')).toBe('false');
    }
    await page.locator('main').evaluate((view) => view.scrollTo(0, view.scrollHeight));
    const wide = await page
      .locator('html, main, li, details, form, dialog')
      .evaluateAll((all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    expect(wide).toBe(0);
    await picture(page, name);
    await context.close();
    expect(booked).toEqual([]);
  });
});
