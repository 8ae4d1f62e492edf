import { Conversation, type ConversationOptions, CostMeter, costOf, createClient } from 'lib';
import { describe, expect, it } from 'vitest';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { answer, withScripts } from './scripted-conversation.ts';

const endpoint = useLocalBedrock('today');
const nova2 = 'global.amazon.nova-2-lite-v1:0';
const talk = (options: Partial<ConversationOptions>) =>
  new Conversation({ client: createClient(clientFor(endpoint().url)), modelId: nova2, ...options });

describe('a conversation in a service tier', () => {
  it.each(['flex', 'priority'] as const)('costs what the %s tier costs, streamed or not', async (type) => {
    const meter = new CostMeter();
    const conversation = talk({ serviceTier: { type }, meter });
    const sent = await conversation.send('Hello');
    const streamed = await conversation.stream('Hello again').result;
    for (const { usage, costUsd, tier } of [sent, streamed]) {
      expect(tier).toBe(type);
      expect(costUsd).toBeGreaterThan(0);
      expect(costUsd).toBe(usage && costOf(usage, nova2, type));
      expect(costUsd).not.toBe(usage && costOf(usage, nova2));
    }
    expect(meter.costUsd).toBeCloseTo((sent.costUsd ?? 0) + (streamed.costUsd ?? 0), 12);
    expect(conversation.costUsd).toBeCloseTo(meter.costUsd ?? 0, 12);
  });

  it('is refused by a limit where the price of the tier is not known', async () => {
    await expect(
      talk({ serviceTier: { type: 'reserved' }, maxCostUsd: 1 }).send('Hello'),
    ).rejects.toMatchObject({
      kind: 'limit',
      message: expect.stringContaining(`${nova2} in the reserved tier is not known`),
    });
    expect((await talk({ serviceTier: { type: 'reserved' } }).send('Hello')).costUsd).toBeUndefined();
  });

  it('costs what Bedrock says it served, where that is less than what was asked for', async () => {
    const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
    const fallen = answer('Hi', { usage, performanceConfig: { latency: 'standard' } });
    await withScripts(
      [fallen],
      async (conversation) => {
        const { costUsd, tier } = await conversation.send('Hello');
        expect(tier).toBeUndefined();
        expect(costUsd).toBe(costOf(usage, 'amazon.nova-pro-v1:0'));
      },
      { modelId: 'amazon.nova-pro-v1:0', performanceConfig: { latency: 'optimized' } },
    );
  });
});
