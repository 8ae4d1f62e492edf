import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { readText } from '../../src/setup/disk.mjs';
import { explainFailure } from '../../src/setup/failure-cause.mjs';
import { isRunning, startOf } from '../../src/setup/processes.mjs';
import { withLock, withSetUpLock } from '../../src/setup/set-up-lock.mjs';
import { fakeMachine } from './fake-machine.ts';

/** A folder whose lock says this, and what is written to standard error meanwhile. */
function locked(content: string) {
  const { root, write } = fakeMachine();
  write('.cache/set-up.lock', content);
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => said.mockRestore());
  return { root, said };
}

async function sleeper() {
  const child = spawn('/bin/sleep', ['600'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
}

it.each([
  ['that says nothing', ''],
  ['of a process that has ended', '4194304'],
])('a lock %s is taken over', async (_, content) => {
  const { root, said } = locked(content);
  expect(await withSetUpLock(root, async () => 'done')).toBe('done');
  expect(said).not.toHaveBeenCalled();
  expect(existsSync(join(root, '.cache/set-up.lock'))).toBe(false);
});

it.runIf(process.platform === 'linux')(
  'a lock whose number another process has now is taken over',
  async () => {
    const { pid = 0 } = await sleeper();
    const { root } = locked(`${pid} ${Number(startOf(pid)) - 1}`);
    expect(await withSetUpLock(root, async () => 'done')).toBe('done');
  },
);

it('a lock of a process that runs is waited for, and named', async () => {
  const child = await sleeper();
  const { root, said } = locked([child.pid, startOf(child.pid ?? 0)].join(' ').trim());
  const done = withSetUpLock(root, async () => isRunning(child.pid ?? 0));
  await expect.poll(() => said.mock.calls.length).toBeGreaterThan(0);
  expect(String(said.mock.calls[0]?.[0])).toContain(
    `(process ${child.pid}) to finish. If there is none: delete `,
  );
  child.kill();
  expect(await done).toBe(false);
});

it('a lock always says who has it, also in the moment in which it is taken', async () => {
  const { root, write } = fakeMachine();
  const setup = (name: string) => JSON.stringify(join(import.meta.dirname, '../../src/setup', name));
  write(
    'program.mjs',
    `import { stepWatchers } from ${setup('run-command.mjs')};
     import { withLock } from ${setup('set-up-lock.mjs')};
     for (let turn = 0; turn < 500; turn += 1)
       await withLock('a.lock', async () => {
         for (const watch of stepWatchers) watch(process.pid, false);
       });`,
  );
  const child = spawn(process.execPath, ['program.mjs'], { cwd: root, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const seen = new Set<string>();
  while (child.exitCode === null) {
    for (let look = 0; look < 500; look += 1) seen.add(readText(join(root, 'a.lock')) ?? 'no lock');
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await ended)[0]).toBe(0);
  expect(seen).not.toContain('');
  expect(seen.size).toBeGreaterThan(1);
});

it('a lock whose folder cannot be written names that folder, not the project', async () => {
  const { root, write } = fakeMachine();
  write('readable', '');
  const folder = join(root, 'readable/kernels');
  const error = Object.assign(new Error(`EACCES: permission denied, mkdir '${folder}'`), { code: 'EACCES' });
  expect(explainFailure('It cannot be written', String(error), 5_000, folder)).toContain(`'${folder}'`);
  await expect(withLock(join(folder, 'a.lock'), async () => {})).rejects.toThrow('project/readable/kernels');
});

it('a lock of other things than the set-up says who has it', async () => {
  const child = await sleeper();
  const { root, said } = locked([child.pid, startOf(child.pid ?? 0)].join(' ').trim());
  const done = withLock(join(root, '.cache/set-up.lock'), async () => 'done', 'another writer');
  await expect.poll(() => said.mock.calls.length).toBeGreaterThan(0);
  expect(String(said.mock.calls[0]?.[0])).toContain(`Waiting for another writer (process ${child.pid})`);
  child.kill();
  expect(await done).toBe('done');
});
