import {
  Agent,
  Conversation,
  CostMeter,
  classify,
  converse,
  converseStream,
  costOf,
  createClient,
  embed,
  embedAll,
  estimateTokens,
  invokeStream,
  invokeText,
  isLibError,
  type Message,
  tool,
} from 'lib';
import { describe, expect, it } from 'vitest';
import { mostTokens, mostTokensOf } from '../../../lib/call/estimate-tokens.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';

const endpoint = useLocalBedrock('lab');
const nova = 'amazon.nova-lite-v1:0';
const haiku = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const titan = 'amazon.titan-embed-text-v2:0';
const hi: Message[] = [{ role: 'user', content: [{ text: 'Hi' }] }];

type Client = ReturnType<typeof createClient>;

/** Every call of `lib` that can cost something. */
const calls: Readonly<Record<string, (client: Client, meter: CostMeter) => Promise<unknown>>> = {
  converse: (client, meter) => converse(client, nova, hi, { meter }),
  converseStream: (client, meter) => converseStream(client, nova, hi, () => {}, { meter }),
  Conversation: (client, meter) => new Conversation({ client, modelId: nova, meter }).send('Hi'),
  'a streamed Conversation': (client, meter) =>
    new Conversation({ client, modelId: nova, meter }).stream('Hi').result,
  Agent: (client, meter) => new Agent({ client, modelId: nova, tools: [], meter }).run('Hi'),
  invokeText: (client, meter) => invokeText(client, nova, 'Hi', { meter }),
  invokeStream: (client, meter) => invokeStream(client, nova, 'Hi', { meter }).result,
  embed: (client, meter) => embed(client, titan, ['Hi'], { meter }),
  embedAll: async (client, meter) => {
    const { failures } = await embedAll(client, titan, ['Hi'], { meter });
    if (failures[0] !== undefined) throw failures[0].error;
  },
  classify: (client, meter) => classify(client, nova, 'It broke.', { labels: ['bug', 'wish'], meter }),
};

