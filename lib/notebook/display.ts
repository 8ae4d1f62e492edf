import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { checkInput } from '../base/check-input.ts';

interface TslabDisplay {
  html(html: string): void;
  markdown(markdown: string): void;
}

interface Tslab {
  readonly display: TslabDisplay;
  /** A display that is written over, and not written below, when it shows something a second time. */
  newDisplay(): TslabDisplay;
}

/** tslab inside its kernel; `undefined` in any other program. */
function findTslab(): Tslab | undefined {
  if (!('__tslab__' in globalThis)) return undefined;
  return createRequire(import.meta.url)('tslab');
}

/** Shows HTML under the cell; outside a notebook it prints the plain text given with it. */
export function displayHtml(html: string, plainText: string): void {
  const tslab = findTslab();
  if (tslab) tslab.display.html(html);
  else console.log(plainText);
}

/** One place under the cell whose HTML can be replaced; `undefined` outside a notebook. */
export function openDisplay(): ((html: string) => void) | undefined {
  const display = findTslab()?.newDisplay();
  return display && ((html) => display.html(html));
}

/**
 * Prints a value under the cell, whole: a string as it is, anything else with all its levels. (A bare last
 * expression is cut at the third level by the kernel.)
 */
export function show(value: unknown): void {
  const text = typeof value === 'string' ? value : inspect(value, { depth: null, breakLength: 100 });
  console.log(text);
}

/**
 * Shows text that is written in Markdown, such as an answer with a table, as it is meant to be read; outside a notebook
 * it prints the text. JupyterLab takes out what could run.
 *
 * @example
 * const { text } = await teacher.send('How do I conjugate taberu?');
 * showMarkdown(text);
 */
export function showMarkdown(markdown: string): void {
  checkInput('showMarkdown', { markdown }, { markdown: 'text' });
  const tslab = findTslab();
  if (tslab) tslab.display.markdown(markdown);
  else console.log(markdown);
}
