import { costOf } from 'lib';
import { expect, it } from 'vitest';
import { families } from '../../../lib/invoke/families.ts';
import { completeUsage } from '../../../lib/invoke/shared-rules.ts';

const body = {
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  usage: {
    input_tokens: 3,
    output_tokens: 5,
    cache_read_input_tokens: 70_000,
    cache_creation_input_tokens: 20_000,
  },
};
const expected = {
  inputTokens: 3,
  outputTokens: 5,
  totalTokens: 90_008,
  cacheReadInputTokens: 70_000,
  cacheWriteInputTokens: 20_000,
};

it('tokens that were written to the cache are counted, and paid for, over InvokeModel too', () => {
  const usage = completeUsage(families['claude-messages'].parseBody(body).usage);
  expect(usage).toEqual(expected);
  const id = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
  const { cacheWriteInputTokens: _, ...withoutWrites } = expected;
  expect(costOf(expected, id)).toBeGreaterThan(costOf(withoutWrites, id) ?? Number.NaN);
});
