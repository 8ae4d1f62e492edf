import { expect, it } from 'vitest';
import { scripted } from '../../packages/local-bedrock/src/index.ts';
import { end } from '../../packages/local-bedrock/test/answers.ts';
import { lastAnswer, ready, say, useChatPage } from './chat-page.ts';

const hostile = `# Hello

<img src="https://evil.example/a.png" onerror="alert(1)"> <script>alert(2)</script>

![picture](https://evil.example/b.png) and [a link](javascript:alert(3)) and [another](https://fine.example/)

<svg onload=alert(4)></svg>

<iframe src="https://evil.example/"></iframe><style>body { display: none }</style>

| <img src=https://evil.example/c.png> |
| --- |
| <b onmouseover=alert(5)>x</b> |

\`\`\`html
</code></pre><script>alert(6)</script>
\`\`\`

<form action="https://evil.example/"><input name=x></form>`;
const pieces = hostile.match(/[\s\S]{1,7}/g) ?? [];
const words = scripted(() => [...pieces.map((text) => ({ type: 'text' as const, text })), end]);
const there = useChatPage({}, { words });

it('hostile Markdown loads nothing and runs nothing: not while it comes, not when it is whole, not after a reload', async () => {
  const { page, chat } = there();
  const happened: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(chat.url)) happened.push(request.url());
  });
  page.on('dialog', (dialog) => {
    happened.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // The policy would have held; but nothing has come as far as that.
    if (message.type() === 'error') happened.push(message.text());
  });
  const foreign = page.locator('#messages :is(img, script, iframe, svg, style, form, input, b)');
  await say(page, '<img src=https://evil.example/d.png onerror=alert(7)>');
  for (const _ of ['whole', 'after a reload']) {
    expect(await lastAnswer(page).innerText()).toContain('<script>alert(2)</script>');
    expect(await lastAnswer(page).innerText()).toContain('</code></pre><script>alert(6)</script>');
    expect(await page.locator('.user .plain').innerText()).toContain('<img src=');
    expect(await foreign.count()).toBe(0);
    expect(
      await lastAnswer(page)
        .locator('a')
        .evaluateAll((all) => all.map(String)),
    ).toEqual(['https://fine.example/']);
    await page.reload();
    await ready(page);
    await lastAnswer(page).waitFor();
  }
  expect(happened).toEqual([]);
});
