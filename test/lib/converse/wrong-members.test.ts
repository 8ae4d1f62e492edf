import {
  Agent,
  Conversation,
  CostMeter,
  classify,
  converse,
  createClient,
  LibError,
  personalData,
} from 'lib';
import { describe, expect, it } from 'vitest';
import { clientFor } from '../../local-endpoint.ts';

const client = createClient(clientFor('http://127.0.0.1:9'));
const modelId = 'amazon.nova-micro-v1:0';
const messages = [{ role: 'user', content: [{ text: 'Hi' }] }] as const;

/** What a call ends with, whether it throws at once or later. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

describe('A member of another type, deep in an argument', () => {
  const document = { format: 'txt', name: 7, source: { text: 'a' } };
  const ofBlock: readonly (readonly [string, object])[] = [
    ['text', { text: 42 }],
    ['text', { text: null }],
    ['image', { image: 'a.png' }],
    ['document.name', { document }],
    ['toolUse.name', { toolUse: { toolUseId: 't', name: 7, input: {} } }],
    ['toolResult.content', { toolResult: { toolUseId: 't', content: 'ok' } }],
    ['toolResult.content[0].text', { toolResult: { toolUseId: 't', content: [{ text: 1 }] } }],
  ];
  it.each(ofBlock)('of a content block is named by its path: %s', async (path, block) => {
    const content = [{ text: 'a' }, block] as never;
    const talk = new Conversation({ client, modelId });
    const refused = (at: string) => ({
      name: 'LibError',
      kind: 'request',
      message: expect.stringContaining(`${at}.${path} must be`),
    });
    const call = await errorOf(() => converse(client, modelId, [...messages, { role: 'user', content }]));
    expect(call).toMatchObject(refused('messages[1].content[1]'));
    expect(await errorOf(() => talk.send(content))).toMatchObject(refused('input[1]'));
  });

  it.each<[string, object]>([
    ['system[0].text', { system: [{ text: 5 }] }],
    ['toolConfig.tools', { toolConfig: { tools: {} } }],
    ['toolConfig.tools[0].toolSpec', { toolConfig: { tools: [{ toolSpec: 'look' }] } }],
    ['toolConfig.tools[0].toolSpec.name', { toolConfig: { tools: [{ toolSpec: { name: 7 } }] } }],
  ])('of an option is named by its path: %s', async (path, options) => {
    const refused = { kind: 'request', message: expect.stringContaining(`${path} must be`) };
    expect(await errorOf(() => converse(client, modelId, messages, options as never))).toMatchObject(refused);
    const made = { client, modelId, ...options } as never;
    expect(await errorOf(() => new Conversation(made))).toMatchObject(refused);
  });

  it.each<[string, () => unknown]>([
    [
      "a tool in another library's form",
      () => {
        const tool = { name: 'a', description: 'b', inputSchema: {}, execute: () => 1 } as never;
        return new Agent({ client, modelId, tools: [tool] });
      },
    ],
    [
      'a prompt of a planned call',
      () => new CostMeter().spend({ modelId, prompt: 5 as never }, async () => ({})),
    ],
    ['a text to be checked', () => personalData(undefined as never)],
  ])('is told of %s', async (_what, call) => {
    expect(await errorOf(call)).toSatisfy((error) => error instanceof LibError && error.kind === 'request');
  });
});

describe('An option whose name has a slip is refused, and not left out in silence', () => {
  const common = { client, modelId };
  const slips: readonly (readonly [string, string, () => unknown])[] = [
    ['maxCostUSD', 'maxCostUsd', () => new Conversation({ ...common, maxCostUSD: 1 } as never)],
    ['max_tokens', 'maxTokens', () => converse(client, modelId, messages, { max_tokens: 5 } as never)],
    ['temprature', 'temperature', () => new Agent({ ...common, tools: [], temprature: 0 } as never)],
    [
      'stopSequence',
      'stopSequences',
      () => classify(client, modelId, 'a', { labels: ['b'], stopSequence: [] } as never),
    ],
  ];
  it.each(slips)('%s', async (name, meant, call) => {
    expect(await errorOf(call)).toMatchObject({
      kind: 'request',
      message: expect.stringContaining(`has no option ${name}`),
      hint: `Did you mean ${meant}?`,
    });
  });

  it('leaves names alone that are like no other', () => {
    const options = { client, modelId, requestMetadata: { team: 'a' }, label: 'mine' };
    expect(new Conversation(options).modelId).toBe(modelId);
  });
});
