import { converseStream, type Delta, type InvalidToolInput, type Message } from 'lib';
import { describe, expect, it } from 'vitest';
import { clientOver, event, serveScripts } from '../../scripted-endpoint.ts';
import { answer, modelId } from './scripted-conversation.ts';

const messages: Message[] = [{ role: 'user', content: [{ text: 'Hi' }] }];
const start = event('messageStart', { role: 'assistant' });
const piece = (contentBlockIndex: number, delta: object) =>
  event('contentBlockDelta', { contentBlockIndex, delta });
const begin = (contentBlockIndex: number, block: object) =>
  event('contentBlockStart', { contentBlockIndex, start: block });
const end = (contentBlockIndex: number) => event('contentBlockStop', { contentBlockIndex });
const stop = (stopReason: string, more: object = {}) => event('messageStop', { stopReason, ...more });
const metadata = event('metadata', {
  usage: {
    inputTokens: 10,
    outputTokens: 5,
    totalTokens: 115,
    cacheReadInputTokens: 100,
    cacheWriteInputTokens: 0,
  },
  metrics: { latencyMs: 5 },
  trace: { guardrail: { modelOutput: ['x'] } },
});

async function stream(...steps: Uint8Array[]) {
  const server = await serveScripts({ steps });
  const client = clientOver('HTTP/1.1', server.url);
  const deltas: Delta[] = [];
  try {
    const reply = await converseStream(client, modelId, messages, (delta) => deltas.push(delta));
    return { reply, deltas };
  } finally {
    client.destroy();
    await server.close();
  }
}

