import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useLiveKernel } from './live-kernel.ts';

const kernel = useLiveKernel();

describe('what a cell prints', () => {
  it('arrives whole, however many pieces it prints in one turn of the event loop', async () => {
    const { status, text } = await kernel().run(
      "for (let piece = 0; piece < 20_000; piece += 1) process.stdout.write(piece + ' ');",
    );
    expect(status).toBe('ok');
    expect(text).toBe(Array.from({ length: 20_000 }, (_, piece) => `${piece} `).join(''));
  });

  it('arrives whole, however many pictures it shows in one turn of the event loop', async () => {
    const { status, outputs } = await kernel().run(
      "import { display } from 'tslab';\nfor (let piece = 0; piece < 800; piece += 1) display.text(String(piece));",
    );
    expect(status).toBe('ok');
    expect(outputs).toHaveLength(800);
  });

  it('keeps its order over both streams and pictures', async () => {
    const { outputs } = await kernel().run(
      "import { display } from 'tslab';\nconsole.log('one');\nconsole.error('two');\ndisplay.text('three');\nconsole.log('four');",
    );
    expect(outputs).toEqual([
      { output_type: 'stream', name: 'stdout', text: 'one\n' },
      { output_type: 'stream', name: 'stderr', text: 'two\n' },
      { output_type: 'display_data', data: { 'text/plain': 'three' }, metadata: {} },
      { output_type: 'stream', name: 'stdout', text: 'four\n' },
    ]);
  });

  it('is seen before the cell ends, also when it never waits', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kernel-output-'));
    const seen = join(folder, 'seen');
    // Just before, another cell prints: its words are not the first of the next cell.
    await kernel().run("import { existsSync } from 'node:fs';\nconsole.log('before');");
    const busy = kernel().send(
      `console.log('begun');\nwhile (!existsSync(${JSON.stringify(seen)}));\nconsole.log('done');`,
    );
    await expect.poll(busy.text, { interval: 20 }).toBe('begun\n');
    writeFileSync(seen, '');
    await busy.reply;
    expect(busy.text()).toBe('begun\ndone\n');
    rmSync(folder, { recursive: true });
  });

  it('stays with the cell when it comes after its end, while another one runs', async () => {
    const early = kernel().send(
      "import { display } from 'tslab';\nconst later = setTimeout(() => { console.log('late'); display.text('late too'); }, 200);",
    );
    const other = kernel().send(
      "await new Promise((resolve) => setTimeout(resolve, 500));\nconsole.log('mine');",
    );
    await other.reply;
    expect(other.text()).toBe('mine\n');
    expect(early.outputs()).toMatchObject([{ text: 'late\n' }, { data: { 'text/plain': 'late too' } }]);
  });

  it('tells whom it was asked to tell when it is written', async () => {
    const { text } = await kernel().run(
      "await new Promise<void>((resolve) => process.stdout.write('written, ', () => resolve()));\nconsole.log('and told');",
    );
    expect(text).toBe('written, and told\n');
  });
});
