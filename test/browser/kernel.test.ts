import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cell, committedMetadata, writeNotebook } from '../../packages/workshop/src/notebook-file.ts';
import { openBrowser } from './browser.ts';
import { startCommand } from './start-command.ts';

const name = `browser-${crypto.randomUUID()}.ipynb`;
const file = join(import.meta.dirname, '..', '..', 'notebooks', name);
const cell = (source: string): Cell => ({
  cell_type: 'code',
  id: crypto.randomUUID(),
  metadata: {},
  source,
  outputs: [],
  execution_count: null,
});

const typed =
  "interface Word {\n  readonly kana: string;\n}\nconst word: Word = { kana: 'mizu' };\nword.kana;";
const waits =
  "console.log('waits');\nsetInterval(() => console.log('tick'), 50);\nawait new Promise(() => {});";
const fails = 'const none: any = undefined;\n\nnone.kana;';

let browser: Awaited<ReturnType<typeof openBrowser>>;
let jupyter: Awaited<ReturnType<typeof startCommand>>;
let page: Page;

beforeAll(async () => {
  writeNotebook(file, {
    cells: [cell(typed), cell(waits), cell(fails), cell("console.log('behind it');")],
    metadata: committedMetadata,
    nbformat: 4,
    nbformat_minor: 5,
  });
  [browser, jupyter] = await Promise.all([openBrowser(), startCommand('--local')]);
  page = await browser.context.newPage();
  const url = new URL(jupyter.url);
  url.pathname = `/lab/tree/notebooks/${name}`;
  await page.goto(url.href);
  await page.locator('.jp-Notebook .jp-CodeCell').nth(3).waitFor({ timeout: 60_000 });
});
afterAll(async () => {
  await browser?.close();
  await jupyter?.stop();
  rmSync(file, { force: true });
});

const codeCell = (index: number) => page.locator(`.jp-CodeCell[data-windowed-list-index="${index}"]`);
const outputOf = (index: number) => codeCell(index).locator('.jp-OutputArea').innerText();

/** The colour of a piece of the first cell's code, and whether it is a piece of its own to the editor. */
function colourOf(text: string): Promise<string | undefined> {
  return codeCell(0)
    .locator('.cm-content span')
    .evaluateAll((spans, wanted) => {
      const span = spans.find(({ textContent }) => textContent === wanted);
      return span?.ownerDocument.defaultView?.getComputedStyle(span).color;
    }, text);
}

async function runCell(index: number): Promise<void> {
  await codeCell(index).locator('.jp-InputArea-prompt').click();
  await page.keyboard.press('Control+Enter');
}

describe('a notebook in JupyterLab', () => {
  it('is coloured as TypeScript, and opening it is not an edit', async () => {
    const kernel = page.locator('.jp-Toolbar-kernelName:visible');
    await expect.poll(() => kernel.textContent()).toContain('TypeScript');
    // JavaScript has no such words; its mode shows them as plain names.
    await expect.poll(() => colourOf('interface')).toBe(await colourOf('const'));
    expect(await colourOf('readonly')).toBe(await colourOf('const'));
    await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({ timeout: 60_000 });
    expect(await page.locator('.lm-TabBar-tab.jp-mod-dirty').count()).toBe(0);
    await runCell(0);
    await expect.poll(() => outputOf(0)).toContain('mizu');
    expect(await colourOf('interface')).toBe(await colourOf('const'));
  });

  it('stops at once, with everything that the cell had under way', async () => {
    await runCell(1);
    await expect.poll(() => outputOf(1)).toContain('tick');
    await page.keyboard.press('Escape');
    await page.keyboard.press('i');
    await page.keyboard.press('i');
    await expect.poll(() => outputOf(1)).toContain('Interrupted: The cell was stopped.');
    const stopped = await outputOf(1);
    await page.waitForTimeout(300);
    expect(await outputOf(1)).toBe(stopped);
  });

  it('shows an error with its line, and says of the cells behind it that they were not run', async () => {
    await codeCell(2).locator('.jp-InputArea-prompt').click();
    await page.getByRole('menuitem', { name: 'Run', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Run Selected Cell and All Below', exact: true }).click();
    await expect.poll(() => outputOf(3)).toContain('Not run: a cell before it failed');
    const shown = await outputOf(2);
    expect(shown).toContain("TypeError: Cannot read properties of undefined (reading 'kana')");
    expect(shown).toMatch(/cell \[\d+\], line 3/);
    expect(shown).toContain('3 | none.kana;');
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
  });

  it('lends its variables to a console, which leaves nothing in its cells', async () => {
    const before = await outputOf(3);
    await codeCell(3).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'New Console for Notebook', exact: true }).click();
    const prompt = page.locator('.jp-CodeConsole-promptCell .cm-content');
    await prompt.waitFor({ timeout: 60_000 });
    await prompt.click();
    await page.keyboard.type('word.kana + word.kana.length');
    await page.keyboard.press('Shift+Enter');
    const shown = page.locator('.jp-CodeConsole-content .jp-OutputArea-output');
    await expect.poll(() => shown.allInnerTexts()).toEqual(['mizu4']);
    // JupyterLab forgets what was typed before the kernel had answered with its history: that has come by now.
    await prompt.click();
    await page.keyboard.type('word.kana');
    await page.keyboard.press('Shift+Enter');
    await expect.poll(() => shown.allInnerTexts()).toEqual(['mizu4', 'mizu']);
    await prompt.click();
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => prompt.innerText()).toContain('word.kana');
    expect(await outputOf(3)).toBe(before);
  });
});
