import { estimateTokens, type Message } from 'lib';
import { describe, expect, it } from 'vitest';
import { estimateNext } from '../../../lib/converse/context.ts';

const user = (text: string): Message => ({ role: 'user', content: [{ text }] });

describe('estimateTokens', () => {
  it('counts characters, by the family of the model', () => {
    expect(estimateTokens('x'.repeat(400))).toBe(100);
    expect(estimateTokens('x'.repeat(700), 'us.anthropic.claude-haiku-4-5-20251001-v1:0')).toBe(200);
    expect(estimateTokens('')).toBe(0);
  });

  it('counts every kind of block, and what a message costs by itself', () => {
    const words = estimateTokens([user('x'.repeat(40))]);
    expect(words).toBe(14);
    const picture = { image: { format: 'png' as const, source: { bytes: new Uint8Array(9) } } };
    expect(estimateTokens([{ role: 'user', content: [picture] }])).toBeGreaterThan(1_000);
    const tool: Message = {
      role: 'user',
      content: [{ toolResult: { toolUseId: 'a', content: [{ text: 'x'.repeat(400) }] } }],
    };
    expect(estimateTokens([tool])).toBeGreaterThanOrEqual(100);
    const report = { document: { format: 'txt' as const, name: 'a', source: { text: 'x'.repeat(400) } } };
    expect(estimateTokens([{ role: 'user', content: [report] }])).toBeGreaterThanOrEqual(100);
  });

  it('builds on what Bedrock has counted, cached tokens included once', () => {
    const last = {
      inputTokens: 100,
      outputTokens: 50,
      totalTokens: 1_150,
      cacheReadInputTokens: 900,
      cacheWriteInputTokens: 100,
    };
    expect(estimateNext(last, [user('x'.repeat(40))])).toBe(100 + 900 + 100 + 50 + 14);
  });
});
