import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { type LocalBedrock, startLocalBedrock } from 'local-bedrock';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { cacheFolder } from '../../packages/local-bedrock/src/words/model/places.ts';
import { isRunning } from '../../packages/workshop/src/setup/processes.mjs';
import { clientFor } from '../local-endpoint.ts';

const weights = inject('weights');
const modelId = 'amazon.nova-micro-v1:0';
const model = { source: weights, embedding: weights, greedy: true, contextSize: 2_048 };

/** The processes that hold weights now, by what they wrote down. */
function modelProcesses(): number[] {
  return globSync('server-*.json', { cwd: cacheFolder() })
    .map((name) => JSON.parse(readFileSync(join(cacheFolder(), name), 'utf8')).pid)
    .filter(isRunning);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe.skipIf(weights === '')('Bedrock with the words of a small model', () => {
  let endpoint: LocalBedrock;
  let client: BedrockRuntimeClient;
  const before = new Set(existsSync(cacheFolder()) ? modelProcesses() : []);
  const started = () => modelProcesses().filter((pid) => !before.has(pid));

  beforeAll(async () => {
    endpoint = await startLocalBedrock({ model });
    client = new BedrockRuntimeClient(clientFor(endpoint.url));
  });
  afterAll(async () => {
    client?.destroy();
    await endpoint?.close();
  });

  const ask = (text: string, own: Partial<ConverseCommandInput> = {}) =>
    client.send(
      new ConverseCommand({
        modelId,
        messages: [{ role: 'user', content: [{ text }] }],
        inferenceConfig: { maxTokens: 40 },
        ...own,
      }),
    );

  it('says something, the same each time, and its tokens are those of CountTokens', async () => {
    const [one, two] = [
      await ask('What is the capital of France?'),
      await ask('What is the capital of France?'),
    ];
    expect(one.output?.message?.content?.[0]?.text).toMatch(/Paris/);
    expect(two.output).toEqual(one.output);
    const messages = [{ role: 'user' as const, content: [{ text: 'What is the capital of France?' }] }];
    const counting = {
      modelId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
      input: { converse: { messages } },
    };
    const { inputTokens } = await client.send(new CountTokensCommand(counting));
    expect(inputTokens).toBe(one.usage?.inputTokens);
  });

  it('ends at the limit and at a stop sequence: before it as Claude, or behind it as Nova', async () => {
    const long = await ask('Tell me a story.', { inferenceConfig: { maxTokens: 5 } });
    expect([long.stopReason, long.usage?.outputTokens]).toEqual(['max_tokens', 5]);
    const stopping = { inferenceConfig: { maxTokens: 40, stopSequences: ['Paris'] } };
    const claude = { modelId: 'us.anthropic.claude-haiku-4-5-20251001-v1:0' };
    const stopped = await ask('What is the capital of France?', { ...claude, ...stopping });
    expect(stopped.stopReason).toBe('stop_sequence');
    expect(JSON.stringify(stopped.output)).not.toContain('Paris');
    const kept = await ask('What is the capital of France?', stopping);
    expect(kept.stopReason).toBe('end_turn');
    expect(kept.output?.message?.content?.[0]?.text).toMatch(/Paris$/);
  });

  it('streams as it speaks, the same words as at once', async () => {
    const messages = [{ role: 'user' as const, content: [{ text: 'What is the capital of France?' }] }];
    const { stream } = await client.send(
      new ConverseStreamCommand({ modelId, messages, inferenceConfig: { maxTokens: 40 } }),
    );
    const texts: string[] = [];
    for await (const { contentBlockDelta } of stream ?? []) texts.push(contentBlockDelta?.delta?.text ?? '');
    expect(texts.length).toBeGreaterThan(5);
    const whole = await ask('What is the capital of France?');
    expect(texts.join('')).toBe(whole.output?.message?.content?.[0]?.text);
  });

  it('calls a tool that must be called, with an input by its schema', async () => {
    const schema = {
      type: 'object',
      properties: {
        city: { type: 'string' },
        unit: { enum: ['celsius', 'kelvin'] },
        days: { type: 'integer', minimum: 1 },
      },
      required: ['city', 'unit'],
    };
    const tools = [
      { toolSpec: { name: 'get_weather', description: 'Weather', inputSchema: { json: schema } } },
      {
        toolSpec: {
          name: 'add',
          description: 'Sum',
          inputSchema: { json: { type: 'object', properties: {} } },
        },
      },
    ];
    for (const toolChoice of [{ tool: { name: 'get_weather' } }, { any: {} }]) {
      const { output, stopReason } = await ask('How is the weather in Oslo?', {
        inferenceConfig: { maxTokens: 150 },
        toolConfig: { tools, toolChoice },
      });
      expect(stopReason).toBe('tool_use');
      const call = output?.message?.content?.find(({ toolUse }) => toolUse !== undefined)?.toolUse;
      expect(['get_weather', 'add']).toContain(call?.name);
      if (call?.name !== 'get_weather') continue;
      const input = call.input as { city: unknown; unit: unknown };
      expect([typeof input.city, ['celsius', 'kelvin'].includes(String(input.unit))]).toEqual([
        'string',
        true,
      ]);
    }
  });

  it('writes JSON by a schema', async () => {
    const schema = {
      type: 'object',
      properties: { label: { enum: ['positive', 'negative'] }, score: { type: 'integer', enum: [0, 1, 2] } },
      required: ['label', 'score'],
      additionalProperties: false,
    };
    const { output } = await ask('I love this film. What is the sentiment?', {
      modelId: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
      outputConfig: {
        textFormat: {
          type: 'json_schema',
          structure: { jsonSchema: { schema: JSON.stringify(schema), name: 'answer' } },
        },
      },
    });
    const answer = JSON.parse(output?.message?.content?.[0]?.text ?? '');
    expect(Object.keys(answer)).toEqual(['label', 'score']);
    expect(['positive', 'negative']).toContain(answer.label);
    expect([0, 1, 2]).toContain(answer.score);
  });

  it('refuses a prompt that is too long as Bedrock does', async () => {
    await expect(ask('word '.repeat(3_000))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Input is too long for requested model.',
    });
  });

  it('makes vectors: the same text is nearest to itself', async () => {
    const vectorOf = async (inputText: string): Promise<number[]> => {
      const body = JSON.stringify({ inputText, dimensions: 1_024 });
      const answer = await client.send(
        new InvokeModelCommand({ modelId: 'amazon.titan-embed-text-v2:0', body }),
      );
      return JSON.parse(answer.body.transformToString()).embedding;
    };
    const [one, again, other] = [
      await vectorOf('A cat.'),
      await vectorOf('A cat.'),
      await vectorOf('Tax law of 1994'),
    ];
    const cosine = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
    expect(one).toHaveLength(1_024);
    expect(cosine(one, again)).toBeCloseTo(1, 4);
    expect(cosine(one, other)).toBeLessThan(0.99);
  });

  it('is free for the next as soon as its caller goes', async () => {
    const controller = new AbortController();
    const text = 'Write a very long story about a river.';
    const left = client
      .send(
        new ConverseStreamCommand({
          modelId,
          messages: [{ role: 'user', content: [{ text }] }],
          inferenceConfig: { maxTokens: 1_500 },
        }),
        { abortSignal: controller.signal },
      )
      .then(async ({ stream }) => {
        for await (const { contentBlockDelta } of stream ?? []) if (contentBlockDelta) controller.abort();
      });
    await left.catch(() => undefined);
    // It would otherwise wait for 1,500 tokens.
    const { usage } = await ask('Hi', { inferenceConfig: { maxTokens: 1 } });
    expect(usage?.outputTokens).toBe(1);
    const told = endpoint.requests().find(({ operation }) => operation === 'ConverseStream');
    expect(told).toBeDefined();
  });

  it('is one process for all, which ends with the last of them', async () => {
    const second = await startLocalBedrock({ model });
    const other = new BedrockRuntimeClient(clientFor(second.url));
    await other.send(
      new ConverseCommand({
        modelId,
        messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
        inferenceConfig: { maxTokens: 1 },
      }),
    );
    const [pid, ...more] = started();
    expect([pid === undefined, more]).toEqual([false, []]);
    other.destroy();
    await second.close();
    await ask('Hi', { inferenceConfig: { maxTokens: 1 } });
    expect(started()).toEqual([pid]);
    await endpoint.close();
    await until(() => started().length === 0);
  });

  it('that cannot be loaded fails the call, and nothing else answers', async () => {
    const broken = await startLocalBedrock({ model: { source: import.meta.filename } });
    const asking = new BedrockRuntimeClient(clientFor(broken.url));
    const messages = [{ role: 'user' as const, content: [{ text: 'What is 2 + 2?' }] }];
    await expect(asking.send(new ConverseCommand({ modelId, messages }))).rejects.toMatchObject({
      name: 'ModelErrorException',
      message: expect.stringContaining('The model could not be loaded'),
    });
    asking.destroy();
    await broken.close();
  });
});
