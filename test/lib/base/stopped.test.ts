import { createClient, invokeStream, invokeText, mapAllSettled } from 'lib';
import { startLocalBedrock } from 'lib/local-bedrock';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clientFor } from '../../local-endpoint.ts';

const micro = 'amazon.nova-micro-v1:0';
let endpoint: Awaited<ReturnType<typeof startLocalBedrock>>;
beforeAll(async () => {
  endpoint = await startLocalBedrock({ faults: ['stall'] });
});
afterAll(() => endpoint.close());

const calls = {
  invokeText: (signal: AbortSignal) =>
    invokeText(createClient(clientFor(endpoint.url)), micro, 'Hello', { signal }),
  invokeStream: (signal: AbortSignal) =>
    invokeStream(createClient(clientFor(endpoint.url)), micro, 'Hello', { signal }).result,
};

describe.each(Object.entries(calls))('%s, stopped', (_, call) => {
  it.each([new Error('the user closed the tab'), 'closed', { code: 7 }])(
    'keeps the reason: %s',
    async (reason) => {
      const stopper = new AbortController();
      const failure = expect(call(stopper.signal)).rejects.toMatchObject({ kind: 'aborted', cause: reason });
      stopper.abort(reason);
      await failure;
    },
  );

  it('by a signal whose time is up is a timeout', async () => {
    await expect(call(AbortSignal.timeout(30))).rejects.toMatchObject({
      kind: 'timeout',
      hint: expect.stringContaining('AbortSignal.timeout'),
      cause: { name: 'TimeoutError' },
    });
  });
});

describe('a job', () => {
  it('that was stopped says why of each input that was not started', async () => {
    const reason = new Error('the limit of cost was reached');
    const signal = AbortSignal.abort(reason);
    expect(await mapAllSettled([1], async () => 1, { signal })).toMatchObject([
      { status: 'rejected', reason: { kind: 'aborted', cause: reason } },
    ]);
  });

  it.each([
    () => {
      throw new Error('progress bar closed');
    },
    () => Promise.reject(new Error('progress bar closed')),
  ])('keeps its results when the progress bar fails', async (onProgress) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const settled = await mapAllSettled([1, 2], async (value) => value * 10, { onProgress });
    expect(settled).toMatchObject([{ value: 10 }, { value: 20 }]);
    await new Promise(setImmediate);
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining('progress bar closed'),
      'LibWarning',
    );
    warn.mockRestore();
  });
});
