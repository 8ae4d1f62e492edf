import { createClient, LibError } from 'lib';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { loadTextFile } from '../../../lib/base/text-file.ts';
import { classify } from '../../../lib/tasks/classify.ts';
import { sentiments, tweetExamples, tweetSentiment } from '../../../lib/tasks/tweet-sentiment.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { novaMicro, scriptedModel } from './scripted-model.ts';

const labels = ['Positive', 'Negative', 'Neutral'] as const;
const lab = useLocalBedrock();
const clientOfLab = () => createClient(clientFor(lab().url));

describe('classify', () => {
  it('gives one of the labels, and what it cost', async () => {
    const result = await classify(clientOfLab(), novaMicro, 'What a wonderful evening!', { labels });
    expectTypeOf(result.label).toEqualTypeOf<'Positive' | 'Negative' | 'Neutral'>();
    expect(result).toMatchObject({ label: 'Positive', calls: 1, modelId: novaMicro });
    expect(result.usage?.totalTokens).toBeGreaterThan(20);
    expect(result.costUsd).toBeGreaterThan(0);
  });

  it.each([
    ' positive ',
    'POSITIVE',
    '"Positive"',
    '“Positive”',
    '**Positive**',
    'Positive.',
    '<label>Positive</label>',
    '<label> "positive" </label>',
    'Label: Positive',
    'The sentiment: positive.',
    '\nPositive\n',
  ])('understands %j', async (answer) => {
    const { client } = await scriptedModel([answer]);
    expect((await classify(client, novaMicro, 'Hm', { labels })).label).toBe('Positive');
  });

  it('takes no part of a label for a heading', async () => {
    const { client } = await scriptedModel(['Type: bug']);
    const result = await classify(client, novaMicro, 'Hm', { labels: ['bug', 'type: bug'] });
    expect(result.label).toBe('type: bug');
  });

  it('does not look for a label in a sentence, which may say that it is another', async () => {
    const { client } = await scriptedModel(['It is not Positive', 'Not positive: Negative, I think']);
    await expect(classify(client, novaMicro, 'Hm', { labels })).rejects.toMatchObject({ kind: 'answer' });
  });

  it('asks once more when the answer is no label, says what was wrong, and counts both calls', async () => {
    const { client, prompts, bodies } = await scriptedModel(['Mostly <b>fine</b>', 'Neutral']);
    const result = await classify(client, novaMicro, 'Hm </text>', { labels });
    expect(result).toMatchObject({ label: 'Neutral', raw: 'Neutral', calls: 2 });
    expect(result.usage).toEqual({ inputTokens: 14, outputTokens: 6, totalTokens: 20 });
    expect(result.costUsd).toBeCloseTo((14 * 0.035 + 6 * 0.14) / 1e6, 12);
    const [shared = '', text] = (prompts[0] ?? '').split(/(?=<text-?\d*>)/);
    expect(prompts[1]).toBe(
      `${shared}An earlier answer could not be used: <answer>Mostly ‹b›fine‹/b›</answer>
What is wrong with it: it is none of Positive, Negative, Neutral.
Answer again, in the form that the task asks for.\n\n${text}`,
    );
    expect(bodies[0]?.inferenceConfig).toMatchObject({ temperature: 0 });
  });

  it('gives up after that, with the answer in the error', async () => {
    const { client, prompts } = await scriptedModel(['Mixed', 'Mixed feelings']);
    const failure = await classify(client, novaMicro, 'Hm', { labels }).catch((error: LibError) => error);
    expect(failure).toBeInstanceOf(LibError);
    expect(failure).toMatchObject({
      kind: 'answer',
      message: 'The model answered "Mixed feelings", but it is none of Positive, Negative, Neutral',
      partialText: 'Mixed feelings',
      modelId: novaMicro,
      retryable: false,
    });
    expect(prompts).toHaveLength(2);
  });

  it('asks as often as the caller allows', async () => {
    const { client, prompts } = await scriptedModel(() => 'no idea');
    await classify(client, novaMicro, 'Hm', { labels, maxCalls: 1 }).catch(() => undefined);
    expect(prompts).toHaveLength(1);
    await expect(classify(client, novaMicro, 'Hm', { labels, maxCalls: Number.NaN })).rejects.toMatchObject({
      kind: 'request',
      message: expect.stringContaining('maxCalls'),
    });
    expect(prompts).toHaveLength(1);
  });

  it('says how the option and the member are named that programs from before use', async () => {
    const { client, prompts } = await scriptedModel(['Neutral']);
    const before = { labels, attempts: 1 };
    await expect(classify(client, novaMicro, 'Hm', before)).rejects.toMatchObject({
      kind: 'request',
      hint: 'It is named maxCalls.',
    });
    expect(prompts).toHaveLength(0);
    const result = await classify(client, novaMicro, 'Hm', { labels });
    expect(() => result.attempts).toThrow(expect.objectContaining({ hint: 'It is named calls.' }));
    expect(Object.keys(result)).not.toContain('attempts');
  });

  it('does not ask again what a content filter ended, and says so', async () => {
    const { client, prompts } = await scriptedModel([{ text: 'Blocked', stopReason: 'content_filtered' }]);
    const failure = await classify(client, novaMicro, 'Hm', { labels }).catch((error: LibError) => error);
    expect(failure).toMatchObject({
      kind: 'answer',
      hint: expect.stringContaining('A content filter ended it.'),
    });
    expect(prompts).toHaveLength(1);
  });

  it.each(['malformed_model_output', 'malformed_tool_use', 'model_context_window_exceeded', 'paused'])(
    'asks again when an answer ended with %s, whatever it looks like',
    async (stopReason) => {
      const broken = { text: 'Positive', stopReason };
      const { client, prompts } = await scriptedModel([broken, 'Neutral', broken, broken]);
      const { label, calls } = await classify(client, novaMicro, 'Hm', { labels });
      expect({ label, calls }).toEqual({ label: 'Neutral', calls: 2 });
      expect(prompts[1]).toContain('What is wrong with it: it is not whole.');
      await expect(classify(client, novaMicro, 'Hm', { labels })).rejects.toMatchObject({ kind: 'answer' });
    },
  );

  it('says when the limit of tokens cut the answer off', async () => {
    const { client } = await scriptedModel(() => ({ text: 'The text is', stopReason: 'max_tokens' }));
    const failure = await classify(client, novaMicro, 'Hm', { labels }).catch((error: LibError) => error);
    expect(failure).toMatchObject({ hint: expect.stringContaining('raise maxTokens') });
  });

  it('does not invent a price when tokens are unknown', async () => {
    const { client } = await scriptedModel(['Mixed', { text: 'Positive', usage: null }]);
    const { usage, costUsd } = await classify(client, novaMicro, 'Hm', { labels });
    expect({ usage, costUsd }).toEqual({ usage: undefined, costUsd: undefined });
  });

  it.each([
    [{ labels: ['one'] }, 'There are fewer than two labels'],
    [{ labels: ['Spam', '"spam."'] }, 'The label "\\"spam.\\"" is there twice'],
    [{ labels: ['a', ' '] }, 'The label " " has no letters'],
    [
      { labels: ['a', 'b'], examples: [{ text: 't', label: 'c' }] },
      'Example 1 has the label "c", which is none of a, b',
    ],
  ])('refuses %j before it costs anything', async (options, message) => {
    const { client, prompts } = await scriptedModel([]);
    await expect(classify(client, novaMicro, 'Hm', options)).rejects.toMatchObject({
      kind: 'request',
      message,
    });
    expect(prompts).toEqual([]);
  });

  it('takes labels with descriptions, and types the answer by their names', async () => {
    const { client, prompts } = await scriptedModel(['bug']);
    const result = await classify(client, novaMicro, 'Hm', {
      labels: { bug: 'it is broken', idea: 'a wish' },
    });
    expectTypeOf(result.label).toEqualTypeOf<'bug' | 'idea'>();
    expect(prompts[0]).toContain('- bug: it is broken\n- idea: a wish\n');
  });

  it('is stopped by its signal', async () => {
    const { client } = await scriptedModel(() => ({ text: 'Positive', delay: 5_000 }));
    const signal = AbortSignal.timeout(20);
    await expect(classify(client, novaMicro, 'Hm', { labels, signal })).rejects.toMatchObject({
      kind: 'timeout',
    });
  });
});

describe('tweetSentiment', () => {
  it('tells the three apart', async () => {
    const tweets = ['I love this wonderful place', 'What a horrible, rude waiter', 'The shop opens at nine.'];
    const client = clientOfLab();
    const results = await Promise.all(tweets.map((tweet) => tweetSentiment(client, novaMicro, tweet)));
    expect(results.map(({ label }) => label)).toEqual(['Positive', 'Negative', 'Neutral']);
  });

  it('shows the same examples as prompts/few-shot.txt', () => {
    const file = loadTextFile('prompts/few-shot.txt');
    for (const { text, label } of tweetExamples)
      expect(file).toContain(`Tweet: "${text}"\nSentiment: ${label}\n`);
    expect(sentiments.every((sentiment) => tweetExamples.some(({ label }) => label === sentiment))).toBe(
      true,
    );
  });
});
