import { describe, expect, it } from 'vitest';
import { haiku45, novaMicro, useEndpoint } from './endpoint.ts';
import { postTo, readFrames } from './frames.ts';

const endpoint = useEndpoint();
const sonnet45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const sonnet37 = 'us.anthropic.claude-3-7-sonnet-20250219-v1:0';

const point = (ttl?: string) => ({ cachePoint: { type: 'default', ...(ttl && { ttl }) } });
const user = (...content: object[]) => ({ role: 'user', content });
/** So many tokens, as the endpoint counts, and another text for each test. */
const words = (tokens: number, of: string) => ({ text: `${of} ${'word '.repeat(tokens - 1)}` });
const hello = { text: 'Hello' };

async function usageOf(modelId: string, body: object, operation = 'converse') {
  const { status, text, bytes } = await postTo(endpoint.url, modelId, operation, body);
  expect([status, status === 200 || text]).toEqual([200, true]);
  return operation === 'converse' ? JSON.parse(text).usage : readFrames(bytes).at(-1)?.json.usage;
}
const cached = (usage: Record<string, number>) =>
  ['cacheReadInputTokens', 'cacheWriteInputTokens', 'inputTokens'].map((name) => usage[name] ?? Number.NaN);
const inSystem = (tokens: number, of: string, ttl?: string) => ({
  system: [words(tokens, of), point(ttl)],
  messages: [user(hello)],
});
const pass = (ms: number) =>
  fetch(`${endpoint.url}/_local-bedrock/date`, { method: 'PUT', body: JSON.stringify({ advanceMs: ms }) });
const minute = 60_000;

describe('a prompt with a cache point', () => {
  it.each(['converse', 'converse-stream'])('%s: is written once and then read', async (operation) => {
    const body = inSystem(1_500, operation);
    const first = await usageOf(sonnet45, body, operation);
    const [read, written = 0, rest] = cached(first);
    expect([read, rest]).toEqual([0, 1]);
    expect(written).toBeGreaterThan(1_400);
    expect(first.cacheDetails).toEqual([{ inputTokens: written, ttl: '5m' }]);
    expect(first.totalTokens).toBe(written + 1 + first.outputTokens);
    expect([first.cacheReadInputTokenCount, first.cacheWriteInputTokenCount]).toEqual([0, written]);
    const second = await usageOf(sonnet45, body, operation);
    expect([cached(second), second.cacheDetails]).toEqual([[written, 0, 1], undefined]);
  });

  it('is another for another model, and for another beginning', async () => {
    const body = inSystem(1_500, 'own');
    await usageOf(sonnet45, body);
    expect(cached(await usageOf(sonnet37, body))[0]).toBe(0);
    expect(cached(await usageOf(sonnet45, inSystem(1_500, 'other')))[0]).toBe(0);
  });

  it('of Claude is read up to its messages when another tool is forced', async () => {
    const named = (name: string) => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } });
    const body = (toolChoice?: object) => ({
      ...inSystem(1_500, 'choice'),
      messages: [user(words(1_500, 'choice'), point())],
      toolConfig: { tools: [named('look')], ...(toolChoice && { toolChoice }) },
    });
    const [, whole = 0] = cached(await usageOf(sonnet45, body()));
    expect(cached(await usageOf(sonnet45, body({ auto: {} })))[0]).toBe(whole);
    const [read = 0, written = 0] = cached(await usageOf(sonnet45, body({ any: {} })));
    expect(read).toBeGreaterThan(1_000);
    expect(read + written).toBe(whole);
    expect(written).toBeGreaterThan(1_000);
  });

  it.each([
    [sonnet45, 1_000, 1_100],
    [haiku45, 4_000, 4_200],
    [novaMicro, 200, 300],
  ])('of %s is kept from a length on', async (modelId, short, long) => {
    expect(cached(await usageOf(modelId, inSystem(short, 'short')))[1]).toBe(0);
    expect(cached(await usageOf(modelId, inSystem(long, 'long')))[1]).toBeGreaterThan(short);
  });

  it('is forgotten five minutes after its last use, or an hour', async () => {
    const short = inSystem(1_500, 'five minutes');
    const long = inSystem(1_500, 'an hour', '1h');
    const written = cached(await usageOf(sonnet45, short))[1];
    const hour = await usageOf(sonnet45, long);
    expect(hour.cacheDetails).toEqual([{ inputTokens: hour.cacheWriteInputTokens, ttl: '1h' }]);
    await pass(4 * minute);
    expect(cached(await usageOf(sonnet45, short))[0]).toBe(written);
    await pass(4 * minute);
    expect(cached(await usageOf(sonnet45, short))[0]).toBe(written);
    await pass(6 * minute);
    expect(cached(await usageOf(sonnet45, short))[0]).toBe(0);
    expect(cached(await usageOf(sonnet45, long))[0]).toBeGreaterThan(0);
    await pass(61 * minute);
    expect(cached(await usageOf(sonnet45, long))[0]).toBe(0);
  });

  it('that grows is read as far as it was, and written from there', async () => {
    const turns = [user(words(1_500, 'grows'), point())];
    const first = cached(await usageOf(sonnet45, { messages: turns }))[1];
    const answered = [...turns, { role: 'assistant', content: [hello] }, user(words(300, 'more'), point())];
    const [read, written] = cached(await usageOf(sonnet45, { messages: answered }));
    expect(read).toBe(first);
    expect(written).toBeGreaterThan(290);
    // The point moves on, as in an agent: what was kept lies some blocks before it.
    const moved = [user(words(1_500, 'grows')), ...answered.slice(1)];
    expect(cached(await usageOf(sonnet45, { messages: moved }))[0]).toBe(Number(read) + Number(written));
  });

  it('has lives of both lengths, told apart', async () => {
    const usage = await usageOf(sonnet45, {
      system: [words(1_500, 'both'), point('1h')],
      messages: [user(words(500, 'both'), point(), hello)],
    });
    expect(usage.cacheDetails.map(({ ttl }: { ttl: string }) => ttl)).toEqual(['1h', '5m']);
  });
});

