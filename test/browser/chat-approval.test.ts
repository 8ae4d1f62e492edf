import { tool } from 'lib';
import { afterEach, describe, expect, it } from 'vitest';
import { scripted } from '../../packages/local-bedrock/src/index.ts';
import type { AnswerEvent } from '../../packages/local-bedrock/src/words/answer.ts';
import { end } from '../../packages/local-bedrock/test/answers.ts';
import { begin, ended, lastAnswer, picture, statusOf, useChatPage, violations } from './chat-page.ts';

type Call = readonly [id: string, name: string, input: object];

/** What the model says next; then that it is done. */
const answers: (readonly Call[])[] = [];
const done: readonly AnswerEvent[] = [{ type: 'text', text: 'Done.' }, end];
const words = scripted(() => {
  const calls = answers.shift();
  if (!calls) return done;
  const said = calls.flatMap(([id, name, input]): AnswerEvent[] => [
    { type: 'toolUse', id, name },
    { type: 'toolInput', json: JSON.stringify(input) },
  ]);
  return [...said, { ...end, ending: { reason: 'toolUse' } } as AnswerEvent];
});
const ran: string[] = [];
const named = (name: string) =>
  tool({
    name,
    description: `Does ${name}.`,
    input: { type: 'object' },
    run: (input) => {
      ran.push(`${name} ${JSON.stringify(input)}`);
      return 'done';
    },
  });
const there = useChatPage(
  {
    tools: (askVisitor) =>
      ['read_note', 'send_money'].map((name) => ({ ...named(name), approve: askVisitor })),
  },
  { words },
);
const dialog = () => there().page.getByRole('dialog');
const allow = () => dialog().getByRole('button', { name: 'Allow' });
const shownInput = () => there().page.locator('#approval-input').innerText();
afterEach(() => {
  ran.length = answers.length = 0;
});

/** Allows one question after the other, and gives what each dialog said that it was about. */
async function allowAll(count: number): Promise<string[]> {
  const { page } = there();
  const asked: string[] = [];
  for (let number = 0; number < count; number++) {
    await dialog().waitFor();
    await expect
      .poll(() => page.locator('#approval-input').innerText())
      .not.toBe(asked.at(-1)?.split('\n').slice(1).join('\n'));
    const title = await dialog().getByRole('heading').innerText();
    asked.push(`${title}\n${await shownInput()}`);
    await allow().click();
    await expect.poll(() => ran.length).toBe(number + 1);
  }
  await ended(page);
  return asked;
}

describe('what a dialog names is what runs', () => {
  it.each<{ scene: string; steps: (readonly Call[])[] }>([
    {
      scene: 'two calls of one id, and a third that has guessed the next one',
      steps: [
        [
          ['X', 'read_note', { n: 1 }],
          ['X', 'send_money', { n: 2 }],
          ['X_2', 'read_note', { n: 3 }],
        ],
      ],
    },
    {
      scene: 'an id of an earlier step',
      steps: [
        [['X', 'read_note', { n: 1 }]],
        [['X', 'send_money', { n: 2 }]],
        [['X_2', 'read_note', { n: 3 }]],
      ],
    },
    {
      scene: 'no ids',
      steps: [
        [
          ['', 'read_note', { n: 1 }],
          ['', 'send_money', { n: 2 }],
          ['_2', 'read_note', { n: 3 }],
        ],
      ],
    },
    {
      scene: 'ids as long as a book',
      steps: [
        [
          ['x'.repeat(100_000), 'read_note', { n: 1 }],
          ['x'.repeat(100_000), 'send_money', { n: 2 }],
          [`${'x'.repeat(62)}_2`, 'read_note', { n: 3 }],
        ],
      ],
    },
    {
      scene: 'ids with spaces, line ends and names of prototypes',
      steps: [
        [
          ['a b\n', 'read_note', { n: 1 }],
          ['__proto__', 'send_money', { n: 2 }],
          ['constructor', 'read_note', { n: 3 }],
        ],
      ],
    },
  ])('$scene', async ({ steps }) => {
    answers.push(...steps);
    await begin(there().page, 'Go on.');
    const calls = steps.flat();
    const asked = await allowAll(calls.length);
    expect(ran).toEqual(calls.map(([, name, input]) => `${name} ${JSON.stringify(input)}`));
    expect(asked).toEqual(
      calls.map(([, name, input]) => `Allow ${name}?\n${JSON.stringify(input, null, 2)}`),
    );
    // The steps tell the same, now and after a reload.
    const names = () => lastAnswer(there().page).locator('summary strong').allInnerTexts();
    expect(await names()).toEqual(calls.map(([, name]) => name));
    await there().page.reload();
    await expect.poll(names).toEqual(calls.map(([, name]) => name));
  });
});

