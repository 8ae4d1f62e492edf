import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { ended, lastAnswer, statusOf } from './chat-page.ts';

/** The id of what has the focus, or its words. */
const focused = (page: Page): Promise<string> =>
  page.evaluate('document.activeElement.id || document.activeElement.textContent');

/** Whether one sees where the focus is: an outline, of the field's frame for the field. */
const isFocusSeen = (page: Page): Promise<boolean> =>
  page.evaluate(`(() => {
    const at = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(at.id === 'text' ? at.form : at);
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0;
  })()`);

/** Moves on by one key, and says where that has led; nobody is ever lost. */
async function moveBy(page: Page, key: 'Tab' | 'Shift+Tab'): Promise<string> {
  await page.keyboard.press(key);
  const place = await focused(page);
  expect([place, await isFocusSeen(page)]).toEqual([place, true]);
  return place;
}

/** Moves back to a place, by at most so many steps. */
async function backTo(page: Page, place: string, steps = 30): Promise<void> {
  const passed: string[] = [];
  while (passed.at(-1) !== place && passed.length < steps) passed.push(await moveBy(page, 'Shift+Tab'));
  expect(passed.at(-1)).toBe(place);
}

/** What is said to those who listen. */
const spoken = (page: Page) => page.locator('#spoken').textContent();

/**
 * Once through everything with the keyboard alone, in a page that was just opened: ask, stop, ask again, another answer,
 * the earlier one, copy, refuse and allow a tool, a new conversation, and back to the one before.
 *
 * @param holdNext makes the next answer slow
 */
export async function walkWithKeyboard(page: Page, holdNext: () => void): Promise<void> {
  const field = page.getByLabel('Your message');
  const dialog = page.getByRole('dialog');
  const atField = () => expect.poll(() => focused(page)).toBe('text');

  // One begins in the field. Backwards: the suggestions, and the controls above.
  await atField();
  const suggestions = await page.locator('#suggestions button').allInnerTexts();
  for (const place of [...suggestions.toReversed(), 'fresh', 'session', 'model'])
    expect(await moveBy(page, 'Shift+Tab')).toBe(place);
  for (const place of ['session', 'fresh', ...suggestions, 'text'])
    expect(await moveBy(page, 'Tab')).toBe(place);

  // A question of two lines; its answer is stopped, and asked for again.
  holdNext();
  await page.keyboard.type('What is');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('17 + 25?');
  await page.keyboard.press('Enter');
  await expect.poll(() => statusOf(page)).toBe('Answering…');
  expect(await focused(page)).toBe('text');
  expect(await moveBy(page, 'Tab')).toBe('stop');
  await page.keyboard.press('Enter');
  await ended(page);
  await atField();
  expect(await page.getByRole('status').innerText()).toBe('Stopped. This turn is not kept.');
  await backTo(page, 'Send again', 1);
  await page.keyboard.press('Enter');
  await expect.poll(() => lastAnswer(page).innerText()).toContain('42');
  await ended(page);
  await atField();
  expect(await page.locator('.user .plain').innerText()).toBe('What is\n17 + 25?');
  expect(await spoken(page)).toBe('17 + 25 = 42');
  expect(await page.getByRole('status').innerText()).toContain('Done: ');

  // Another answer, and the one before.
  await backTo(page, 'Regenerate', 1);
  await page.keyboard.press('Enter');
  await lastAnswer(page).locator('.earlier').waitFor();
  await ended(page);
  await atField();
  expect(await moveBy(page, 'Shift+Tab')).toBe('Regenerate');
  expect(await moveBy(page, 'Shift+Tab')).toBe('Copy');
  await page.keyboard.press('Enter');
  await expect.poll(() => statusOf(page)).toBe('Copied.');
  expect(await focused(page)).toMatch(/^Cop/);
  expect(await moveBy(page, 'Shift+Tab')).toContain('Earlier answer');
  await page.keyboard.press('Enter');
  await expect.poll(() => lastAnswer(page).locator('.earlier .one').innerText()).toContain('42');

  // What was copied can be written into the field.
  await field.focus();
  await page.keyboard.press('Control+V');
  expect(await field.inputValue()).toBe('17 + 25 = 42');
  await page.keyboard.press('Control+A');

  // A tool that asks: the input can be read, Escape refuses, and one is where one was.
  await page.keyboard.type('Please book a train to Berlin.');
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  expect(await focused(page)).toBe('Refuse');
  expect(await moveBy(page, 'Shift+Tab')).toBe('approval-input');
  expect(await moveBy(page, 'Tab')).toBe('Refuse');
  await page.keyboard.press('Escape');
  await ended(page);
  await atField();
  await page.keyboard.type('Please book a train to Tokyo.');
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  expect(await moveBy(page, 'Tab')).toBe('approval-allow');
  await page.keyboard.press('Enter');
  await ended(page);
  await atField();
  expect(await spoken(page)).toContain('A ticket to Tokyo is booked.');
  // The step opens to what it was given and what it gave.
  await backTo(page, (await lastAnswer(page).locator('summary').textContent()) ?? '', 4);
  await page.keyboard.press('Enter');
  await expect.poll(() => lastAnswer(page).getByText('"city": "Tokyo"').last().isVisible()).toBe(true);
  expect(await moveBy(page, 'Tab')).toContain('"city": "Tokyo"');

  // A new conversation, and back to the one before.
  const [shown, id] = [await page.locator('.user').count(), await page.locator('#session').inputValue()];
  await backTo(page, 'fresh');
  await page.keyboard.press('Enter');
  await atField();
  expect(await page.locator('.user').count()).toBe(0);
  await backTo(page, 'session');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('.user').count()).toBe(shown);
  expect(await page.locator('#session').inputValue()).toBe(id);
  expect(await focused(page)).toBe('session');
}
