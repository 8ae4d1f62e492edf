import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinLines, readNotebook, streamText } from '../../packages/workshop/src/notebook-file.ts';
import { openBrowser } from './browser.ts';
import { startCommand } from './start-command.ts';

const projectRoot = join(import.meta.dirname, '..', '..');
const file = join(projectRoot, 'notebooks/001.ipynb');
const notebook = readNotebook(file);

let browser: Awaited<ReturnType<typeof openBrowser>>;
let jupyter: Awaited<ReturnType<typeof startCommand>>;
let page: Page;

beforeAll(async () => {
  [browser, jupyter] = await Promise.all([openBrowser(), startCommand('--local')]);
  page = await browser.context.newPage();
});
afterAll(async () => {
  await browser?.close();
  expect(await jupyter?.stop()).toBe(0);
});

/** What stands under each cell, by its position; JupyterLab draws only the cells in view, so it scrolls. */
async function outputsOnPage(): Promise<Map<number, string>> {
  const panel = page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer');
  const found = new Map<number, string>();
  await panel.evaluate((element) => element.scrollTo(0, 0));
  for (let step = 0; step < 200; step += 1) {
    await page.waitForTimeout(100);
    const seen = await panel.locator('.jp-Cell[data-windowed-list-index]').evaluateAll((cells) =>
      cells.map((cell) => ({
        index: Number(cell.dataset.windowedListIndex),
        text: [...cell.querySelectorAll('.jp-OutputArea-output')].map((node) => node.textContent).join('\n'),
      })),
    );
    for (const { index, text } of seen) found.set(index, text);
    const atEnd = await panel.evaluate((element) => {
      const before = element.scrollTop;
      element.scrollBy(0, element.clientHeight / 2);
      return element.scrollTop === before;
    });
    if (atEnd) break;
  }
  return found;
}

describe('npm start, in a browser', () => {
  it('opens JupyterLab on notebook 001, with the local kernel', async () => {
    await page.goto(jupyter.url);
    await page.locator('.jp-Notebook .jp-Cell').first().waitFor({ timeout: 60_000 });
    const kernel = page.locator('.jp-Toolbar-kernelName:visible');
    await expect.poll(() => kernel.textContent()).toContain('TypeScript (local Bedrock)');
    expect(await page.title()).toContain('001');
    // Looking at a notebook is not an edit: its metadata says what the kernel says.
    expect(await page.locator('.lm-TabBar-tab.jp-mod-dirty').count()).toBe(0);
  });

  it('runs every cell, and shows what the committed notebook shows', async () => {
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await page.getByRole('menuitem', { name: 'Clear Outputs of All Cells' }).click();
    await page.getByRole('menuitem', { name: 'Run', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Run All Cells', exact: true }).click();
    const last = page.locator('.jp-OutputArea-output', { hasText: 'Closed. Next: notebook 002' });
    await last.waitFor({ timeout: 120_000 });

    let shown = new Map<number, string>();
    const words = (text: string) => text.replace(/\s+/g, ' ').trim();
    const committed = notebook.cells.flatMap(({ cell_type, metadata, outputs = [] }, index) =>
      cell_type !== 'code' || metadata.tags?.includes('volatile')
        ? []
        : [[index, words(streamText(outputs))]],
    ) as [number, string][];
    // Walked through again where the page had not drawn a cell in time.
    const differing = async () => {
      shown = await outputsOnPage();
      const seen = (index: number) => words(shown.get(index) ?? '');
      return committed
        .filter(([index, text]) => !seen(index).includes(text))
        .map(([index, text]) => `cell ${index + 1}: ${text}, here ${seen(index)}`);
    };
    await expect.poll(differing).toEqual([]);
    expect([...shown.values()].join('\n')).toContain('potassium sulfate');
    expect([...shown.values()].join('\n')).toContain('Claude Haiku 4.5');
  }, 180_000);

  it('shows no error and draws its tables', async () => {
    expect(await page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count()).toBe(0);
    const table = page.locator('caption', { hasText: 'The neutralisation task, model against model' });
    await scrollTo(
      page,
      notebook.cells.findIndex(({ source }) => joinLines(source).includes('model against model')),
    );
    await table.waitFor();
    await table.evaluate((element) => {
      element.scrollIntoView({ block: 'start' });
      element.closest('.jp-WindowedPanel-outer')?.scrollBy(0, -400);
    });
    await page.waitForTimeout(500);
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
  });

  it('leaves the committed notebook alone', () => {
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(notebook);
  });
});

/** Brings the cell at this position into view, as a reader would by scrolling. */
async function scrollTo(target: Page, index: number): Promise<void> {
  const panel = target.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer');
  await panel.evaluate((element) => element.scrollTo(0, 0));
  for (let step = 0; step < 200; step += 1) {
    await target.waitForTimeout(50);
    const cell = panel.locator(`.jp-Cell[data-windowed-list-index="${index}"]`);
    if ((await cell.count()) > 0) {
      await cell.evaluate((element) => element.scrollIntoView({ block: 'start' }));
      return;
    }
    await panel.evaluate((element) => element.scrollBy(0, element.clientHeight / 2));
  }
}
