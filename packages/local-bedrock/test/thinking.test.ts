import { Conversation, createClient, invokeText } from 'lib';
import { describe, expect, it } from 'vitest';
import { clientFor } from '../../../test/local-endpoint.ts';
import { bodies, useEndpoint } from './endpoint.ts';
import { postTo, readFrames } from './frames.ts';

const endpoint = useEndpoint({ era: 'today', today: '2026-11-24' });
const gptOss = 'openai.gpt-oss-20b-1:0';
const r1 = 'us.deepseek.r1-v1:0';
const haiku = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const nova2 = 'us.amazon.nova-2-lite-v1:0';
const thinking = { thinking: { type: 'enabled', budget_tokens: 1_024 } };
const question = 'What is 17 + 25?';
const messages = [{ role: 'user', content: [{ text: question }] }];

async function converse(modelId: string, more: object = {}) {
  const { text } = await postTo(endpoint.url, modelId, 'converse', { messages, ...more });
  return JSON.parse(text);
}
const kindsIn = (answer: { output: { message: { content: object[] } } }) =>
  answer.output.message.content.flatMap((block) => Object.keys(block));

describe('a model that thinks before it answers', () => {
  it.each([
    [gptOss, {}],
    ['minimax.minimax-m2.5', {}],
    [haiku, { additionalModelRequestFields: thinking, inferenceConfig: { maxTokens: 2_000 } }],
    [nova2, { additionalModelRequestFields: { reasoningConfig: { type: 'enabled' } } }],
  ])('%s gives its reasoning before its text, and counts it', async (modelId, more) => {
    const answer = await converse(modelId, more);
    expect(kindsIn(answer)).toEqual(['reasoningContent', 'text']);
    const [first, second] = answer.output.message.content;
    expect(first.reasoningContent.reasoningText.text).toContain(modelId === nova2 ? '[REDACTED]' : question);
    expect('signature' in first.reasoningContent.reasoningText).toBe(modelId === haiku);
    expect(second.text).toContain('42');
    expect(answer.usage.outputTokens).toBeGreaterThan(20);
  });

  it('DeepSeek-R1 gives it behind its text, and streams it before', async () => {
    const answer = await converse(r1);
    expect(kindsIn(answer)).toEqual(['text', 'reasoningContent']);
    expect(answer.output.message.content[0].text).toMatch(/^\n\n\S.*42/);
    const { bytes } = await postTo(endpoint.url, r1, 'converse-stream', { messages });
    const kinds = readFrames(bytes).flatMap(({ json }) => (json.delta ? Object.keys(json.delta) : []));
    expect([kinds[0], kinds.at(-1)]).toEqual(['reasoningContent', 'text']);
  });

  it.each([
    [haiku, {}],
    [haiku, { additionalModelRequestFields: { thinking: { type: 'disabled' } } }],
    [nova2, {}],
    ['amazon.nova-micro-v1:0', {}],
  ])('%s gives none where nobody asks', async (modelId, more) => {
    expect(kindsIn(await converse(modelId, more))).toEqual(['text']);
  });

  it('streams its reasoning as a block of its own, signed only by Claude', async () => {
    const deltasOf = async (modelId: string, more: object = {}) => {
      const { bytes } = await postTo(endpoint.url, modelId, 'converse-stream', { messages, ...more });
      return readFrames(bytes).flatMap(({ json }) => (json.delta ? [json] : []));
    };
    const deltas = await deltasOf(gptOss);
    const inBlock = (index: number) => deltas.filter(({ contentBlockIndex }) => contentBlockIndex === index);
    expect(inBlock(0).every(({ delta }) => typeof delta.reasoningContent.text === 'string')).toBe(true);
    expect(
      inBlock(1)
        .map(({ delta }) => delta.text)
        .join(''),
    ).toContain('42');
    const signed = await deltasOf(haiku, {
      additionalModelRequestFields: thinking,
      inferenceConfig: { maxTokens: 2_000 },
    });
    expect(signed.filter(({ delta }) => delta.reasoningContent?.signature !== undefined)).toHaveLength(1);
  });

  it('shows none of Nova 2’s, in whatever form it is asked', async () => {
    const reasoningConfig = { type: 'enabled', maxReasoningEffort: 'low' };
    const hidden = [{ reasoningContent: { text: '[REDACTED]' } }];
    const body = { messages, additionalModelRequestFields: { reasoningConfig } };
    const { bytes } = await postTo(endpoint.url, nova2, 'converse-stream', body);
    const told = readFrames(bytes).flatMap(({ json }) => (json.delta?.reasoningContent ? [json.delta] : []));
    expect(told).toEqual(hidden);
    const native = { messages, reasoningConfig };
    const thought = { reasoningContent: { reasoningText: { text: '[REDACTED]' } } };
    const { text } = await postTo(endpoint.url, nova2, 'invoke', native);
    expect(JSON.parse(text).output.message.content[0]).toEqual(thought);
    const stream = await postTo(endpoint.url, nova2, 'invoke-with-response-stream', native);
    const chunks = readFrames(stream.bytes).map(({ json }) =>
      JSON.parse(Buffer.from(json.bytes, 'base64').toString()),
    );
    const deltas = chunks.flatMap(({ contentBlockDelta }) => contentBlockDelta?.delta ?? []);
    expect(deltas.filter(({ reasoningContent }) => reasoningContent)).toEqual([thought]);
  });

  describe.each(['us.anthropic.claude-opus-4-7', 'us.anthropic.claude-sonnet-5'])('%s', (modelId) => {
    const adaptive = (display?: string) => ({ thinking: { type: 'adaptive', ...(display && { display }) } });
    const body = bodies.claude(question, { max_tokens: 2_000 });

    it('gives the signature of its thoughts, and their text only to those who ask', async () => {
      const whole = async (display?: string) => {
        const answer = await converse(modelId, { additionalModelRequestFields: adaptive(display) });
        return answer.output.message.content[0].reasoningContent.reasoningText;
      };
      const signed = { signature: expect.any(String) };
      expect(await whole()).toEqual(signed);
      expect(await whole('omitted')).toEqual(signed);
      expect(await whole('summarized')).toEqual({ ...signed, text: expect.stringContaining(question) });
      const native = async (display?: string) => {
        const { text } = await postTo(endpoint.url, modelId, 'invoke', { ...body, ...adaptive(display) });
        return JSON.parse(text).content[0];
      };
      expect(await native()).toEqual({ type: 'thinking', thinking: '', ...signed });
      expect(await native('summarized')).toMatchObject({ thinking: expect.stringContaining(question) });
    });

    it('streams them in the same way', async () => {
      const converseStream = { messages, additionalModelRequestFields: adaptive() };
      const frames = readFrames(
        (await postTo(endpoint.url, modelId, 'converse-stream', converseStream)).bytes,
      );
      const first = frames.flatMap(({ json }) =>
        json.contentBlockIndex === 0 && json.delta ? [json.delta] : [],
      );
      expect(first).toEqual([{ reasoningContent: { signature: expect.any(String) } }]);
      const streamed = { ...body, ...adaptive() };
      const native = await postTo(endpoint.url, modelId, 'invoke-with-response-stream', streamed);
      const chunks = readFrames(native.bytes).map(({ json }) =>
        JSON.parse(Buffer.from(json.bytes, 'base64').toString()),
      );
      expect(chunks.filter(({ index }) => index === 0)).toEqual([
        expect.objectContaining({ content_block: { type: 'thinking', thinking: '', signature: '' } }),
        expect.objectContaining({ delta: { type: 'signature_delta', signature: expect.any(String) } }),
        expect.objectContaining({ type: 'content_block_stop' }),
      ]);
    });

    it('is read by lib, whole and streamed, over two turns', async () => {
      const client = createClient(clientFor(endpoint.url));
      const options = { client, modelId, additionalModelRequestFields: adaptive() };
      const whole = new Conversation(options);
      expect((await whole.send(question)).text).toContain('42');
      expect((await whole.send('What is 2 + 3?')).text).toContain('5');
      const streamed = new Conversation(options);
      expect((await streamed.stream(question).result).text).toContain('42');
      expect((await streamed.stream('What is 2 + 3?').result).text).toContain('5');
    });
  });

  it('has its thoughts hidden from older models’ callers who wish so', async () => {
    const additionalModelRequestFields = { thinking: { ...thinking.thinking, display: 'omitted' } };
    const inferenceConfig = { maxTokens: 2_000 };
    const answer = await converse(haiku, { additionalModelRequestFields, inferenceConfig });
    expect(Object.keys(answer.output.message.content[0].reasoningContent.reasoningText)).toEqual([
      'signature',
    ]);
  });

  it('is cut at the token limit in the middle of its reasoning', async () => {
    const answer = await converse(gptOss, { inferenceConfig: { maxTokens: 5 } });
    expect(kindsIn(answer)).toEqual(['reasoningContent']);
    expect(answer).toMatchObject({ stopReason: 'max_tokens', usage: { outputTokens: 5 } });
  });

  it('stops before a stop sequence in its answer, and not in its reasoning', async () => {
    const { text } = await postTo(endpoint.url, haiku, 'converse', {
      messages: [{ role: 'user', content: [{ text: `${question} Answer with the number.` }] }],
      additionalModelRequestFields: thinking,
      inferenceConfig: { maxTokens: 2_000, stopSequences: ['question', '4'] },
    });
    const answer = JSON.parse(text);
    expect(answer.stopReason).toBe('stop_sequence');
    expect(answer.output.message.content[0].reasoningContent.reasoningText.text).toContain('question');
  });

  it('thinks before it calls a tool', async () => {
    const tool = {
      toolSpec: {
        name: 'get_weather',
        description: 'The weather in a city',
        inputSchema: {
          json: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        },
      },
    };
    const asked = [{ role: 'user', content: [{ text: 'What is the weather in Paris?' }] }];
    const answer = await converse(gptOss, { messages: asked, toolConfig: { tools: [tool] } });
    expect(kindsIn(answer).at(0)).toBe('reasoningContent');
    expect(kindsIn(answer).at(-1)).toBe('toolUse');
    expect(answer.stopReason).toBe('tool_use');
  });

  it('writes its reasoning into the text of InvokeModel, and lib takes it out', async () => {
    const body = { messages: [{ role: 'user', content: question }], max_completion_tokens: 200 };
    const { text } = await postTo(endpoint.url, gptOss, 'invoke', body);
    expect(JSON.parse(text).choices[0].message.content).toMatch(/^<reasoning>.+<\/reasoning>.*42/s);
    const client = createClient(clientFor(endpoint.url));
    for (const modelId of [gptOss, r1]) {
      const answer = await invokeText(client, modelId, question);
      expect(answer.text).toContain('42');
      expect(answer.text).not.toContain('question is');
    }
  });

  it('goes on over several turns of a conversation', async () => {
    const client = createClient(clientFor(endpoint.url));
    const conversation = new Conversation({ client, modelId: gptOss });
    const kinds: string[] = [];
    for await (const { type } of conversation.stream(question)) kinds.push(type);
    expect([...new Set(kinds)]).toEqual(['reasoning', 'text']);
    expect((await conversation.send('What is 2 + 3?')).text).toContain('5');
  });
});
