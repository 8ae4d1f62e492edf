import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHistory } from 'lib/history';
import { expect, it, onTestFinished } from 'vitest';

const projectRoot = join(import.meta.dirname, '..', '..');

/** Opens the history, stores a turn and stays. It says `stored 1`, or what stopped it, as a kind of error. */
const program = `
  import { openHistory } from 'lib/history';
  try {
    const history = await openHistory(process.argv[1]);
    const { sequence } = await history.read('s');
    const said = (role, text) => ({ role, content: [{ text }] });
    console.log('stored ' + await history.append('s', { messages: [said('user', 'q'), said('assistant', 'a')] }, sequence));
    setInterval(() => {}, 1_000);
  } catch (error) {
    console.log(error.kind + ': ' + error.message);
  }`;

async function startOther(location: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, location], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said).trim() };
}

it('a folder of PGlite belongs to one process, by whatever name, until that process ends, however it ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pglite-two-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const location = `pglite:${join(folder, 'data')}`;
  const first = await startOther(location);
  expect(first.said).toBe('stored 1');
  symlinkSync(join(folder, 'data'), join(folder, 'link'));
  for (const name of [location, `pglite:${join(folder, 'link')}`]) {
    await expect(openHistory(name)).rejects.toMatchObject({
      kind: 'file',
      message: expect.stringContaining('is open in another process'),
      hint: expect.stringContaining('postgres://'),
    });
  }

  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = await startOther(location);
  expect(second.said, 'behind what the first had stored').toBe('stored 2');
  expect((await startOther(location)).said).toMatch(/^file: .* is open in another process/);
}, 300_000);
