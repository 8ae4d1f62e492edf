import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { type FileLock, fileLock } from '../../../lib/sqlite/file-lock.ts';

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'file');
}

function lockOf(path: string, limitMs?: number): FileLock {
  const lock = fileLock(path, limitMs);
  onTestFinished(() => lock.close());
  return lock;
}

/** A promise, and what resolves it. */
function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

it('lets one holder in at a time, and the next one when it has left or failed', async () => {
  const path = newPath();
  let inside = 0;
  const visits = Array.from({ length: 6 }, (_, n) =>
    lockOf(path).hold(async () => {
      expect(++inside).toBe(1);
      await delay(2);
      inside--;
      if (n === 2) throw new Error('failed inside');
      return n;
    }),
  );
  const outcomes = await Promise.allSettled(visits);
  expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true, true, true]);
});

it('gives up on a holder that does not finish, and says what to do', async () => {
  const path = newPath();
  const held = gate();
  const first = lockOf(path).hold(() => held.promise);
  await expect(lockOf(path, 30).hold(async () => 'in')).rejects.toMatchObject({
    kind: 'file',
    retryable: true,
    message: expect.stringContaining('being written by another program'),
    hint: expect.stringContaining('End the other program'),
  });
  held.open();
  await first;
});

it('still keeps others out when somebody has removed its file in between', async () => {
  const path = newPath();
  const old = lockOf(path);
  await old.hold(async () => {});
  rmSync(`${path}-lock`);
  const held = gate();
  const entered = gate();
  const first = lockOf(path).hold(() => {
    entered.open();
    return held.promise;
  });
  await entered.promise;
  let isIn = false;
  const second = old.hold(async () => {
    isIn = true;
  });
  await delay(20);
  expect(isIn).toBe(false);
  held.open();
  await Promise.all([first, second]);
  expect(isIn).toBe(true);
});