describe('converseStream', () => {
  it('puts text, reasoning and a tool call together', async () => {
    const { reply, deltas } = await stream(
      start,
      piece(0, { reasoningContent: { text: 'Let me ' } }),
      piece(0, { reasoningContent: { text: 'see.' } }),
      piece(0, { reasoningContent: { signature: 'c2ln' } }),
      end(0),
      piece(1, { text: 'I will ' }),
      piece(1, { text: 'look.' }),
      end(1),
      begin(2, { toolUse: { toolUseId: 'tooluse_1', name: 'weather' } }),
      piece(2, { toolUse: { input: '' } }),
      piece(2, { toolUse: { input: '{"city":' } }),
      piece(2, { toolUse: { input: '"Bern"}' } }),
      end(2),
      stop('tool_use', { additionalModelResponseFields: { stop_sequence: null } }),
      metadata,
    );
    expect(reply).toMatchObject({
      text: 'I will look.',
      stopReason: 'tool_use',
      message: {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'Let me see.', signature: 'c2ln' } } },
          { text: 'I will look.' },
          { toolUse: { toolUseId: 'tooluse_1', name: 'weather', input: { city: 'Bern' } } },
        ],
      },
      usage: {
        inputTokens: 10,
        outputTokens: 5,
        totalTokens: 115,
        cacheReadInputTokens: 100,
        cacheWriteInputTokens: 0,
      },
      invalidToolInputs: [],
      additionalModelResponseFields: { stop_sequence: null },
      trace: { guardrail: { modelOutput: ['x'] } },
    });
    expect(deltas).toEqual([
      { type: 'reasoning', text: 'Let me ' },
      { type: 'reasoning', text: 'see.' },
      { type: 'text', text: 'I will ' },
      { type: 'text', text: 'look.' },
      { type: 'toolUse', toolUseId: 'tooluse_1', name: 'weather' },
      { type: 'toolInput', toolUseId: 'tooluse_1', json: '{"city":' },
      { type: 'toolInput', toolUseId: 'tooluse_1', json: '"Bern"}' },
    ]);
  });

  it('takes a tool call without input for one with an empty input', async () => {
    const { reply } = await stream(
      start,
      begin(0, { toolUse: { toolUseId: 'tooluse_1', name: 'now' } }),
      end(0),
      stop('tool_use'),
    );
    expect(reply.message.content).toEqual([{ toolUse: { toolUseId: 'tooluse_1', name: 'now', input: {} } }]);
    expect(reply.invalidToolInputs).toEqual([]);
    expect(reply.usage).toBeUndefined();
  });

  it.each([
    ['max_tokens', '{"city":"Be'],
    ['tool_use', '{city: Bern}'],
    ['tool_use', '[1, 2]'],
  ])('reports a tool input that ends with %s as %s, and does not throw', async (stopReason, json) => {
    const { reply } = await stream(
      start,
      begin(0, { toolUse: { toolUseId: 'tooluse_1', name: 'weather' } }),
      piece(0, { toolUse: { input: json } }),
      end(0),
      stop(stopReason),
      metadata,
    );
    const invalid: InvalidToolInput = { toolUseId: 'tooluse_1', name: 'weather', json };
    expect(reply).toMatchObject({ stopReason, invalidToolInputs: [invalid] });
    expect(reply.message.content).toEqual([
      { toolUse: { toolUseId: 'tooluse_1', name: 'weather', input: {} } },
    ]);
  });

  it('keeps citations with their text, and redacted reasoning', async () => {
    const citation = { title: 'Report', source: 'a', sourceContent: [{ text: 'cited' }] };
    const { reply, deltas } = await stream(
      start,
      piece(0, { reasoningContent: { redactedContent: 'AQI=' } }),
      piece(0, { reasoningContent: { redactedContent: 'Aw==' } }),
      piece(1, { text: 'So it says.' }),
      piece(1, { citation }),
      end(1),
      stop('end_turn'),
      metadata,
    );
    expect(reply.message.content).toEqual([
      { reasoningContent: { redactedContent: Buffer.from([1, 2, 3]) } },
      { citationsContent: { content: [{ text: 'So it says.' }], citations: [citation] } },
    ]);
    expect(reply.text).toBe('So it says.');
    expect(deltas).toEqual([
      { type: 'text', text: 'So it says.' },
      { type: 'citation', citation },
    ]);
  });

  it('keeps what a tool of the service did, and a picture', async () => {
    const { reply } = await stream(
      start,
      begin(0, { toolUse: { toolUseId: 'server_1', name: 'search', type: 'server_tool_use' } }),
      piece(0, { toolUse: { input: '{}' } }),
      begin(1, { toolResult: { toolUseId: 'server_1', type: 'search_result', status: 'success' } }),
      piece(1, { toolResult: [{ text: 'found' }] }),
      begin(2, { image: { format: 'png' } }),
      piece(2, { image: { source: { bytes: 'AQID' } } }),
      stop('end_turn'),
      metadata,
    );
    expect(reply.message.content).toEqual([
      { toolUse: { toolUseId: 'server_1', name: 'search', type: 'server_tool_use', input: {} } },
      {
        toolResult: {
          toolUseId: 'server_1',
          type: 'search_result',
          status: 'success',
          content: [{ text: 'found' }],
        },
      },
      { image: { format: 'png', source: { bytes: new Uint8Array([1, 2, 3]) } } },
    ]);
  });

  it('passes a kind of block on that it does not know', async () => {
    const { reply, deltas } = await stream(
      start,
      piece(0, { hologram: { depth: 3 } }),
      piece(0, { hologram: { width: 4 } }),
      piece(1, { text: 'See?' }),
      stop('end_turn'),
      metadata,
    );
    expect(reply.message.content).toEqual([
      { $unknown: ['hologram', { depth: 3, width: 4 }] },
      { text: 'See?' },
    ]);
    expect(deltas[0]).toEqual({ type: 'unknown', name: 'hologram', value: { depth: 3 } });
  });

  it('puts blocks in the order of their numbers, however their pieces are mixed', async () => {
    const { reply } = await stream(
      start,
      piece(1, { text: 'wo' }),
      piece(0, { text: 'one, ' }),
      piece(1, { text: 'rld' }),
      stop('end_turn'),
      metadata,
    );
    expect(reply.text).toBe('one, world');
  });

  it('does not take a plain answer for a stream', async () => {
    const server = await serveScripts(answer('Hello'));
    const client = clientOver('HTTP/1.1', server.url);
    const failed = converseStream(client, modelId, messages, () => {});
    await expect(failed).rejects.toMatchObject({ name: 'LibError', modelId });
    client.destroy();
    await server.close();
  });
});
