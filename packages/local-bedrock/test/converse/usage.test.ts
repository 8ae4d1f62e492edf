import { expect, it } from 'vitest';
import { catalogue } from '../../../bedrock-models/src/catalogue.ts';
import { findModel } from '../../../bedrock-models/src/find.ts';
import type { ConverseRequest } from '../../src/converse/request.ts';
import { usageOf } from '../../src/converse/write-response.ts';

const point = { messages: [{ role: 'user', content: [{ cachePoint: { type: 'default' } }] }] } as const;
const counters = [
  'cacheReadInputTokenCount',
  'cacheReadInputTokens',
  'cacheWriteInputTokenCount',
  'cacheWriteInputTokens',
];
const three = ['inputTokens', 'outputTokens', 'totalTokens'];
const four = ['inputTokens', 'outputTokens', 'serverToolUsage', 'totalTokens'];

const keysOf = (modelId: string, today: string, converse: ConverseRequest = {}, isStream = false) => {
  const model = findModel(modelId);
  if (model === undefined) throw new Error(`The catalogue has no ${modelId}.`);
  return Object.keys(usageOf({ model, today, converse }, isStream, 3, 4));
};

it.each([
  ['a retired model', 'anthropic.claude-3-5-sonnet-20240620-v1:0', '2025-07-18', three],
  ['a model without a prompt cache', 'openai.gpt-oss-20b-1:0', '2026-05-13', four],
  ['Nova, which was not asked for a cache', 'amazon.nova-2-lite-v1:0', '2026-05-01', four],
  [
    'Claude 3.7 in spring',
    'anthropic.claude-3-7-sonnet-20250219-v1:0',
    '2025-03-17',
    [...counters, ...three],
  ],
  ['Claude 4.5', 'anthropic.claude-sonnet-4-5-20250929-v1:0', '2026-05-01', [...counters, ...four]],
  ['Claude Sonnet 5', 'anthropic.claude-sonnet-5', '2026-05-01', [...counters.slice(0, 2), ...four]],
])('has the members that were recorded, sorted: %s', (_, modelId, today, keys) => {
  expect(keysOf(modelId, today)).toEqual(keys);
});

it('counts for a cache where the request has a cache point, and in a stream only there', () => {
  expect(keysOf('amazon.nova-lite-v1:0', '2026-05-01', point)).toEqual([...counters, ...four]);
  const sonnet = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
  expect(keysOf(sonnet, '2026-05-01', {}, true)).toEqual(four);
  expect(keysOf(sonnet, '2026-05-01', point, true)).toEqual([...counters, ...four]);
});

it('has three numbers for every model in the summer of 2025', () => {
  for (const modelId of ['amazon.nova-lite-v1:0', 'mistral.mistral-7b-instruct-v0:2']) {
    expect(keysOf(modelId, '2025-08-20')).toEqual(three);
  }
});

it('adds up, for every model', () => {
  for (const model of catalogue) {
    expect(usageOf({ model, today: '2026-11-23', converse: {} }, false, 3, 4)).toMatchObject({
      inputTokens: 3,
      outputTokens: 4,
      totalTokens: 7,
    });
  }
});
