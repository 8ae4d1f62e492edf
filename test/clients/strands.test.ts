import { Agent, BedrockModel, ImageBlock, TextBlock, tool } from '@strands-agents/sdk';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { credentials, haiku, picture, sum, useEndpoint, weather } from './endpoint.ts';

const endpoint = useEndpoint({ auth: { scheme: 'sigv4' } });
const agent = (modelId = haiku, more: object = {}) =>
  new Agent({
    model: new BedrockModel({
      modelId,
      region: 'us-east-1',
      clientConfig: { endpoint: endpoint().url, credentials, maxAttempts: 1 },
    }),
    printer: false,
    ...more,
  });

describe('@strands-agents/sdk', () => {
  it('answers a question', async () => {
    const result = await agent().invoke(sum.question);
    expect(result.toString()).toBe(sum.answer);
    expect(result.stopReason).toBe('endTurn');
  });

  it('streams the same answer', async () => {
    let text = '';
    for await (const event of agent().stream(sum.question)) {
      const delta = JSON.parse(JSON.stringify(event))?.event?.delta;
      if (delta?.type === 'textDelta') text += delta.text;
    }
    expect(text).toBe(sum.answer);
  });

  it.each([haiku, 'us.amazon.nova-lite-v1:0', 'moonshotai.kimi-k2.5'])(
    'has a tool called, and answers with its result, by %s',
    async (modelId) => {
      const asked: unknown[] = [];
      const getWeather = tool({
        name: weather.name,
        description: weather.description,
        inputSchema: z.object({ city: z.string().describe('The name of the city.') }),
        callback: (input) => {
          asked.push(input);
          return weather.result;
        },
      });
      const result = await agent(modelId, { tools: [getWeather] }).invoke(weather.question);
      expect(asked).toEqual([weather.input]);
      expect(result.toString()).toContain('light rain');
    },
  );

  it('reads a picture', async () => {
    const image = new ImageBlock({ format: 'png', source: { bytes: picture } });
    const result = await agent().invoke([image, new TextBlock('What is in this picture?')]);
    expect(result.stopReason).toBe('endTurn');
  });

  it('is refused with the text of the service', async () => {
    await expect(agent('no-such-model').invoke('Hello')).rejects.toThrow(
      'The provided model identifier is invalid.',
    );
  });
});
