import { expect, it } from 'vitest';
import { catalogue } from '../../../bedrock-models/src/catalogue.ts';
import { findModel } from '../../../bedrock-models/src/find.ts';
import { usageOf } from '../../src/converse/write-response.ts';

const keysOf = (modelId: string, today = '2026-11-23') => {
  const model = findModel(modelId);
  if (model === undefined) throw new Error(`The catalogue has no ${modelId}.`);
  return Object.keys(usageOf(model, today, 3, 4));
};

it.each([
  [
    'a retired model',
    'anthropic.claude-3-5-sonnet-20240620-v1:0',
    ['inputTokens', 'outputTokens', 'totalTokens'],
  ],
  [
    'a model without a prompt cache',
    'openai.gpt-oss-20b-1:0',
    ['inputTokens', 'outputTokens', 'serverToolUsage', 'totalTokens'],
  ],
  [
    'a model with one',
    'amazon.nova-2-lite-v1:0',
    [
      'cacheReadInputTokenCount',
      'cacheReadInputTokens',
      'cacheWriteInputTokenCount',
      'cacheWriteInputTokens',
      'inputTokens',
      'outputTokens',
      'serverToolUsage',
      'totalTokens',
    ],
  ],
])('has the members that were recorded, sorted: %s', (_, modelId, keys) => {
  expect(keysOf(modelId)).toEqual(keys);
});

it('has three numbers for every model in the summer of 2025', () => {
  for (const modelId of ['amazon.nova-lite-v1:0', 'mistral.mistral-7b-instruct-v0:2']) {
    expect(keysOf(modelId, '2025-08-20')).toEqual(['inputTokens', 'outputTokens', 'totalTokens']);
  }
});

it('adds up, for every model', () => {
  for (const model of catalogue) {
    expect(usageOf(model, '2026-11-23', 3, 4)).toMatchObject({
      inputTokens: 3,
      outputTokens: 4,
      totalTokens: 7,
    });
  }
});