describe('an input', () => {
  it('that would read differently from what runs is shown as what it is', async () => {
    const { page } = there();
    answers.push([
      ['a', 'send_money', { to: 'bob\u202e"000,000,1" :tnuoma\u202c', by: 'r\u0430ypal\u200b' }],
    ]);
    await begin(page, 'Pay.');
    await dialog().waitFor();
    expect(await shownInput()).toBe(
      '{\n  "to": "bob\\u202e\\"000,000,1\\" :tnuoma\\u202c",\n  "by": "r\\u0430ypal\\u200b"\n}',
    );
    expect(await statusOf(page)).toBe('send_money waits for your decision.');
    await dialog().getByRole('button', { name: 'Refuse' }).click();
    await ended(page);
    expect(ran).toEqual([]);
  });

  it.each([
    [
      'line ends',
      { note: Object.fromEntries(Array.from({ length: 60 }, (_, line) => [`line ${line}`, ''])) },
    ],
    ['members', Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`member ${n}`, n]))],
    ['words', { note: Array.from({ length: 40 }, () => 'word '.repeat(100)) }],
  ])('that is long in %s is allowed only when its end has been in sight', async (_, more) => {
    const { page } = there();
    answers.push([['a', 'send_money', { ...more, amount: 1_000_000 }]]);
    await begin(page, 'Pay.');
    await dialog().waitFor();
    const box = page.locator('#approval-input');
    expect(await box.innerText()).toContain('"amount": 1000000');
    await allow().focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    expect(await dialog().isVisible()).toBe(true);
    expect(await allow().getAttribute('aria-disabled')).toBe('true');
    expect(await page.locator('#approval-hint').isVisible()).toBe(true);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'approval-long');
    // The keyboard leads there as well.
    await box.focus();
    await expect
      .poll(async () => {
        await page.keyboard.press('End');
        return await allow().getAttribute('aria-disabled');
      })
      .toBe('false');
    expect(ran).toEqual([]);
    await allow().focus();
    await page.keyboard.press('Enter');
    await ended(page);
    expect(ran).toHaveLength(1);
  });

  it('with one long text shows its beginning, its end and its length, and all of it when asked to', async () => {
    const { page } = there();
    const note = `begin${' '.repeat(20_000)}end`;
    answers.push([['a', 'send_money', { note, amount: 7 }]]);
    await begin(page, 'Pay.');
    await dialog().waitFor();
    const shown = await shownInput();
    expect(shown).toContain('begin');
    expect(shown).toContain('of 20010 characters not shown');
    expect(shown).toContain('end"');
    expect(shown.length).toBeLessThan(1_000);
    expect(await page.locator('#approval-size').innerText()).toMatch(/Input: 20,0\d\d characters/);
    await dialog().getByRole('button', { name: 'Show all of it' }).click();
    expect(await page.locator('#approval-input').textContent()).toBe(
      JSON.stringify({ note, amount: 7 }, null, 2),
    );
    expect(await allow().getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Escape');
    await ended(page);
    expect(ran).toEqual([]);
  });

  it.each<[string, object, string]>([
    [
      'the middle of a long command',
      { command: `ls ${'-l '.repeat(150)}; rm -rf ~ ; ${'ls '.repeat(150)}` },
      'rm -rf',
    ],
    [
      'a short text between two long ones',
      { before: 'word '.repeat(300), to: 'mallory', after: 'word '.repeat(300) },
      '"to": "mallory"',
    ],
  ])(
    'that hides %s is allowed only when all of it was opened and its end was in sight',
    async (_, sent, what) => {
      const { page } = there();
      answers.push([['a', 'send_money', sent]]);
      await begin(page, 'Go on.');
      await dialog().waitFor();
      const box = page.locator('#approval-input');
      /** As the page knows of it: it hears of scrolling with the next picture. */
      const toEnd = () =>
        page.evaluate(`(async () => {
          const box = document.querySelector('#approval-input');
          box.scrollTo(0, box.scrollHeight);
          for (let picture = 0; picture < 2; picture++) await new Promise(requestAnimationFrame);
        })()`);
      await toEnd();
      expect(await page.locator('#approval-hint').innerText()).toContain('Show all of it');
      await allow().focus();
      await page.keyboard.press('Enter');
      expect(await dialog().isVisible()).toBe(true);
      expect(await allow().getAttribute('aria-disabled')).toBe('true');
      await dialog().getByRole('button', { name: 'Show all of it' }).click();
      expect(await box.innerText()).toContain(what);
      await toEnd();
      await expect.poll(() => allow().getAttribute('aria-disabled')).toBe('false');
      expect(ran).toEqual([]);
      await allow().click();
      await ended(page);
      expect(ran).toEqual([`send_money ${JSON.stringify(sent)}`]);
    },
  );

  it('shows each member, whatever stands around it and however long its name is', async () => {
    const { page } = there();
    const texts = Array.from({ length: 60 }, (_, n) => `text ${n}`);
    const long = 'name '.repeat(400);
    const sent = { notes: texts, to: 'mallory', [long]: 1, amount: 1_000_000, more: texts };
    answers.push([['a', 'send_money', sent]]);
    await begin(page, 'Pay.');
    await dialog().waitFor();
    expect(await page.locator('#approval-input').textContent()).toBe(JSON.stringify(sent, null, 2));
    expect(await allow().getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Escape');
    await ended(page);
    expect(ran).toEqual([]);
  });

  it('that changed after it was shown is not allowed', async () => {
    const { page } = there();
    answers.push([['a', 'send_money', { n: 1 }]]);
    // Somebody between the page and its server answers for another input.
    await page.route('**/approvals', (route) => {
      const body = { ...JSON.parse(route.request().postData() ?? '{}'), digest: '0'.repeat(64) };
      return route.continue({ postData: JSON.stringify(body) });
    });
    await begin(page, 'Pay.');
    await dialog().waitFor();
    await allow().click();
    await ended(page);
    await page.unroute('**/approvals');
    expect(ran).toEqual([]);
    expect(await lastAnswer(page).locator('summary').innerText()).toContain('failed');
  });
});
