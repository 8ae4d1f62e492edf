import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const file = join(import.meta.dirname, '..', '..', '.cache', 'studio-figures.txt');

/** Shown by `npm run test:studio`, which removes the file first and shows no output of tests that pass. */
export function addFigures(lines: readonly string[]): void {
  const text = lines.map((line) => `  ${line}\n`).join('');
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, text);
  console.log(text);
}
