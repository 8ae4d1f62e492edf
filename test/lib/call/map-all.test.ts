import { describe, expect, it } from 'vitest';
import { mapAll, mapAllSettled, type Progress } from '../../../lib/call/map-all.ts';
import { classifyAll } from '../../../lib/tasks/classify-all.ts';
import fc from '../../properties.ts';
import { interrupt, runInterruptible } from '../cells.ts';
import { novaMicro, scriptedModel } from '../tasks/scripted-model.ts';

const soon = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('mapAll', () => {
  it('keeps the order of the inputs and never does more at once than allowed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { maxLength: 30 }),
        fc.integer({ min: 1, max: 6 }),
        async (inputs, concurrency) => {
          let running = 0;
          let most = 0;
          const results = await mapAll(
            inputs,
            async (turns, index) => {
              running += 1;
              most = Math.max(most, running);
              for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
              running -= 1;
              return index;
            },
            { concurrency },
          );
          expect(results).toEqual(inputs.map((_, index) => index));
          expect(most).toBeLessThanOrEqual(concurrency);
        },
      ),
    );
  });

  it('ends with the first failure: nothing new is started, and what is under way is aborted', async () => {
    const started: number[] = [];
    let aborted = false;
    const work = async (input: number, _: number, signal: AbortSignal) => {
      started.push(input);
      if (input === 1) {
        await soon();
        throw new Error('first');
      }
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('later'));
        });
      });
    };
    await expect(mapAll([0, 1, 2, 3], work, { concurrency: 2 })).rejects.toThrow('first');
    expect(started).toEqual([0, 1]);
    expect(aborted).toBe(true);
  });

  it('is stopped by its signal before it starts anything', async () => {
    const started: number[] = [];
    const work = async (input: number) => started.push(input);
    const call = mapAll([1, 2], work, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ kind: 'aborted' });
    expect(started).toEqual([]);
  });

  it('gives an empty list for an empty list', async () => {
    expect(await mapAll([], async () => 1)).toEqual([]);
  });
});

describe('mapAllSettled', () => {
  it('keeps a failure to its own input, and reports progress', async () => {
    const seen: Progress[] = [];
    const results = await mapAllSettled(
      ['a', 'b', 'c'],
      async (input) => {
        if (input === 'b') throw new Error('not b');
        return input.toUpperCase();
      },
      { concurrency: 1, onProgress: (progress) => seen.push(progress) },
    );
    expect(results).toEqual([
      { status: 'fulfilled', value: 'A' },
      { status: 'rejected', reason: new Error('not b') },
      { status: 'fulfilled', value: 'C' },
    ]);
    expect(seen).toEqual([
      { done: 1, failed: 0, total: 3 },
      { done: 2, failed: 1, total: 3 },
      { done: 3, failed: 1, total: 3 },
    ]);
  });

  it('keeps what was done when it is stopped, and does not start the rest', async () => {
    const controller = new AbortController();
    const results = await mapAllSettled(
      [1, 2, 3],
      async (input) => {
        if (input === 2) controller.abort();
        return input;
      },
      { concurrency: 1, signal: controller.signal },
    );
    expect(results).toMatchObject([
      { status: 'fulfilled', value: 1 },
      { status: 'fulfilled', value: 2 },
      { status: 'rejected', reason: { kind: 'aborted' } },
    ]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses to do %d at once', async (concurrency) => {
    await expect(mapAllSettled([1], async () => 1, { concurrency })).rejects.toMatchObject({
      kind: 'request',
    });
  });

  it('is stopped when the kernel is interrupted', async () => {
    const results = await runInterruptible(() =>
      mapAllSettled(
        [1, 2],
        async (input) => {
          interrupt();
          return input;
        },
        { concurrency: 1 },
      ),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});

describe('classifyAll', () => {
  const labels = ['a', 'b'] as const;

  it('labels many texts, some at once, and adds up tokens and dollars, also of a text that got no label', async () => {
    const { client, mostAtOnce } = await scriptedModel((prompt) => ({
      text: prompt.includes('bad') ? 'neither' : prompt.includes('second') ? 'b' : 'a',
      delay: 2,
    }));
    const texts = ['first', 'second', 'bad', 'third'];
    const report = await classifyAll(client, novaMicro, texts, { labels, concurrency: 2 });
    expect(report.labels).toEqual(['a', 'b', undefined, 'a']);
    expect(report.failed).toBe(1);
    expect(report.results[2]).toMatchObject({ status: 'rejected', reason: { kind: 'answer' } });
    // The text without a label was asked about twice.
    expect(report.usage).toEqual({ inputTokens: 35, outputTokens: 15, totalTokens: 50 });
    expect(report.costUsd).toBeCloseTo((35 * 0.035 + 15 * 0.14) / 1e6, 12);
    expect(mostAtOnce()).toBe(2);
  });

  it('fails at once for labels that can work for no text', async () => {
    const { client, prompts } = await scriptedModel([]);
    await expect(classifyAll(client, novaMicro, ['x'], { labels: ['a'] })).rejects.toMatchObject({
      kind: 'request',
    });
    expect(prompts).toEqual([]);
  });

  it('asks nothing that could pass its limit of dollars, and keeps what was done', async () => {
    const { client, prompts } = await scriptedModel(() => ({ text: 'a' }));
    const texts = Array.from({ length: 40 }, (_, n) => `text ${n}`);
    const whole = await classifyAll(client, novaMicro, texts.slice(0, 1), { labels, concurrency: 1 });
    const maxCostUsd = 20 * (whole.costUsd ?? 0);
    const report = await classifyAll(client, novaMicro, texts, { labels, concurrency: 1, maxCostUsd });
    expect(report.costUsd).toBeLessThanOrEqual(maxCostUsd);
    expect(prompts.length - 1).toBe(40 - report.failed);
    expect(report.failed).toBeGreaterThan(20);
    expect(report.failed).toBeLessThan(40);
    expect(report.results.at(-1)).toMatchObject({ reason: { kind: 'limit' } });
  });

  it('aborts the calls under way when it is stopped', async () => {
    const { client } = await scriptedModel(() => ({ text: 'a', delay: 5_000 }));
    const report = await classifyAll(client, novaMicro, ['x', 'y'], {
      labels,
      signal: AbortSignal.timeout(20),
      concurrency: 1,
    });
    expect(report.results).toMatchObject([{ reason: { kind: 'timeout' } }, { reason: { kind: 'timeout' } }]);
  });
});
