import { describe, expect, it } from 'vitest';
import { arrivesMeanwhile } from '../../../test/arrives-meanwhile.ts';
import { aborted, createExecuteQueue } from '../src/execute-queue.ts';

const failing = 'failed';
const queueOf = (settled?: () => Promise<void>) =>
  createExecuteQueue<string>((result) => result === failing, settled);
const later = (result: string) => async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return result;
};

describe('createExecuteQueue', () => {
  it('runs one task at a time, in order', async () => {
    const queue = queueOf();
    let running = 0;
    let most = 0;
    const task = (name: string) => async () => {
      running += 1;
      most = Math.max(most, running);
      await later(name)();
      running -= 1;
      return name;
    };
    expect(await Promise.all(['a', 'b', 'c'].map((name) => queue.add(task(name))))).toEqual(['a', 'b', 'c']);
    expect(most).toBe(1);
  });

  it('gives up what waits behind a failure, and runs what comes after its answer', async () => {
    const queue = queueOf();
    const [first, ...rest] = [queue.add(later(failing)), queue.add(later('a')), queue.add(later('b'))];
    expect(await first).toBe(failing);
    const next = queue.add(later('next'));
    expect(await Promise.all(rest)).toEqual([aborted, aborted]);
    expect(await next).toBe('next');
  });

  it('counts to the batch what is read until the sockets are empty', async () => {
    let unread: Promise<unknown> = Promise.resolve();
    const queue = queueOf(async () => {
      unread = queue.add(later('unread'));
    });
    expect(await queue.add(later(failing))).toBe(failing);
    expect(await unread).toBe(aborted);
  });

  it('counts to it, too, what is still on its way when the failure is known', async () => {
    const queue = queueOf();
    const failed = queue.add(async () => failing);
    await new Promise((resolve) => setTimeout(resolve, 40));
    const behind = queue.add(later('behind it'));
    expect(await failed).toBe(failing);
    expect(await behind).toBe(aborted);
  });

  it('counts to it, too, what arrived while the process had no processor', async () => {
    const queue = queueOf();
    const { arrival, beBusy } = arrivesMeanwhile(150);
    const behind = arrival.then(() => queue.add(later('behind it')));
    const failed = queue.add(async () => failing);
    await new Promise((resolve) => setImmediate(resolve));
    beBusy();
    expect(await failed).toBe(failing);
    expect(await behind).toBe(aborted);
  });

  it('gives up what waits behind a task that throws, and goes on with what comes after', async () => {
    const queue = queueOf();
    const thrown = queue.add(() => Promise.reject(new Error('broken')));
    const behind = queue.add(later('behind it'));
    await expect(thrown).rejects.toThrow('broken');
    expect(await behind).toBe(aborted);
    expect(await queue.add(later('next'))).toBe('next');
  });
});
