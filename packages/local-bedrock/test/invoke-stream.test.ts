import { InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../src/http/refusal.ts';
import { scripted } from '../src/words/scripted.ts';
import { end, thinksAndCalls } from './answers.ts';
import {
  bodies,
  claude2,
  claude3Haiku,
  http1Client,
  http2Client,
  novaMicro,
  titanExpress,
  useEndpoint,
} from './endpoint.ts';
import { kindsOf, postTo, readFrames } from './frames.ts';

const endpoint = useEndpoint();
const calling = useEndpoint({ words: scripted(() => thinksAndCalls) });
const chatty = useEndpoint({
  words: scripted(() => [
    ...Array.from({ length: 30 }, () => ({ type: 'text' as const, text: 'the fox ran ' })),
    { type: 'end', ending: { reason: 'maxTokens' }, inputTokens: 8, outputTokens: 90 },
  ]),
});
const sum = 'What is 12 * 7?';
const story = 'Tell me a story about a fox.';
const metrics = 'amazon-bedrock-invocationMetrics';

/** The family's own JSON in each chunk. */
async function chunksOf(url: string, modelId: string, body: unknown) {
  const { bytes } = await postTo(url, modelId, 'invoke-with-response-stream', body);
  return readFrames(bytes).map(({ json }) => JSON.parse(Buffer.from(json.bytes, 'base64').toString('utf8')));
}

describe.each([
  ['the default HTTP/2 client', http2Client],
  ['the HTTP/1.1 client', http1Client],
])('InvokeModelWithResponseStream through %s', (_, clientFor) => {
  it('gives the content type of the chunks and the chunks', async () => {
    const { body, contentType } = await clientFor(endpoint.url).send(
      new InvokeModelWithResponseStreamCommand({
        modelId: claude3Haiku,
        contentType: 'application/json',
        accept: 'application/json',
        body: JSON.stringify(bodies.claude(sum)),
      }),
    );
    let text = '';
    for await (const { chunk } of body ?? []) {
      text += JSON.parse(new TextDecoder().decode(chunk?.bytes)).delta?.text ?? '';
    }
    expect([contentType, text]).toEqual(['application/json', '12 * 7 = 84']);
  });
});

describe('the chunks', () => {
  it('come in frames of one kind, with padding', async () => {
    const { headers, bytes } = await postTo(
      endpoint.url,
      novaMicro,
      'invoke-with-response-stream',
      bodies.nova(sum),
    );
    expect(headers.get('content-type')).toBe('application/vnd.amazon.eventstream');
    expect(headers.get('x-amzn-bedrock-content-type')).toBe('application/json');
    expect(headers.get('x-amzn-bedrock-input-token-count')).toBeNull();
    const frames = readFrames(bytes);
    expect(new Set(kindsOf(frames))).toEqual(new Set(['chunk']));
    for (const { json } of frames) {
      expect(Object.keys(json)).toEqual(['bytes', 'p']);
      expect(json.p).toMatch(/^abc?/);
    }
  });

  it('of Titan are few, and the last tells why the answer ended', async () => {
    const chunks = await chunksOf(chatty.url, titanExpress, bodies.titan(story));
    expect(chunks.map(({ outputText }) => outputText.length)).toEqual([204, 156]);
    expect(Object.keys(chunks[0])).toEqual([
      'outputText',
      'index',
      'totalOutputTextTokenCount',
      'completionReason',
      'inputTextTokenCount',
    ]);
    expect(chunks.at(0)).toMatchObject({
      totalOutputTextTokenCount: null,
      completionReason: null,
      inputTextTokenCount: 8,
    });
    expect(chunks.at(-1)).toEqual({
      outputText: expect.any(String),
      index: 0,
      totalOutputTextTokenCount: 90,
      completionReason: 'LENGTH',
      inputTextTokenCount: null,
      [metrics]: {
        inputTokenCount: 8,
        outputTokenCount: 90,
        invocationLatency: expect.any(Number),
        firstByteLatency: expect.any(Number),
      },
    });
  });

  it('of a short Titan answer are one', async () => {
    expect(await chunksOf(endpoint.url, titanExpress, bodies.titan(sum))).toMatchObject([
      {
        outputText: '\n12 * 7 = 84',
        totalOutputTextTokenCount: 6,
        completionReason: 'FINISH',
        inputTextTokenCount: 6,
      },
    ]);
  });

  it('of Claude’s text completions end with the reason', async () => {
    const chunks = await chunksOf(endpoint.url, claude2, bodies.claudeText(sum));
    expect(chunks.map(({ completion }) => completion).join('')).toBe(' 12 * 7 = 84');
    expect(chunks[0]).toMatchObject({ stop_reason: null, stop: null });
    expect(chunks.at(-1)).toMatchObject({
      completion: '',
      stop_reason: 'stop_sequence',
      stop: '\n\nHuman:',
      [metrics]: { inputTokenCount: 6, outputTokenCount: 5 },
    });
  });

  it('of Claude’s Messages are events, from message_start to message_stop', async () => {
    const chunks = await chunksOf(calling.url, claude3Haiku, bodies.claude(sum));
    const delta = (index: number, value: object) => ({ type: 'content_block_delta', index, delta: value });
    const id = expect.stringMatching(/^toolu_bdrk_01[1-9A-HJ-NP-Za-km-z]{22}$/);
    expect(chunks).toEqual([
      {
        type: 'message_start',
        message: {
          id: expect.stringMatching(/^msg_bdrk_01/),
          type: 'message',
          role: 'assistant',
          model: 'claude-3-haiku-20240307',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 6, output_tokens: 1 },
        },
      },
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'thinking', thinking: '', signature: '' },
      },
      delta(0, { type: 'thinking_delta', thinking: 'The user wants ' }),
      delta(0, { type: 'thinking_delta', thinking: 'the weather.' }),
      delta(0, { type: 'signature_delta', signature: expect.any(String) }),
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      delta(1, { type: 'text_delta', text: 'I will ' }),
      delta(1, { type: 'text_delta', text: 'look.' }),
      { type: 'content_block_stop', index: 1 },
      {
        type: 'content_block_start',
        index: 2,
        content_block: { type: 'tool_use', id, name: 'get_weather', input: {} },
      },
      delta(2, { type: 'input_json_delta', partial_json: '' }),
      delta(2, { type: 'input_json_delta', partial_json: '{"unit":"celsius",' }),
      delta(2, { type: 'input_json_delta', partial_json: '"city":"Paris"}' }),
      { type: 'content_block_stop', index: 2 },
      {
        type: 'content_block_start',
        index: 3,
        content_block: { type: 'tool_use', id, name: 'get_time', input: {} },
      },
      delta(3, { type: 'input_json_delta', partial_json: '' }),
      { type: 'content_block_stop', index: 3 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'tool_use', stop_sequence: null },
        usage: { output_tokens: 30 },
      },
      {
        type: 'message_stop',
        [metrics]: {
          inputTokenCount: 70,
          outputTokenCount: 30,
          invocationLatency: expect.any(Number),
          firstByteLatency: expect.any(Number),
        },
      },
    ]);
    const ids = chunks.flatMap(({ content_block: block }) => block?.id ?? []);
    expect(new Set(ids).size).toBe(2);
  });

  it('of Nova close a block after every piece of text', async () => {
    const chunks = await chunksOf(endpoint.url, novaMicro, bodies.nova(sum));
    expect(chunks).toEqual([
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { delta: { text: '12 * 7' }, contentBlockIndex: 0 } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { contentBlockDelta: { delta: { text: ' = 84' }, contentBlockIndex: 1 } },
      { contentBlockStop: { contentBlockIndex: 1 } },
      { messageStop: { stopReason: 'end_turn' } },
      {
        metadata: {
          usage: {
            inputTokens: 6,
            outputTokens: 5,
            cacheReadInputTokenCount: 0,
            cacheWriteInputTokenCount: 0,
          },
          metrics: {},
          trace: {},
        },
        [metrics]: {
          inputTokenCount: 6,
          outputTokenCount: 5,
          invocationLatency: expect.any(Number),
          firstByteLatency: expect.any(Number),
          cacheReadInputTokenCount: 0,
          cacheWriteInputTokenCount: 0,
        },
      },
    ]);
  });

  it('of Nova start and stop a block for each tool call', async () => {
    const chunks = await chunksOf(calling.url, novaMicro, bodies.nova(sum));
    const start = chunks.findIndex(({ contentBlockStart }) => contentBlockStart !== undefined);
    const uuid = expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(chunks.slice(start, start + 4)).toEqual([
      {
        contentBlockStart: {
          start: { toolUse: { toolUseId: uuid, name: 'get_weather' } },
          contentBlockIndex: 4,
        },
      },
      { contentBlockDelta: { delta: { toolUse: { input: '{"unit":"celsius",' } }, contentBlockIndex: 4 } },
      { contentBlockDelta: { delta: { toolUse: { input: '"city":"Paris"}' } }, contentBlockIndex: 4 } },
      { contentBlockStop: { contentBlockIndex: 4 } },
    ]);
  });

  it.each([
    [titanExpress, bodies.titan(story), (chunk: { outputText?: string }) => chunk.outputText],
    [claude2, bodies.claudeText(story), (chunk: { completion?: string }) => chunk.completion],
    [claude3Haiku, bodies.claude(story), (chunk: { delta?: { text?: string } }) => chunk.delta?.text],
    [
      novaMicro,
      bodies.nova(story),
      (chunk: { contentBlockDelta?: { delta: { text?: string } } }) => chunk.contentBlockDelta?.delta.text,
    ],
  ])('of %s come to the same text and counts as InvokeModel', async (modelId, body, textOf) => {
    const { headers, text } = await postTo(endpoint.url, modelId, 'invoke', body);
    const chunks = await chunksOf(endpoint.url, modelId, body);
    const streamed = chunks.map((chunk) => textOf(chunk as never) ?? '').join('');
    expect(streamed.length).toBeGreaterThan(100);
    expect(text).toContain(JSON.stringify(streamed).slice(1, -1));
    expect(chunks.at(-1)[metrics]).toMatchObject({
      inputTokenCount: Number(headers.get('x-amzn-bedrock-input-token-count')),
      outputTokenCount: Number(headers.get('x-amzn-bedrock-output-token-count')),
    });
  });
});

describe('a stream that cannot be', () => {
  const timingOut = useEndpoint({
    words: scripted(() => [
      { type: 'text', text: 'Once' },
      new Refusal('ModelTimeoutException', 'The model took too long.'),
      end,
    ]),
  });

  it('is refused as InvokeModel is, before it begins', async () => {
    const { status, headers, text } = await postTo(
      endpoint.url,
      novaMicro,
      'invoke-with-response-stream',
      bodies.titan('Hello'),
    );
    expect([status, headers.get('content-type')]).toEqual([400, 'application/json']);
    expect(text).toContain('Malformed input request: #: required key [messages] not found');
  });

  it('ends with an exception frame, also of a kind that Converse does not have', async () => {
    const { bytes } = await postTo(timingOut.url, novaMicro, 'invoke-with-response-stream', bodies.nova(sum));
    const last = readFrames(bytes).at(-1);
    expect(last?.headers[0]).toEqual([':exception-type', 'modelTimeoutException']);
    expect(last?.json).toEqual({ message: 'The model took too long.' });
  });
});
