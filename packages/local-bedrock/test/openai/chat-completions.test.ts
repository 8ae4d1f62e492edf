import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalBedrock, Refusal, scripted, startLocalBedrock } from '../../src/index.ts';

const model = 'openai.gpt-oss-20b-1:0';
const kimi = 'moonshotai.kimi-k2.5';
let endpoint: LocalBedrock;

beforeAll(async () => {
  endpoint = await startLocalBedrock({ auth: { scheme: 'bearer', apiKeys: ['a-key'] } });
});
afterAll(() => endpoint.close());

const client = (url = endpoint.url, apiKey = 'a-key') =>
  new OpenAI({ baseURL: `${url}/openai/v1`, apiKey, maxRetries: 0 });
const ask = (content: string) => ({ model, messages: [{ role: 'user' as const, content }] });
const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'The current weather of a city.',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];

describe('the official openai client', () => {
  it('gets an answer, with what gpt-oss thought in front of it', async () => {
    const answer = await client().chat.completions.create(ask('What is 2 + 2?'));
    expect(answer).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      model,
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant' } }],
    });
    expect(answer.choices[0]?.message.content).toMatch(/^<reasoning>.+<\/reasoning>.*2 \+ 2 = 4$/s);
    const {
      prompt_tokens: input = 0,
      completion_tokens: output = 0,
      total_tokens: total,
    } = answer.usage ?? {};
    expect(total).toBe(input + output);
  });

  it('gets the same answer as a stream, and its usage when it asks for that', async () => {
    const request = { ...ask('What is 2 + 2?'), model: kimi };
    const whole = await client().chat.completions.create(request);
    for (const include_usage of [true, false]) {
      const stream = await client().chat.completions.create({
        ...request,
        stream: true,
        stream_options: { include_usage },
      });
      const chunks: OpenAI.ChatCompletionChunk[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
      expect(text).toBe(whole.choices[0]?.message.content);
      expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
      expect(
        chunks.filter(({ usage }) => usage).map(({ choices, usage }) => [choices, usage?.prompt_tokens]),
      ).toEqual(include_usage ? [[[], whole.usage?.prompt_tokens]] : []);
      expect(chunks.filter(({ choices }) => choices[0]?.finish_reason === 'stop')).toHaveLength(1);
    }
  });

  it('has a tool called, whole and streamed, and answers with its result', async () => {
    const question = { ...ask('What is the weather in Oslo?'), tools };
    const { choices } = await client().chat.completions.create(question);
    const message = choices[0]?.message;
    const call = message?.tool_calls?.[0];
    expect(choices[0]?.finish_reason).toBe('tool_calls');
    expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather' } });
    const input = call?.type === 'function' ? call.function.arguments : '';
    expect(JSON.parse(input)).toEqual({ city: 'Oslo' });

    const streamed = await client().chat.completions.stream(question).finalChatCompletion();
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: 'get_weather', arguments: input },
    });

    const final = await client().chat.completions.create({
      ...question,
      messages: [
        ...question.messages,
        ...(message === undefined ? [] : [message]),
        { role: 'tool', tool_call_id: call?.id ?? '', content: '{"weather":"light rain, 4 degrees"}' },
      ],
    });
    expect(final.choices[0]?.message.content).toContain('light rain');
  });

  it('gets JSON by a schema', async () => {
    const answer = await client().chat.completions.parse({
      ...ask('Anna is 31 years old.'),
      model: kimi,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'person',
          schema: {
            type: 'object',
            properties: { name: { type: 'string' }, age: { type: 'integer' } },
            required: ['name', 'age'],
          },
        },
      },
    });
    expect(answer.choices[0]?.message.parsed).toEqual({ name: 'Anna', age: 31 });
  });

  it('stops at a sequence and at a limit', async () => {
    const stopped = await client().chat.completions.create({
      ...ask('What is 2 + 2?'),
      model: kimi,
      stop: ['='],
    });
    expect(stopped.choices[0]?.message.content).toBe('2 + 2 ');
    const cut = await client().chat.completions.create({
      ...ask('What is 2 + 2?'),
      model: kimi,
      max_tokens: 2,
    });
    expect(cut.choices[0]?.finish_reason).toBe('length');
  });

  it('gives several answers, whole and streamed', async () => {
    const request = { ...ask('What is 2 + 2?'), model: kimi, n: 2 };
    const { choices, usage } = await client().chat.completions.create(request);
    const one = await client().chat.completions.create({ ...request, n: 1 });
    const { content = '' } = one.choices[0]?.message ?? {};
    expect(choices.map(({ index, message }) => [index, message.content])).toEqual([
      [0, content],
      [1, content],
    ]);
    expect(usage?.completion_tokens).toBe(2 * (one.usage?.completion_tokens ?? 0));
    const texts = ['', ''];
    for await (const chunk of await client().chat.completions.create({ ...request, stream: true })) {
      for (const { index, delta } of chunk.choices) texts[index] += delta.content ?? '';
    }
    expect(texts).toEqual([content, content]);
  });

  it('may say null for what is not there, and send its answer back as it came', async () => {
    const nothing = { tools: null, stop: null, temperature: null, max_tokens: null, stream: null } as never;
    const first = await client().chat.completions.create({ ...ask('Hi'), ...(nothing as object) });
    const said = { ...first.choices[0]?.message, audio: null, function_call: null, annotations: null };
    const messages = [...ask('Hi').messages, said as never, ...ask('What is 2 + 2?').messages];
    const second = await client().chat.completions.create({ model, messages });
    expect(second.choices[0]?.message.content).toContain('2 + 2 = 4');
  });

  it.each([
    [{ ...ask('Hi'), model: 'no-such-model' }, 'The provided model identifier is invalid.'],
    [{ ...ask('Hi'), model: 'amazon.nova-micro-v1:0' }, 'does not take OpenAI'],
    [{ model, messages: [] }, 'expected minimum item count: 1'],
    [{ ...ask('Hi'), temperature: 3 }, '#/temperature'],
    [{ ...ask('Hi'), n: 0 }, '#/n'],
    [{ messages: [] } as never, 'The member model is missing'],
  ])('is refused %j', async (request, message) => {
    await expect(client().chat.completions.create(request)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(message),
    });
  });

  it('shows its key', async () => {
    await expect(client(endpoint.url, 'another').chat.completions.create(ask('Hi'))).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('API Key'),
    });
  });

  it('is throttled, before a stream and in the middle of one', async () => {
    const throttled = new Refusal('ThrottlingException', 'Too many requests.');
    const words = scripted(throttled, [{ type: 'text', text: 'It is' }, throttled]);
    const local = await startLocalBedrock({ words });
    const stream = async () => {
      for await (const _ of await client(local.url).chat.completions.create({ ...ask('Hi'), stream: true }));
    };
    await expect(stream()).rejects.toMatchObject({ status: 429 });
    await expect(stream()).rejects.toThrow('Too many requests.');
    expect(local.requests()[0]).toMatchObject({
      operation: 'ChatCompletions',
      status: 429,
      error: 'ThrottlingException',
    });
    await local.close();
  });
});
