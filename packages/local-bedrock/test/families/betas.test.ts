import { describe, expect, it } from 'vitest';
import { bodies, useEndpoint } from '../endpoint.ts';
import { postTo } from '../frames.ts';

const lab = useEndpoint();
const before = useEndpoint({ era: 'today', today: '2026-04-30' });
const after = useEndpoint({ era: 'today', today: '2026-05-01' });
const sonnet45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const sonnet37 = 'us.anthropic.claude-3-7-sonnet-20250219-v1:0';

async function both(url: string, modelId: string, words: string, maxTokens: number, beta: object) {
  const messages = [{ role: 'user', content: [{ text: words }] }];
  const conversed = { messages, inferenceConfig: { maxTokens }, additionalModelRequestFields: beta };
  const answers = await Promise.all([
    postTo(url, modelId, 'converse', conversed),
    postTo(url, modelId, 'invoke', bodies.claude(words, { max_tokens: maxTokens, ...beta })),
  ]);
  return answers.map(({ status, text }) => (status === 200 ? null : JSON.parse(text).message));
}

describe('a beta that makes an answer longer', () => {
  const long = { anthropic_beta: ['output-128k-2025-02-19'] };
  const limit =
    'The maximum tokens you requested exceeds the model limit of 64000. Try again with a maximum tokens value that is lower than 64000.';

  it.each([
    [sonnet37, 128_000, long, null],
    [sonnet37, 128_000, {}, limit],
    [sonnet45, 128_000, long, limit],
    [sonnet37, 128_001, long, limit.replaceAll('64000', '128000')],
  ])('%s, %d tokens, %j', async (modelId, maxTokens, beta, message) => {
    expect(await both(lab.url, modelId, 'Hi', maxTokens, beta)).toEqual([message, message]);
  });
});

it('is known to CountTokens, too', async () => {
  const converse = {
    messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
    inferenceConfig: { maxTokens: 128_000 },
    additionalModelRequestFields: { anthropic_beta: ['output-128k-2025-02-19'] },
  };
  const body = bodies.claude('Hi', { max_tokens: 128_000, anthropic_beta: ['output-128k-2025-02-19'] });
  const invokeModel = { body: Buffer.from(JSON.stringify(body)).toString('base64') };
  const bare = sonnet37.replace('us.', '');
  for (const input of [{ converse }, { invokeModel }]) {
    expect((await postTo(lab.url, bare, 'count-tokens', { input })).status).toBe(200);
  }
});

describe('a beta that makes a prompt longer', () => {
  const long = { anthropic_beta: ['context-1m-2025-08-07'] };
  const tooLong = 'Input is too long for requested model.';
  const words = 'word '.repeat(201_000);

  it('holds while it was one', async () => {
    expect(await both(lab.url, sonnet45, words, 20, long)).toEqual([null, null]);
    expect(await both(before.url, sonnet45, words, 20, long)).toEqual([null, null]);
    expect(await both(after.url, sonnet45, words, 20, long)).toEqual([tooLong, tooLong]);
    expect(await both(lab.url, sonnet45, words, 20, {})).toEqual([tooLong, tooLong]);
  });
});
