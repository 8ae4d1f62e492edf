import { describe, expect, it } from 'vitest';
import { createQueue } from '../../../lib/base/one-at-a-time.ts';

/** A task that ends when it is told to. */
function openTask(log: string[], name: string) {
  let finish = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const task = async () => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
    return name;
  };
  return { task, finish: () => finish() };
}

describe('createQueue', () => {
  it('runs one task at a time, in order', async () => {
    const log: string[] = [];
    const inTurn = createQueue();
    const first = openTask(log, 'first');
    const second = openTask(log, 'second');
    const results = [inTurn(first.task), inTurn(second.task)];
    second.finish();
    first.finish();
    expect(await Promise.all(results)).toEqual(['first', 'second']);
    expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('goes on after a task that failed', async () => {
    const inTurn = createQueue();
    const failing = inTurn(async () => {
      throw new Error('no');
    });
    const next = inTurn(async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  it('lets go of a task that is aborted while it waits, at once, and never runs it', async () => {
    const log: string[] = [];
    const inTurn = createQueue();
    const first = openTask(log, 'first');
    const running = inTurn(first.task);
    const controller = new AbortController();
    const waiting = inTurn(openTask(log, 'second').task, controller.signal);
    const third = inTurn(async () => 'third');
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ kind: 'aborted', awsName: 'AbortError' });
    expect(log).toEqual(['first begins']);
    first.finish();
    expect([await running, await third]).toEqual(['first', 'third']);
    expect(log).toEqual(['first begins', 'first ends']);
  });

  it('does not take in a task that was aborted before', async () => {
    const inTurn = createQueue();
    const first = openTask([], 'first');
    const running = inTurn(first.task);
    await expect(inTurn(async () => 'second', AbortSignal.abort())).rejects.toMatchObject({
      kind: 'aborted',
    });
    first.finish();
    expect(await running).toBe('first');
  });

  it('leaves a task that runs to its own signal', async () => {
    const log: string[] = [];
    const inTurn = createQueue();
    const first = openTask(log, 'first');
    const controller = new AbortController();
    const running = inTurn(first.task, controller.signal);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    first.finish();
    expect(await running).toBe('first');
  });
});