describe('the models’ own bodies', () => {
  const claude = (of: string) => ({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 20,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', ...words(1_500, of), cache_control: { type: 'ephemeral' } },
          { type: 'text', ...hello },
        ],
      },
    ],
  });

  it('Claude: usage and headers', async () => {
    const first = await postTo(endpoint.url, sonnet45, 'invoke', claude('whole'));
    const { usage } = JSON.parse(first.text);
    const written = usage.cache_creation_input_tokens;
    expect(usage).toMatchObject({
      input_tokens: 1,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
    });
    expect(written).toBeGreaterThan(1_400);
    const { headers } = await postTo(endpoint.url, sonnet45, 'invoke', claude('whole'));
    const counts = ['cache-read-input', 'cache-write-input', 'input'].map((name) =>
      Number(headers.get(`x-amzn-bedrock-${name}-token-count`)),
    );
    expect(counts).toEqual([written, 0, 1]);
  });

  it('Claude: a stream', async () => {
    for (const isSecond of [false, true]) {
      const { bytes } = await postTo(endpoint.url, sonnet45, 'invoke-with-response-stream', claude('stream'));
      const chunks = readFrames(bytes).map(({ json }) =>
        JSON.parse(Buffer.from(json.bytes, 'base64').toString()),
      );
      const { usage } = chunks[0].message;
      expect(usage.input_tokens).toBe(1);
      const [read, written] = [usage.cache_read_input_tokens, usage.cache_creation_input_tokens];
      expect([read > 1_400, written > 1_400]).toEqual([isSecond, !isSecond]);
      expect(chunks.at(-1)['amazon-bedrock-invocationMetrics']).toMatchObject({
        inputTokenCount: 1,
        cacheReadInputTokenCount: read,
        cacheWriteInputTokenCount: written,
      });
    }
  });

  it('Nova', async () => {
    const body = { messages: [user(words(400, 'nova'), point(), hello)] };
    await postTo(endpoint.url, novaMicro, 'invoke', body);
    const { usage } = JSON.parse((await postTo(endpoint.url, novaMicro, 'invoke', body)).text);
    expect(usage).toMatchObject({ inputTokens: 1, cacheWriteInputTokenCount: 0 });
    expect(usage.cacheReadInputTokenCount).toBeGreaterThan(390);
  });
});
