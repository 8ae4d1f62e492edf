import { ConverseStreamCommand, type ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../bedrock-models/src/catalogue.ts';
import { isOnDemand } from '../../../bedrock-models/src/profile.ts';
import { Refusal } from '../../src/http/refusal.ts';
import { scripted } from '../../src/words/scripted.ts';
import { end, thinksAndCalls } from '../answers.ts';
import { claude3Haiku, http1Client, http2Client, novaMicro, titanExpress, useEndpoint } from '../endpoint.ts';
import { kindsOf, postTo, readFrames } from '../frames.ts';

const endpoint = useEndpoint();
const calling = useEndpoint({ words: scripted(() => thinksAndCalls) });
const ask = (text: string) => [{ role: 'user' as const, content: [{ text }] }];
const messages = ask('What is 12 * 7?');

async function frames(url: string, modelId: string, body: object = {}) {
  const { bytes } = await postTo(url, modelId, 'converse-stream', { messages, ...body });
  return readFrames(bytes);
}

describe.each([
  ['the default HTTP/2 client', http2Client],
  ['the HTTP/1.1 client', http1Client],
])('ConverseStream through %s', (_, clientFor) => {
  it('streams an answer in the recorded order', async () => {
    const { stream, $metadata } = await clientFor(endpoint.url).send(
      new ConverseStreamCommand({ modelId: titanExpress, messages }),
    );
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    const events: ConverseStreamOutput[] = [];
    for await (const event of stream ?? []) events.push(event);
    expect(events.at(0)).toEqual({ messageStart: { role: 'assistant' } });
    expect(events.map((event) => event.contentBlockDelta?.delta?.text ?? '').join('')).toBe('\n12 * 7 = 84');
    expect(events.slice(-3)).toMatchObject([
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: 'end_turn' } },
      { metadata: { usage: { inputTokens: 6, outputTokens: 6, totalTokens: 12 } } },
    ]);
  });
});

describe('the frames', () => {
  it('come with the content type of event streams', async () => {
    const { headers, status } = await postTo(endpoint.url, novaMicro, 'converse-stream', { messages });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/vnd.amazon.eventstream']);
    expect(headers.get('x-amzn-bedrock-content-type')).toBeNull();
  });

  it('have three headers in the recorded order, sorted keys and padding', async () => {
    const read = await frames(endpoint.url, novaMicro);
    for (const { headers, json } of read) {
      expect(headers.map(([name]) => name)).toEqual([':event-type', ':content-type', ':message-type']);
      expect(Object.keys(json)).toEqual(Object.keys(json).sort());
      expect(json.p).toMatch(/^[a-zA-Z0-9]{2,61}$/);
    }
    expect(new Set(read.map(({ json }) => json.p.length)).size).toBeGreaterThan(2);
  });

  it('start no block for text or thoughts, and start, fill and stop one for each tool call', async () => {
    const read = await frames(calling.url, claude3Haiku);
    expect(read.map(({ json: { p: _, ...json } }, index) => [kindsOf(read)[index], json])).toEqual([
      ['messageStart', { role: 'assistant' }],
      [
        'contentBlockDelta',
        { contentBlockIndex: 0, delta: { reasoningContent: { text: 'The user wants ' } } },
      ],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'the weather.' } } }],
      [
        'contentBlockDelta',
        { contentBlockIndex: 0, delta: { reasoningContent: { signature: expect.any(String) } } },
      ],
      ['contentBlockStop', { contentBlockIndex: 0 }],
      ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'I will ' } }],
      ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'look.' } }],
      ['contentBlockStop', { contentBlockIndex: 1 }],
      [
        'contentBlockStart',
        {
          contentBlockIndex: 2,
          start: { toolUse: { name: 'get_weather', toolUseId: 'tooluse_p0X002uYQ9y_0fFkBsyYRg' } },
        },
      ],
      ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '' } } }],
      ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"unit":"celsius",' } } }],
      ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '"city":"Paris"}' } } }],
      ['contentBlockStop', { contentBlockIndex: 2 }],
      [
        'contentBlockStart',
        {
          contentBlockIndex: 3,
          start: { toolUse: { name: 'get_time', toolUseId: 'tooluse_0ae1_ahYROawF4OObK5xBg' } },
        },
      ],
      ['contentBlockDelta', { contentBlockIndex: 3, delta: { toolUse: { input: '' } } }],
      ['contentBlockStop', { contentBlockIndex: 3 }],
      ['messageStop', { stopReason: 'tool_use' }],
      ['metadata', expect.objectContaining({ metrics: { latencyMs: expect.any(Number) } })],
    ]);
  });

  it('tell what was asked for of the model’s own response, in messageStop', async () => {
    const read = await frames(calling.url, claude3Haiku, {
      additionalModelResponseFieldPaths: ['/delta/stop_reason', '/usage/output_tokens', '/stop_reason'],
    });
    expect(read.at(-2)?.json).toEqual({
      p: expect.any(String),
      additionalModelResponseFields: { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 30 } },
      stopReason: 'tool_use',
    });
  });

  it('tell the stop sequence itself for Nova, and no stop at one', async () => {
    const inferenceConfig = { stopSequences: ['7'] };
    const read = await frames(endpoint.url, novaMicro, { inferenceConfig });
    const text = read.map(({ json }) => json.delta?.text ?? '').join('');
    expect([text, read.at(-2)?.json.stopReason]).toEqual(['12 * 7', 'end_turn']);
    const short = await frames(endpoint.url, novaMicro, {
      inferenceConfig: { ...inferenceConfig, maxTokens: 2 },
    });
    expect(short.at(-2)?.json.stopReason).toBe('max_tokens');
  });

  it('echo the tier and the latency in metadata', async () => {
    const read = await frames(endpoint.url, novaMicro, {
      serviceTier: { type: 'priority' },
      performanceConfig: { latency: 'standard' },
    });
    const { json } = read.at(-1) ?? {};
    expect(Object.keys(json)).toEqual(['metrics', 'p', 'performanceConfig', 'serviceTier', 'usage']);
    expect(json).toMatchObject({
      serviceTier: { type: 'priority' },
      performanceConfig: { latency: 'standard' },
    });
  });

  it('are the same for the same request, but for the time it took', async () => {
    const [one, other] = await Promise.all([
      frames(endpoint.url, novaMicro),
      frames(endpoint.url, novaMicro),
    ]);
    expect(one.slice(0, -1)).toEqual(other.slice(0, -1));
  });

  it('have a message without blocks when there is nothing to say', async () => {
    const read = await frames(endpoint.url, claude3Haiku, { inferenceConfig: { stopSequences: ['12'] } });
    expect(kindsOf(read)).toEqual(['messageStart', 'messageStop', 'metadata']);
  });
});

