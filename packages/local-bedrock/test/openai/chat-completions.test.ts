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

  it('is told how likely each token was when it asks, whole and streamed', async () => {
    const request = { ...ask('What is 2 + 2?'), model: kimi, logprobs: true, top_logprobs: 1 };
    const { choices } = await client().chat.completions.create(request);
    const tokens = choices[0]?.logprobs?.content?.map(({ token }) => token) ?? [];
    expect(tokens.join('')).toBe(choices[0]?.message.content);
    const streamed: string[] = [];
    for await (const chunk of await client().chat.completions.create({ ...request, stream: true }))
      streamed.push(...(chunk.choices[0]?.logprobs?.content ?? []).map(({ token }) => token));
    expect(streamed.join('')).toBe(tokens.join(''));
    const quiet = await client().chat.completions.create(ask('What is 2 + 2?'));
    expect(quiet.choices[0]?.logprobs).toBeNull();
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

describe('Chat Completions beside the words', () => {
  const blocking = {
    name: 'no-xyzzy',
    blockedInputMessaging: 'The question was blocked.',
    blockedOutputsMessaging: 'The answer was blocked.',
    wordPolicyConfig: { wordsConfig: [{ text: 'xyzzy' }] },
  };
  let local: LocalBedrock;
  beforeAll(async () => {
    local = await startLocalBedrock();
  });
  afterAll(() => local.close());
  const streamOf = async (request: object, options?: object) => {
    const chunks: Record<string, unknown>[] = [];
    const stream = await client(local.url).chat.completions.create(
      { ...ask('What is 2 + 2?'), ...request, stream: true },
      options,
    );
    for await (const chunk of stream) chunks.push(chunk as never);
    return chunks;
  };

  it('is guarded by the guardrail of its headers, whole and streamed', async () => {
    const made = await fetch(`${local.url}/guardrails`, { method: 'POST', body: JSON.stringify(blocking) });
    const { guardrailId } = (await made.json()) as { guardrailId: string };
    const options = (id: string) => ({
      headers: {
        'X-Amzn-Bedrock-GuardrailIdentifier': id,
        'X-Amzn-Bedrock-GuardrailVersion': 'DRAFT',
        'X-Amzn-Bedrock-Trace': 'ENABLED',
      },
    });
    const { completions } = client(local.url).chat;
    const blocked = await completions.create(ask('Say xyzzy.'), options(guardrailId));
    expect(blocked.choices[0]?.message.content).toBe(blocking.blockedInputMessaging);
    expect(blocked).toMatchObject({
      'amazon-bedrock-guardrailAction': 'INTERVENED',
      'amazon-bedrock-trace': { guardrail: { input: expect.anything() } },
    });
    const passed = await completions.create(ask('What is 2 + 2?'), options(guardrailId));
    expect(passed).toMatchObject({ 'amazon-bedrock-guardrailAction': 'NONE' });
    const chunks = await streamOf(ask('Say xyzzy.'), options(guardrailId));
    expect(JSON.stringify(chunks)).toContain(blocking.blockedInputMessaging);
    expect(chunks.at(-1)).toMatchObject({ 'amazon-bedrock-guardrailAction': 'INTERVENED' });
    await expect(completions.create(ask('Hi'), options('nobody123456'))).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
    });
  });

  it.each([
    ['ThrottlingException:after=2', 'Too many requests'],
    ['error-frame:after=2,message=Broken', 'Broken'],
    ['cut:after=2', 'terminated'],
    ['cut-inside', 'terminated'],
  ])('has the fault %s happen to its stream', async (fault, message) => {
    local.fault(fault);
    await expect(streamOf({})).rejects.toThrow(message);
    expect(local.requests().at(-1)?.fault).toBe(fault);
  });

  it('ends without its end where that is the fault', async () => {
    const whole = await streamOf({});
    local.fault('no-message-stop');
    const cut = await streamOf({});
    expect(cut).toEqual(whole.slice(0, -1));
    expect(JSON.stringify(whole.at(-1))).toContain('"finish_reason":"stop"');
  });

  it('has a fault of its model, refused in its form, and the model in the journal', async () => {
    local.fault(`ThrottlingException:model=${kimi}`);
    await client(local.url).chat.completions.create(ask('Hi'));
    expect(local.requests().at(-1)).toMatchObject({ modelId: model });
    const refused = { code: 'ThrottlingException', type: 'invalid_request_error', status: 429 };
    await expect(
      client(local.url).chat.completions.create({ ...ask('Hi'), model: kimi }),
    ).rejects.toMatchObject(refused);
    expect(local.requests().at(-1)).toMatchObject({ modelId: kimi, error: 'ThrottlingException' });
    await expect(client(local.url).models.list()).rejects.toMatchObject({
      code: 'UnknownOperationException',
    });
  });

  const person = {
    type: 'object',
    properties: { name: { type: 'string' }, age: { type: 'integer' } },
    required: ['name', 'age'],
  };
  const json_schema = { name: 'person', schema: person };

  it.each([model, kimi])('has nothing before the JSON that %s was asked for', async (id) => {
    const { completions } = client(local.url).chat;
    const answer = await completions.parse({
      ...ask('Anna is 31 years old.'),
      model: id,
      response_format: { type: 'json_schema', json_schema },
    });
    expect(answer.choices[0]?.message.parsed).toEqual({ name: 'Anna', age: 31 });
    const chunks = await streamOf({
      ...ask('Anna is 31 years old. Answer in JSON with name and age.'),
      model: id,
      response_format: { type: 'json_object' },
    });
    const text = chunks.map(
      (chunk) => (chunk as never as OpenAI.ChatCompletionChunk).choices[0]?.delta.content,
    );
    expect(JSON.parse(text.join(''))).toEqual({ name: 'Anna', age: 31 });
  });

  const call = { id: 'a', type: 'function', function: { name: 'get_weather', arguments: '{}' } };
  const result = { role: 'tool', tool_call_id: 'a', content: 'rain' };
  const { messages } = ask('Hi');
  it.each([
    [
      { tools, tool_choice: { type: 'function', function: { name: 'nope' } } },
      'tool_choice',
      "'nope' not found",
    ],
    [{ tools, tool_choice: 'bogus' }, 'tool_choice', "'bogus'"],
    [{ tool_choice: 'required' }, 'tool_choice', "'tools' are specified"],
    [{ response_format: { type: 'bogus' } }, 'response_format.type', "'bogus'"],
    [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema', 'Missing'],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'x' } } },
      'response_format.json_schema.schema',
      'Missing',
    ],
    [
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }],
          },
        ],
      },
      'messages',
      'does not take pictures',
    ],
    [{ messages: [...messages, result] }, 'messages.[1].role', "with role 'tool'"],
    [
      { messages: [...messages, { role: 'assistant', tool_calls: [call] }, ...messages] },
      'messages.[1].role',
      'did not have response messages: a',
    ],
    [
      { messages: [...messages, { role: 'assistant', tool_calls: [call] }, result, result] },
      'messages.[3].role',
      "with role 'tool'",
    ],
  ])('is refused %j', async (fields, param, text) => {
    await expect(
      client(local.url).chat.completions.create({ ...ask('Hi'), ...(fields as object) }),
    ).rejects.toMatchObject({
      status: 400,
      param,
      type: 'invalid_request_error',
      message: expect.stringContaining(text),
    });
  });

  it.each(['none', 'auto', 'required', { type: 'function', function: { name: 'get_weather' } }] as const)(
    'takes the choice of tools %j',
    async (tool_choice) => {
      const { choices } = await client(local.url).chat.completions.create({
        ...ask('Hi'),
        tools,
        tool_choice,
      });
      expect(choices).toHaveLength(1);
    },
  );
});

