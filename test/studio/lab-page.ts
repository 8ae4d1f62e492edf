import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { findFaults } from '../../packages/workshop/src/notebook-faults.ts';
import { normaliseOutputs, readNotebook } from '../../packages/workshop/src/notebook-file.ts';

const kernelButton = '.jp-Toolbar-kernelName:visible';

/**
 * Opens a notebook in JupyterLab, by its path below the home folder, and waits until its kernel is there. JupyterLab
 * first shows the notebooks that were open before, whose kernels are idle, too: what counts is which tab is in front.
 */
export async function openNotebook(page: Page, server: string, path: string): Promise<void> {
  await page.goto(`${server}lab/tree/${path}`);
  const inFront = page.locator('#jp-main-dock-panel .lm-TabBar-tab.jp-mod-current');
  await inFront.getByText(basename(path), { exact: true }).waitFor({ timeout: 60_000 });
  await page.locator('.jp-Notebook:visible .jp-Cell').first().waitFor({ timeout: 60_000 });
  await expect.poll(() => kernelOf(page), { timeout: 60_000 }).not.toBe('No Kernel');
  await untilIdle(page);
}

/** The kernel's name, as it stands at the top right of the notebook. */
export async function kernelOf(page: Page): Promise<string> {
  return ((await page.locator(kernelButton).textContent()) ?? '').trim();
}

/** Clicks on the kernel's name and chooses another. */
export async function chooseKernel(page: Page, name: string): Promise<void> {
  await page.locator(kernelButton).click();
  const dialog = page.locator('.jp-Dialog');
  await dialog.locator('select').selectOption({ label: name });
  await dialog.getByRole('button', { name: 'Select' }).click();
  await expect.poll(() => kernelOf(page)).toContain(name);
  await untilIdle(page);
}

/** Clears all outputs, runs all cells, waits until the last one has printed this, and saves into this file. */
export async function runAllCells(page: Page, file: string, lastWords: string): Promise<void> {
  await choose(page, 'Edit', 'Clear Outputs of All Cells');
  await choose(page, 'Run', 'Run All Cells');
  await page.locator('.jp-OutputArea-output', { hasText: lastWords }).waitFor({ timeout: 120_000 });
  await untilIdle(page);
  const before = statSync(file).mtimeMs;
  await choose(page, 'File', 'Save Notebook');
  await expect.poll(() => statSync(file).mtimeMs > before && isWhole(file, lastWords)).toBe(true);
}

/** JupyterLab's server writes into the file that is there: it can be read before its end. */
function isWhole(file: string, words: string): boolean {
  const text = readFileSync(file, 'utf8');
  return text.includes(words) && text.trimEnd().endsWith('\n}');
}

/**
 * What is wrong with the outputs of a saved notebook, which every code cell must have been run for. They are not
 * compared with the committed ones: another region shows other ids.
 *
 * @param committed the notebook as it was cloned
 */
export function faultsOf(saved: string, committed: string): string[] {
  const notebook = readNotebook(committed);
  const { cells } = readNotebook(saved);
  const runs = cells.flatMap(({ cell_type, execution_count, outputs = [] }, index) => {
    if (cell_type !== 'code' || execution_count === null) return [];
    return [{ index, status: 'ok' as const, outputs: normaliseOutputs(outputs), milliseconds: 0 }];
  });
  return findFaults(notebook, runs, false).map(({ cell, kind, message }) => `${cell} ${kind}: ${message}`);
}

async function choose(page: Page, menu: string, item: string): Promise<void> {
  await page.getByRole('menuitem', { name: menu, exact: true }).click();
  // By its label alone: its name holds the shortcut, too.
  await page.locator('.lm-Menu-itemLabel').getByText(item, { exact: true }).click();
}

async function untilIdle(page: Page): Promise<void> {
  const status = page.locator('.jp-Notebook-ExecutionIndicator:visible').first();
  await expect.poll(() => status.getAttribute('data-status'), { timeout: 60_000 }).toBe('idle');
}