describe('every family', () => {
  const samples = new Map(
    catalogue
      .filter((model) => isOnDemand(model, 'us-east-1') || model.profiles.length > 0)
      .filter(({ refuses = [] }) => !refuses.includes('converse') && !refuses.includes('streaming'))
      .map((model) => [model.family, model]),
  );

  it.each([...samples])('of %s streams what Converse answers, and counts the same', async (_, model) => {
    const modelId = isOnDemand(model, 'us-east-1') ? model.id : `${model.profiles[0]}.${model.id}`;
    const story = { messages: ask('Tell me a story about a fox. 東京 😀') };
    const whole = JSON.parse((await postTo(endpoint.url, modelId, 'converse', story)).text);
    const read = await frames(endpoint.url, modelId, story);
    const texts = read.map(({ json }) => json.delta?.text ?? '').join('');
    const content: { text?: string }[] = whole.output.message.content;
    expect(texts).toBe(content.map(({ text = '' }) => text).join(''));
    expect(texts).toContain('fox');
    expect(read.at(-2)?.json.stopReason).toBe(whole.stopReason);
    const { inputTokens, outputTokens, totalTokens } = whole.usage;
    expect(read.at(-1)?.json.usage).toMatchObject({ inputTokens, outputTokens, totalTokens });
  });
});

describe('a stream that fails', () => {
  const text = { type: 'text', text: 'Hello' } as const;
  const failing = useEndpoint({
    words: scripted(() => [
      text,
      new Refusal('ThrottlingException', 'Too many tokens, please wait before trying again.'),
      end,
    ]),
  });
  const broken = useEndpoint({
    words: scripted(() => [
      text,
      new Refusal('ModelErrorException', 'The model went away.', { members: { originalStatusCode: 502 } }),
    ]),
  });
  const refusing = useEndpoint({
    words: scripted(() => [new Refusal('ModelNotReadyException', 'Not ready yet.')]),
  });

  it.each([
    ['HTTP/2', http2Client],
    ['HTTP/1.1', http1Client],
  ])('ends with an exception the SDK knows, over %s', async (_, clientFor) => {
    const { stream } = await clientFor(failing.url).send(
      new ConverseStreamCommand({ modelId: novaMicro, messages }),
    );
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of stream ?? []) seen.push(Object.keys(event)[0] ?? '');
    })();
    await expect(reading).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Too many tokens, please wait before trying again.',
    });
    expect(seen).toEqual(['messageStart', 'contentBlockDelta']);
  });

  it('says what the model said when the model failed', async () => {
    const read = await frames(broken.url, novaMicro);
    expect(read.at(-1)).toMatchObject({
      headers: [
        [':exception-type', 'modelStreamErrorException'],
        [':content-type', 'application/json'],
        [':message-type', 'exception'],
      ],
      json: {
        message: 'The model went away.',
        originalMessage: 'The model went away.',
        originalStatusCode: 502,
      },
    });
  });

  it('is refused with a status of its own before its first event', async () => {
    const { status, headers, text } = await postTo(refusing.url, novaMicro, 'converse-stream', { messages });
    expect([status, headers.get('x-amzn-errortype'), text]).toEqual([
      429,
      'ModelNotReadyException:http://internal.amazon.com/coral/com.amazon.bedrock/',
      '{"message":"Not ready yet."}',
    ]);
  });
});