describe("OpenAI's form as clients write it", () => {
  const call = { id: 'a', type: 'function', function: { name: 'look', arguments: { city: 'Oslo' } } };
  const look = { name: 'look', description: null, parameters: null, strict: null };

  it.each(['mistral.ministral-3-8b-instruct', 'qwen.qwen3-32b-v1:0', 'openai.gpt-oss-20b-1:0'])(
    '%s takes nulls in tools and calls, arguments as an object, and parts of words that are no text',
    async (modelId) => {
      const messages = [
        { role: 'user', content: 'Hi', name: null },
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }], tool_calls: null },
        { role: 'user', content: 'Look.' },
        { role: 'assistant', content: null, tool_calls: [{ ...call, index: null }] },
        { role: 'tool', tool_call_id: 'a', content: 'Rain.' },
      ];
      const body = { messages, tools: [{ type: 'function', function: look }] };
      const headers = { authorization: 'Bearer a-key', 'content-type': 'application/json' };
      for (const path of [`/model/${encodeURIComponent(modelId)}/invoke`, '/openai/v1/chat/completions']) {
        const sent = path.startsWith('/model') ? body : { model: modelId, ...body };
        const answer = await fetch(endpoint.url + path, {
          method: 'POST',
          headers,
          body: JSON.stringify(sent),
        });
        expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)]);
      }
    },
  );
});
