import { Conversation, CostMeter, createClient, invokeText, LibError, showCost } from 'lib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';

const endpoint = useLocalBedrock();
const micro = 'amazon.nova-micro-v1:0';
const unpriced = 'anthropic.claude-haiku-5-5';
afterEach(() => vi.restoreAllMocks());

/** A million tokens in: 0.035 dollars on Nova Micro. */
const million = { inputTokens: 1_000_000, outputTokens: 0 };

describe('CostMeter', () => {
  it('has no limit by another name', () => {
    const misspelt = { maxCostUSD: 1 } as never;
    expect(() => new CostMeter(misspelt)).toThrow('CostMeter has no option maxCostUSD');
  });

  it('adds up calls, and counts cached tokens once at their own price', () => {
    const meter = new CostMeter();
    meter.count({ inputTokens: 1_000, outputTokens: 500 }, micro);
    meter.count({ inputTokens: 0, outputTokens: 0, cacheReadInputTokens: 1_000_000 }, micro);
    expect(meter.costUsd).toBeCloseTo(0.000035 + 0.00007 + 0.00875, 10);
    expect(meter.tokens).toEqual({ input: 1_001_000, output: 500 });
    expect(String(meter)).toBe('2 calls, 1,001,000 tokens in and 500 out: $0.0089');
  });

  it('stops before the call that could pass the limit', () => {
    const meter = new CostMeter({ maxCostUsd: 0.05 });
    const call = { modelId: micro, ...million };
    meter.check(call);
    meter.count(million, micro);
    expect(() => meter.check(call)).toThrow(
      expect.objectContaining({
        kind: 'limit',
        message:
          'The next call may cost $0.04: with the $0.04 spent so far that is more than the limit of $0.05',
      }),
    );
    expect(meter.costUsd).toBeCloseTo(0.035);
    expect(String(meter)).toContain('$0.04 of at most $0.05');
  });

  it('shows an unknown price as unknown, and refuses it under a limit unless that is allowed', () => {
    const meter = new CostMeter();
    meter.count(million, micro);
    meter.count(million, unpriced);
    expect(meter.costUsd).toBeUndefined();
    expect(String(meter)).toContain(
      'cost unknown (no price for anthropic.claude-haiku-5-5; the rest is $0.04)',
    );
    const call = { modelId: unpriced, inputTokens: 1, outputTokens: 1 };
    const limited = new CostMeter({ maxCostUsd: 1 });
    expect(() => limited.check(call)).toThrow(expect.objectContaining({ kind: 'limit', modelId: unpriced }));
    new CostMeter({ maxCostUsd: 1, allowUnknownPrice: true }).check(call);
  });

  it('refuses to go on under a limit after a call whose price turned out to be unknown', () => {
    const meter = new CostMeter({ maxCostUsd: 1 });
    meter.count({ inputTokens: 1, outputTokens: 1, cacheWriteInputTokens: 9 }, micro);
    expect(() => meter.check({ modelId: micro, inputTokens: 1, outputTokens: 1 })).toThrow(
      expect.objectContaining({ kind: 'limit' }),
    );
  });

  it('holds the tokens to the limit where what is billed beside them has no price', () => {
    const meter = new CostMeter({ maxCostUsd: 0.05, allowUnknownPrice: true });
    const call = { modelId: micro, ...million, unpriced: ['guardrail'] };
    expect(() => new CostMeter({ maxCostUsd: 1 }).check(call)).toThrow(
      /nova-micro-v1:0 with guardrail is not known/,
    );
    meter.begin(call).answered({ ...million, unpriced: ['guardrail'] });
    expect(meter.costUsd).toBeUndefined();
    expect(String(meter)).toContain(`no price for ${micro} with guardrail; the rest is $0.04`);
    expect(() => meter.check(call)).toThrow(expect.objectContaining({ kind: 'limit' }));
  });

  it('counts a call by what Bedrock says it used', async () => {
    const client = createClient(clientFor(endpoint().url));
    const meter = new CostMeter({ maxCostUsd: 0.01 });
    const prompt = 'What is 17 + 25?';
    const { costUsd, usage } = await meter.spend({ modelId: micro, prompt }, () =>
      invokeText(client, micro, prompt),
    );
    expect(meter.costUsd).toBe(costUsd);
    expect(meter.tokens).toEqual({ input: usage?.inputTokens, output: usage?.outputTokens });
  });

  it('never lets calls at the same time pass the limit together', async () => {
    // A call may cost 100 tokens of answer; there is money for two and a half.
    const meter = new CostMeter({ maxCostUsd: (260 * 0.14) / 1_000_000 });
    let running = 0;
    const call = () =>
      meter.spend({ modelId: micro, prompt: 'Hi', maxTokens: 100 }, async () => {
        running += 1;
        await new Promise(setImmediate);
        return { usage: { inputTokens: 1, outputTokens: 1 } };
      });
    const ended = await Promise.allSettled([call(), call(), call()]);
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(running).toBe(2);
    await call();
    expect(meter.calls).toBe(3);
  });

  it('counts what had arrived of a call that failed, and nothing of one that was refused', async () => {
    const meter = new CostMeter({ maxCostUsd: 1 });
    const planned = { modelId: micro, prompt: 'x'.repeat(400) };
    const cut = new LibError('cut', { kind: 'stream-cut', hint: '', partialText: 'y'.repeat(40) });
    await expect(meter.spend(planned, () => Promise.reject(cut))).rejects.toBe(cut);
    expect(meter.tokens).toEqual({ input: 134, output: 14 });
    const refused = new LibError('no', { kind: 'throttled', hint: '' });
    await expect(meter.spend(planned, () => Promise.reject(refused))).rejects.toBe(refused);
    expect(meter.calls).toBe(1);
  });

  it('holds several conversations to one limit', async () => {
    const client = createClient(clientFor(endpoint().url));
    const meter = new CostMeter({ maxCostUsd: (150 * 0.14) / 1_000_000 });
    const talk = () => new Conversation({ client, modelId: micro, meter, maxTokens: 100 });
    const [first, second] = [talk(), talk()];
    const { costUsd } = await first.send('What is 17 + 25?');
    expect(meter.costUsd).toBe(costUsd);
    meter.count({ inputTokens: 0, outputTokens: 60 }, micro);
    await expect(second.send('What is 1 + 1?')).rejects.toMatchObject({ kind: 'limit' });
    expect(second.messages).toEqual([]);
    expect(meter.calls).toBe(2);
  });

  it('is shown as a running total until that is ended', () => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const meter = new CostMeter({ maxCostUsd: 1 });
    const end = showCost(meter);
    meter.count(million, micro);
    end();
    meter.count(million, micro);
    expect(print.mock.calls.flat()).toEqual([
      'Cost: 0 calls, 0 tokens in and 0 out: $0 of at most $1.00',
      'Cost: 1 call, 1,000,000 tokens in and 0 out: $0.04 of at most $1.00',
    ]);
  });
});
