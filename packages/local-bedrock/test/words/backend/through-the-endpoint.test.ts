import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { startLocalBedrock } from '../../../src/index.ts';
import { openAiCompatible } from '../../../src/words/backend/open-ai-compatible.ts';
import { delta, events, fakeServer, json, raw } from './fake-server.ts';

const modelId = 'amazon.nova-micro-v1:0';
const messages = [{ role: 'user' as const, content: [{ text: 'Hello' }] }];

/** Runs a test against an endpoint whose words come from a fake server. */
async function withEndpoint(
  chat: Parameters<typeof fakeServer>[0],
  test: (client: BedrockRuntimeClient, url: string) => Promise<void>,
): Promise<void> {
  const server = await fakeServer(chat, {
    '/tokenize': (response) => json(response, { tokens: [1, 2, 3, 4] }),
  });
  const endpoint = await startLocalBedrock({ words: openAiCompatible({ url: server.url }) });
  const client = new BedrockRuntimeClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  try {
    await test(client, endpoint.url);
  } finally {
    client.destroy();
    await endpoint.close();
  }
}

describe('a real model behind the endpoint', () => {
  it.each(['/model/openai.gpt-oss-20b-1%3A0/invoke', '/openai/v1/chat/completions'])(
    'is not asked by %s how likely its words are',
    async (path) => {
      await withEndpoint(events(delta('Good day.', 'stop')), async (_, url) => {
        const fields = { model: 'openai.gpt-oss-20b-1:0', messages: [{ role: 'user', content: 'Hello' }] };
        const ask = (logprobs: boolean) =>
          fetch(url + path, { method: 'POST', body: JSON.stringify({ ...fields, logprobs }) });
        expect((await ask(false)).status).toBe(200);
        const refused = await ask(true);
        expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('logprobs')]);
      });
    },
  );

  it('answers Converse, ConverseStream, InvokeModel and CountTokens', async () => {
    const usage = { choices: [], usage: { prompt_tokens: 11, completion_tokens: 7 } };
    await withEndpoint(events(delta('Good '), delta('day.', 'stop'), usage), async (client, url) => {
      const reply = await client.send(new ConverseCommand({ modelId, messages }));
      expect(reply.output?.message?.content).toEqual([{ text: 'Good day.' }]);
      expect(reply.usage).toMatchObject({ inputTokens: 11, outputTokens: 7, totalTokens: 18 });
      const { stream = [] } = await client.send(new ConverseStreamCommand({ modelId, messages }));
      let text = '';
      for await (const event of stream) text += event.contentBlockDelta?.delta?.text ?? '';
      expect(text).toBe('Good day.');
      const body = JSON.stringify({ messages });
      const invoked = await client.send(new InvokeModelCommand({ modelId, body }));
      expect(JSON.parse(new TextDecoder().decode(invoked.body)).output.message.content).toEqual([
        { text: 'Good day.' },
      ]);
      const counted = await client.send(
        new CountTokensCommand({
          modelId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
          input: { converse: { messages } },
        }),
      );
      expect(counted.inputTokens).toBe(4);
      const plain = await fetch(`${url}/model/${modelId}/converse`, { method: 'POST', body });
      expect(plain.headers.get('x-local-bedrock')).toMatch(/^backend http:/);
    });
  });

  it('calls tools', async () => {
    const call = delta({
      tool_calls: [{ id: 'a', function: { name: 'get_weather', arguments: '{"city":"Lima"}' } }],
    });
    await withEndpoint(events(call, delta({}, 'tool_calls')), async (client) => {
      const toolConfig = {
        tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json: { type: 'object' } } } }],
      };
      const { output, stopReason } = await client.send(
        new ConverseCommand({ modelId, messages, toolConfig }),
      );
      expect(stopReason).toBe('tool_use');
      expect(output?.message?.content?.[0]?.toolUse).toMatchObject({
        name: 'get_weather',
        input: { city: 'Lima' },
      });
    });
  });

  it('that fails is a ModelErrorException with its status', async () => {
    await withEndpoint(
      (response) => json(response, { error: { message: 'no such model' } }, 404),
      async (client) => {
        await expect(client.send(new ConverseCommand({ modelId, messages }))).rejects.toMatchObject({
          name: 'ModelErrorException',
          message: expect.stringContaining('no such model'),
          originalStatusCode: 404,
          $metadata: { httpStatusCode: 424 },
        });
      },
    );
  });

  it('that fails in a stream is an exception in the stream, behind the words that came', async () => {
    await withEndpoint(raw(`data: ${JSON.stringify(delta('Go'))}\n\n`), async (client) => {
      const { stream = [] } = await client.send(new ConverseStreamCommand({ modelId, messages }));
      let text = '';
      const read = async () => {
        for await (const event of stream) text += event.contentBlockDelta?.delta?.text ?? '';
      };
      await expect(read()).rejects.toMatchObject({
        name: 'ModelStreamErrorException',
        message: expect.stringContaining('in the middle'),
      });
      expect(text).toBe('Go');
    });
  });
});

it('embeddings are made by the model that is named for them, in the dimensions that were asked for', async () => {
  const asked: unknown[] = [];
  const server = await fakeServer(events(), {
    '/v1/embeddings': (response, { body }) => {
      asked.push(body);
      json(response, { data: body.input.map((text: string) => ({ embedding: [3, text.length] })) });
    },
  });
  const endpoint = await startLocalBedrock({ model: { source: server.url, embedding: 'e' } });
  const invoke = async (modelId: string, body: object) => {
    const response = await fetch(`${endpoint.url}/model/${modelId}/invoke`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    // biome-ignore lint/suspicious/noExplicitAny: each family has a body of its own
    return (await response.json()) as any;
  };
  try {
    const { embedding } = await invoke('amazon.titan-embed-text-v2:0', {
      inputText: 'four',
      dimensions: 256,
    });
    expect(embedding).toHaveLength(256);
    const rounded = (vector: number[]) => vector.slice(0, 3).map((value) => Number(value.toFixed(6)));
    expect(rounded(embedding)).toEqual([0.6, 0.8, 0]);
    const { embeddings } = await invoke('cohere.embed-english-v3', {
      texts: ['four', ''],
      input_type: 'search_query',
    });
    expect(embeddings.map(rounded)).toEqual([
      [0.6, 0.8, 0],
      [1, 0, 0],
    ]);
    expect(asked).toEqual([
      { model: 'e', input: ['four'] },
      { model: 'e', input: ['four', ''] },
    ]);
    const nonsense = await fakeServer(events(), {
      '/v1/embeddings': (response) => json(response, { data: [{}] }),
    });
    const other = await startLocalBedrock({ model: { source: nonsense.url, embedding: 'e' } });
    const refused = await fetch(`${other.url}/model/amazon.titan-embed-text-v2:0/invoke`, {
      method: 'POST',
      body: '{"inputText":"x"}',
    });
    expect([refused.status, await refused.text()]).toEqual([424, expect.stringContaining('no embeddings')]);
    await other.close();
  } finally {
    await endpoint.close();
  }
});
