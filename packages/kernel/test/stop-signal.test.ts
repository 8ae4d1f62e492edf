import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, 'cells-to-stop.ts');
const cells = 100;

it('is heard once, or breaks the cell, whenever it comes: also in the moment in which a cell ends', async () => {
  const child = spawn(process.execPath, [program, String(cells)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = '';
  let pressed = 0;
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => {
    last = line;
    if (line !== 'cell') return;
    // Each time a little later: from the middle of the cell to well after its end.
    const until = performance.now() + pressed / 100;
    while (performance.now() < until);
    pressed += 1;
    child.kill('SIGINT');
  });
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  const { broken, heard } = JSON.parse(last);
  expect({ pressed, answered: broken + heard }).toEqual({ pressed: cells, answered: cells });
});