describe('a meter', () => {
  it.each(Object.keys(calls))('counts %s, and refuses it before anything is sent', async (name) => {
    const client = createClient(clientFor(endpoint().url));
    const call = calls[name] as (typeof calls)[string];
    const meter = new CostMeter({ maxCostUsd: 1 });
    await call(client, meter);
    expect(meter.calls).toBe(1);
    expect(meter.costUsd).toBeGreaterThan(0);

    const sent = endpoint().requests().length;
    const empty = new CostMeter({ maxCostUsd: 1e-12 });
    const ended = await call(client, empty).then(
      (result) => (result as { limit?: string }).limit,
      (error: unknown) => isLibError(error) && error.kind,
    );
    expect(ended).toMatch(/limit|cost/);
    expect(empty.calls).toBe(0);
    expect(endpoint().requests()).toHaveLength(sent);
    client.destroy();
  });

  it('holds calls at the same time to one limit', async () => {
    const client = createClient(clientFor(endpoint().url));
    const each = costOf({ inputTokens: 0, outputTokens: 512 }, nova) ?? 0;
    const meter = new CostMeter({ maxCostUsd: each * 3.5 });
    const settled = await Promise.allSettled(
      Array.from({ length: 9 }, () => converse(client, nova, hi, { meter })),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    expect(settled.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(6);
    expect(meter.costUsd).toBeLessThanOrEqual(each * 3.5);
    client.destroy();
  });

  it('counts a stream that was left, for what it has read', async () => {
    const client = createClient(clientFor(endpoint().url));
    const meter = new CostMeter();
    for await (const _ of invokeStream(client, nova, 'Tell me a story.', { meter })) break;
    expect(meter.calls).toBe(1);
    client.destroy();
  });
});

describe('what an hour in the cache costs', () => {
  const usage = { inputTokens: 0, outputTokens: 0, cacheWriteInputTokens: 100_000 };

  it('is twice the price of a token, and more than five minutes', () => {
    expect(costOf(usage, haiku)).toBeCloseTo(0.1375, 9);
    expect(costOf({ ...usage, cacheDetails: [{ ttl: '1h', inputTokens: 100_000 }] }, haiku)).toBeCloseTo(
      0.22,
      9,
    );
    expect(costOf({ ...usage, cacheDetails: [{ ttl: '1h', inputTokens: 40_000 }] }, haiku)).toBeCloseTo(
      0.22 * 0.4 + 0.1375 * 0.6,
      9,
    );
  });

  it('is unknown for another time, another model, and what has no price', () => {
    expect(costOf({ ...usage, cacheDetails: [{ ttl: '1d', inputTokens: 1 }] }, haiku)).toBeUndefined();
    expect(
      costOf(
        { ...usage, cacheDetails: [{ ttl: '1h', inputTokens: 1 }] },
        'us.anthropic.claude-3-7-sonnet-20250219-v1:0',
      ),
    ).toBeUndefined();
    expect(costOf({ inputTokens: 1, outputTokens: 1, unpriced: ['image'] }, haiku)).toBeUndefined();
  });

  it('and what a long prompt costs, more than its tokens at the usual price', () => {
    const sonnet = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
    expect(costOf({ inputTokens: 200_000, outputTokens: 1_000 }, sonnet)).toBeCloseTo(0.615, 9);
    expect(costOf({ inputTokens: 200_001, outputTokens: 1_000 }, sonnet)).toBeCloseTo(1.222506, 9);
    expect(
      costOf({ inputTokens: 1, outputTokens: 1_000, cacheReadInputTokens: 200_000 }, sonnet),
    ).toBeCloseTo(0.142506, 9);
  });
});

describe('an estimate that guards a limit', () => {
  // Characters that a token of the newest tokenizers has, at least, in text of the kind.
  it.each([
    ['short words', 'a b c d e f g ', 1 / 2],
    ['prose', 'The quick brown fox jumps over the lazy dog, and then it sleeps. ', 1 / 4.2],
    ['Japanese', '製造年月日を確認してから、予算の報告書を提出してください。', 0.95],
    ['digits', '0123456789', 1 / 1.1],
    ['code', "const x = { a: [1, 2], 'b': (y) => y?.z ?? 0 };\n", 1 / 2.4],
    ['base64', 'aGVsbG8gd29ybGQhIFRoaXMgaXMgYmFzZTY0Lg==', 1 / 1.6],
    ['spaces', '    ', 1 / 2.2],
    ['lines with nothing', '\n\t', 1 / 1.1],
    ['emoji', '👩‍💻🎉', 1],
  ])('errs upwards for %s', (_, text, perCharacter) => {
    const long = text.repeat(20);
    expect(mostTokens(long)).toBeGreaterThanOrEqual(long.length * perCharacter);
    expect(mostTokens(long)).toBeGreaterThanOrEqual(estimateTokens(long) * 0.98);
  });

  it('sees all of a request', () => {
    const words = 'word '.repeat(2_000);
    const bytes = new Uint8Array(50_000);
    const picture = { image: { format: 'png' as const, source: { bytes } } };
    const report = (source: object) => ({ document: { format: 'pdf' as const, name: 'r', source } });
    const result = (...content: object[]) => ({ toolResult: { toolUseId: '1', content } });
    const of = (input: object) => mostTokensOf({ modelId: haiku, ...input } as never, haiku);
    const saying = (...content: object[]) => of({ messages: [{ role: 'user', content }] });
    for (const [what, tokens, least] of [
      ['system', of({ system: [{ text: words }] }), 2_000],
      ['tools', of({ toolConfig: { tools: [{ toolSpec: { name: 'a', description: words } }] } }), 2_000],
      ['fields of its own', of({ additionalModelRequestFields: { tools: [{ description: words }] } }), 2_700],
      [
        'context of a document',
        saying({ document: { ...report({ bytes }).document, context: words } }),
        56_000,
      ],
      ['picture', saying(picture), 1_500],
      ['picture of a tool', saying(result(picture)), 1_500],
      ['document', saying(report({ bytes })), 5_000],
      ['document of a tool', saying(result(report({ bytes }))), 5_000],
      ['document in parts', saying(report({ content: [{ text: words }] })), 2_000],
      ['text of a tool', saying(result({ json: { words } })), 2_000],
      ['video', saying({ video: { format: 'mp4', source: { bytes } } }), 1_500],
      ['document in S3', saying(report({ s3Location: { uri: 's3://a/b' } })), 200_000],
      ['call of a tool', saying({ toolUse: { toolUseId: '1', name: 'a', input: { words } } }), 2_000],
      ['reasoning', saying({ reasoningContent: { reasoningText: { text: words } } }), 2_000],
      ['cited words', saying({ citationsContent: { content: [{ text: words }] } }), 2_000],
    ] as const)
      expect([what, tokens >= least]).toEqual([what, true]);
  });

  it('keeps a promise that tools, pictures, system prompt or cache could break', async () => {
    const client = createClient(clientFor(endpoint().url));
    const sent = endpoint().requests().length;
    const limit = (tokens: number, modelId: string) =>
      costOf({ inputTokens: tokens, outputTokens: 0 }, modelId) ?? 0;
    const bulky = tool({
      name: 'bulky',
      description: 'x '.repeat(20_000),
      input: { type: 'object', properties: {} },
      run: () => 'ok',
    });
    const agent = new Agent({
      client,
      modelId: nova,
      tools: [bulky],
      maxTokens: 1,
      limits: { maxCostUsd: limit(10_000, nova) },
    });
    expect(await agent.run('Go.')).toMatchObject({ outcome: 'limit', limit: 'cost' });
    const asked = (options: object, text = 'Go.', tokens = 10_000) =>
      new Conversation({
        client,
        modelId: haiku,
        maxTokens: 1,
        maxCostUsd: limit(tokens, haiku),
        ...options,
      })
        .send(text)
        .catch((error: unknown) => isLibError(error) && error.kind);
    expect(await asked({ system: 'x '.repeat(20_000) })).toBe('limit');
    expect(await asked({}, '語'.repeat(12_000))).toBe('limit');
    const thinking = {
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 4_000 } },
    };
    expect(await asked(thinking)).toBe('limit');
    const ownTools = { tools: [{ name: 'x', description: 'word '.repeat(20_000) }] };
    expect(await asked({ additionalModelRequestFields: ownTools })).toBe('limit');
    expect(await asked({ additionalModelRequestFields: { max_tokens: 60_000 } })).toBe('limit');
    expect(await asked({}, `a${' '.repeat(40_000)}b`)).toBe('limit');
    const cached = [{ text: 'word '.repeat(5_000) }, { cachePoint: { type: 'default', ttl: '1h' } }];
    expect(await asked({ system: cached })).toBe('limit');
    expect(endpoint().requests()).toHaveLength(sent);
    client.destroy();
  });
});
