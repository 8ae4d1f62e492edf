import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { expect, it } from 'vitest';
import { Refusal, type ScriptStep, scripted, startLocalBedrock } from '../../src/index.ts';

const question = {
  modelId: 'amazon.nova-micro-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'Is it raining?' }] }],
};

async function withScript<T>(
  script: readonly ScriptStep[],
  use: (client: BedrockRuntimeClient) => Promise<T>,
): Promise<T> {
  const endpoint = await startLocalBedrock({ words: scripted(...script) });
  const client = new BedrockRuntimeClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  try {
    return await use(client);
  } finally {
    client.destroy();
    await endpoint.close();
  }
}

it('gives the answers in order, and refuses a request too many', async () => {
  await withScript(
    [
      { reasoning: 'Look.', toolUse: { name: 'get_weather', input: { city: 'Oslo' } } },
      'It is raining.',
      { text: 'It', stopReason: 'max_tokens', usage: { inputTokens: 3, outputTokens: 1 } },
    ],
    async (client) => {
      const ask = () => client.send(new ConverseCommand(question));
      const calling = await ask();
      expect(calling.stopReason).toBe('tool_use');
      expect(calling.output?.message?.content?.at(-1)?.toolUse).toMatchObject({
        name: 'get_weather',
        input: { city: 'Oslo' },
      });
      const said = await ask();
      expect([said.stopReason, said.output?.message?.content]).toEqual([
        'end_turn',
        [{ text: 'It is raining.' }],
      ]);
      expect(said.usage?.outputTokens).toBeGreaterThan(0);
      const cut = await ask();
      expect([cut.stopReason, cut.usage?.inputTokens, cut.usage?.outputTokens]).toEqual(['max_tokens', 3, 1]);
      await expect(ask()).rejects.toThrow('The script has 3 answers, and this is request 4.');
    },
  );
});

it('streams, refuses, breaks off, and answers by a function for ever', async () => {
  await withScript(
    [
      'Streamed in pieces of a few tokens each.',
      new Refusal('ThrottlingException', 'Too many requests.'),
      [{ type: 'text', text: 'It is' }, new Refusal('ModelStreamErrorException', 'The model failed.')],
      ({ turns }) => `You said: ${turns.at(-1)?.text}`,
    ],
    async (client) => {
      const streamed = async () => {
        const { stream = [] } = await client.send(new ConverseStreamCommand(question));
        const texts: string[] = [];
        try {
          for await (const event of stream) texts.push(event.contentBlockDelta?.delta?.text ?? '');
        } catch (error) {
          texts.push((error as Error).name);
        }
        return texts.filter((text) => text !== '');
      };
      const first = await streamed();
      expect(first.length).toBeGreaterThan(1);
      expect(first.join('')).toBe('Streamed in pieces of a few tokens each.');
      await expect(client.send(new ConverseCommand(question))).rejects.toMatchObject({
        name: 'ThrottlingException',
      });
      expect(await streamed()).toEqual(['It is', 'ModelStreamErrorException']);
      for (const _ of [1, 2]) {
        const { output } = await client.send(new ConverseCommand(question));
        expect(output?.message?.content).toEqual([{ text: 'You said: Is it raining?' }]);
      }
    },
  );
});
