import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock';
import { generateText, isStepCount, jsonSchema, Output, streamText, tool } from 'ai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { credentials, haiku, person, picture, sum, useEndpoint, weather } from './endpoint.ts';

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

  it('answers with the result of a tool', async () => {
    const { text, steps } = await generateText({
      model: model(),
      prompt: weather.question,
      stopWhen: isStepCount(3),
      tools: {
        [weather.name]: tool({
          description: weather.description,
          inputSchema: jsonSchema<{ city: string }>(structuredClone(weather.schema) as never),
          execute: async () => weather.result,
        }),
      },
    });
    expect(steps).toHaveLength(2);
    expect(text).toContain('light rain');
  });

  it('gets an object by a schema', async () => {
    const { output } = await generateText({
      model: model(),
      prompt: person.text,
      output: Output.object({ schema: z.object({ name: z.string(), age: z.number().int() }) }),
    });
    expect(output).toEqual(person.answer);
  });

  it('reads a picture', async () => {
    const { finishReason } = await generateText({
      model: model(),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', data: picture, mediaType: 'image/png' },
            { type: 'text', text: 'What is in this picture?' },
          ],
        },
      ],
    });
    expect(finishReason).toBe('stop');
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
