import { ChatBedrockConverse } from '@langchain/aws';
import { HumanMessage, SystemMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  alternation,
  credentials,
  haiku,
  novaMicro,
  person,
  picture,
  sum,
  useEndpoint,
  weather,
} from './endpoint.ts';

const endpoint = useEndpoint({ auth: { scheme: 'sigv4' } });
const model = (id = haiku) => {
  // It takes a host without a scheme only; the variable is how an http:// endpoint is given.
  process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME = endpoint().url;
  return new ChatBedrockConverse({ model: id, region: 'us-east-1', credentials, maxRetries: 0 });
};

describe('@langchain/aws', () => {
  it('answers a question', async () => {
    const answer = await model().invoke([new SystemMessage('Be brief.'), new HumanMessage(sum.question)]);
    expect(answer.text).toBe(sum.answer);
    expect(answer.usage_metadata?.output_tokens).toBeGreaterThan(0);
  });

  it('streams the same answer', async () => {
    let text = '';
    for await (const chunk of await model().stream(sum.question)) text += chunk.text;
    expect(text).toBe(sum.answer);
  });

  it('has a tool called', async () => {
    const getWeather = tool(async () => '', {
      name: weather.name,
      description: weather.description,
      schema: z.object({ city: z.string().describe('The name of the city.') }),
    });
    const answer = await model().bindTools([getWeather]).invoke(weather.question);
    expect(answer.tool_calls).toMatchObject([{ name: weather.name, args: weather.input }]);
  });

  it('answers with the result of a tool', async () => {
    const getWeather = tool(async () => weather.result, {
      name: weather.name,
      description: weather.description,
      schema: z.object({ city: z.string().describe('The name of the city.') }),
    });
    const withTool = model().bindTools([getWeather]);
    const question = new HumanMessage(weather.question);
    const asked = await withTool.invoke([question]);
    const [call] = asked.tool_calls ?? [];
    if (call === undefined) throw new Error('No tool was called.');
    const result = await getWeather.invoke({ ...call, type: 'tool_call' });
    const answer = await withTool.invoke([question, asked, result]);
    expect(answer.text).toContain('light rain');
  });

  it('gets an object by a schema', async () => {
    const structured = model().withStructuredOutput(z.object({ name: z.string(), age: z.number().int() }));
    expect(await structured.invoke(person.text)).toEqual(person.answer);
  });

  it('reads a picture', async () => {
    const url = `data:image/png;base64,${Buffer.from(picture).toString('base64')}`;
    const content = [
      { type: 'image_url', image_url: { url } },
      { type: 'text', text: 'What is in this picture?' },
    ];
    expect((await model().invoke([new HumanMessage({ content })])).text).not.toBe('');
  });

  it('is refused with the text of the service', async () => {
    const twice = [new HumanMessage('Hello'), new HumanMessage('Hello')];
    await expect(model(novaMicro).invoke(twice)).rejects.toThrow(alternation);
  });

  it('throws on an exception in the middle of a stream', async () => {
    endpoint().fault('ThrottlingException:after=2', { times: 1 });
    const read = async () => {
      for await (const _ of await model().stream(sum.question));
    };
    await expect(read()).rejects.toMatchObject({ name: 'ThrottlingException' });
  });
});
