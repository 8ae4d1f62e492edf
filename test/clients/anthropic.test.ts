import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import { describe, expect, it } from 'vitest';
import { credentials, haiku, sum, useEndpoint, weather } from './endpoint.ts';

const endpoint = useEndpoint({ auth: { scheme: 'sigv4' } });
const client = () =>
  new AnthropicBedrock({
    baseURL: endpoint().url,
    awsRegion: 'us-east-1',
    awsAccessKey: credentials.accessKeyId,
    awsSecretKey: credentials.secretAccessKey,
    maxRetries: 0,
  });
const ask = (content: string) => ({
  model: haiku,
  max_tokens: 300,
  messages: [{ role: 'user' as const, content }],
});

describe('@anthropic-ai/bedrock-sdk', () => {
  it('answers a question', async () => {
    const answer = await client().messages.create(ask(sum.question));
    expect(answer.content).toMatchObject([{ type: 'text', text: sum.answer }]);
    expect(answer.stop_reason).toBe('end_turn');
    expect(answer.usage.output_tokens).toBeGreaterThan(0);
  });

  it('streams the same answer', async () => {
    const kinds: string[] = [];
    let text = '';
    for await (const event of await client().messages.create({ ...ask(sum.question), stream: true })) {
      kinds.push(event.type);
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    }
    expect(text).toBe(sum.answer);
    expect(kinds[0]).toBe('message_start');
    expect(kinds.at(-1)).toBe('message_stop');
  });

  it('has a tool called', async () => {
    const answer = await client().messages.create({
      ...ask(weather.question),
      tools: [
        {
          name: weather.name,
          description: weather.description,
          input_schema: structuredClone(weather.schema) as never,
        },
      ],
    });
    expect(answer.stop_reason).toBe('tool_use');
    expect(answer.content.find((block) => block.type === 'tool_use')).toMatchObject({
      name: weather.name,
      input: weather.input,
    });
  });

  it('is refused with the text of the service', async () => {
    const orphan = { type: 'tool_result' as const, tool_use_id: 'toolu_1', content: 'warm' };
    const messages = [{ role: 'user' as const, content: [orphan] }];
    const refused = client().messages.create({ model: haiku, max_tokens: 10, messages });
    await expect(refused).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('tool_result'),
    });
  });

  it('throws on an exception in the middle of a stream', async () => {
    endpoint().fault('ThrottlingException:after=2', { times: 1 });
    const read = async () => {
      for await (const _ of await client().messages.create({ ...ask(sum.question), stream: true }));
    };
    await expect(read()).rejects.toThrow(/Too many requests|throttling/i);
  });
});
