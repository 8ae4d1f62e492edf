import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock';
import { generateText, jsonSchema, streamText, tool } from 'ai';
import { describe, expect, it } from 'vitest';
import { credentials, haiku, sum, useEndpoint, weather } from './endpoint.ts';

const endpoint = useEndpoint({ auth: { scheme: 'sigv4' } });
const model = () =>
  createAmazonBedrock({ region: 'us-east-1', baseURL: endpoint().url, ...credentials })(haiku);

describe('@ai-sdk/amazon-bedrock', () => {
  it('answers a question', async () => {
    const { text, finishReason, usage } = await generateText({ model: model(), prompt: sum.question });
    expect(text).toBe(sum.answer);
    expect(finishReason).toBe('stop');
    expect(usage.outputTokens).toBeGreaterThan(0);
  });

  it('streams the same answer', async () => {
    const { textStream } = streamText({ model: model(), prompt: sum.question });
    let text = '';
    for await (const piece of textStream) text += piece;
    expect(text).toBe(sum.answer);
  });

  it('has a tool called', async () => {
    const { toolCalls, finishReason } = await generateText({
      model: model(),
      prompt: weather.question,
      tools: {
        [weather.name]: tool({
          description: weather.description,
          inputSchema: jsonSchema(structuredClone(weather.schema) as never),
        }),
      },
    });
    expect(finishReason).toBe('tool-calls');
    expect(toolCalls).toMatchObject([{ toolName: weather.name, input: weather.input }]);
  });

  it('is refused with the text of the service', async () => {
    const refused = generateText({
      model: createAmazonBedrock({ region: 'us-east-1', baseURL: endpoint().url, ...credentials })(
        'no-such-model',
      ),
      prompt: 'Hello',
      maxRetries: 0,
    });
    await expect(refused).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('The provided model identifier is invalid.'),
    });
  });

  it('reports an exception in the middle of a stream', async () => {
    endpoint().fault('ThrottlingException:after=2', { times: 1 });
    const errors: unknown[] = [];
    const { fullStream } = streamText({
      model: model(),
      prompt: sum.question,
      maxRetries: 0,
      onError: ({ error }) => void errors.push(error),
    });
    for await (const part of fullStream) if (part.type === 'error') errors.push(part.error);
    expect(JSON.stringify(errors)).toContain('Too many requests');
  });
});
