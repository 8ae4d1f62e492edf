import { createRequire } from 'node:module';
import { inspect } from 'node:util';

interface TslabDisplay {
  html(html: string): void;
}

/** tslab's display functions inside its kernel; `undefined` in any other program. */
function tslabDisplay(): TslabDisplay | undefined {
  if (!('__tslab__' in globalThis)) return undefined;
  return createRequire(import.meta.url)('tslab').display;
}

/** Shows HTML under the cell; outside a notebook it prints the plain text given with it. */
export function displayHtml(html: string, plainText: string): void {
  const display = tslabDisplay();
  if (display) display.html(html);
  else console.log(plainText);
}

/**
 * Prints a value under the cell, whole: a string as it is, anything else with all its levels. (A bare last
 * expression is cut at the third level by the kernel.)
 */
export function show(value: unknown): void {
  const text = typeof value === 'string' ? value : inspect(value, { depth: null, breakLength: 100 });
  console.log(text);
}

/** Text as it must stand inside HTML. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
