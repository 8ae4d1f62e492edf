import { describe, expect, it } from 'vitest';
import type { AnswerEvent } from '../../src/words/answer.ts';
import { scripted } from '../../src/words/scripted.ts';
import { thinksAndCalls } from '../answers.ts';
import { http1Client, invoke, useEndpoint } from '../endpoint.ts';
import { postTo, readFrames } from '../frames.ts';

const text = 'Hello there.';
function says(pieces: readonly string[], reason: 'end' | 'maxTokens' = 'end') {
  const events: AnswerEvent[] = pieces.map((piece) => ({ type: 'text', text: piece }));
  return scripted(() => [...events, { type: 'end', ending: { reason }, inputTokens: 7, outputTokens: 5 }]);
}

const whole = useEndpoint({ words: says(['Hello ', 'there.']) });
const cut = useEndpoint({ words: says(['Hello ', 'there.'], 'maxTokens') });
const standIn = useEndpoint();
const calling = useEndpoint({ words: scripted(() => thinksAndCalls) });

const llama = 'meta.llama3-8b-instruct-v1:0';
const mistral = 'mistral.mistral-7b-instruct-v0:2';
const ministral = 'mistral.ministral-3-8b-instruct';
const command = 'cohere.command-text-v14';
const commandR = 'cohere.command-r-v1:0';
const jamba = 'ai21.jamba-1-5-mini-v1:0';
const gptOss = 'openai.gpt-oss-20b-1:0';
const deepseek = 'us.deepseek.r1-v1:0';
const qwen = 'qwen.qwen3-32b-v1:0';

const messages = [{ role: 'user', content: 'Hi' }];
const metrics = { 'amazon-bedrock-invocationMetrics': expect.any(Object) };
const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 };

async function chunksOf(url: string, modelId: string, body: unknown) {
  const { bytes } = await postTo(url, modelId, 'invoke-with-response-stream', body);
  return readFrames(bytes).map(({ json }) => JSON.parse(Buffer.from(json.bytes, 'base64').toString('utf8')));
}

/** The JSON as it was sent, in which the order of keys shows. */
async function textOf(url: string, modelId: string, body: unknown): Promise<string> {
  return (await postTo(url, modelId, 'invoke', body)).text;
}

describe('Llama', () => {
  it('answers in the recorded form and order', async () => {
    expect(await textOf(whole.url, llama, { prompt: 'Hi' })).toBe(
      `{"generation":"${text}","prompt_token_count":7,"generation_token_count":5,"stop_reason":"stop"}`,
    );
  });

  it('ends a stream that was cut with its last piece, and another with an empty one', async () => {
    expect(await chunksOf(cut.url, llama, { prompt: 'Hi' })).toEqual([
      {
        generation: 'Hello ',
        prompt_token_count: expect.any(Number),
        generation_token_count: 2,
        stop_reason: null,
      },
      {
        generation: 'there.',
        prompt_token_count: null,
        generation_token_count: 5,
        stop_reason: 'length',
        ...metrics,
      },
    ]);
    const ended = await chunksOf(whole.url, llama, { prompt: 'Hi' });
    expect(ended.map(({ generation, stop_reason }) => [generation, stop_reason])).toEqual([
      ['Hello ', null],
      ['there.', null],
      ['', 'stop'],
    ]);
  });
});

describe('Mistral', () => {
  it('continues a text in the recorded form', async () => {
    expect(await textOf(whole.url, mistral, { prompt: '<s>[INST] Hi [/INST]' })).toBe(
      `{"outputs":[{"text":"${text}","stop_reason":"stop"}]}`,
    );
    expect(await chunksOf(cut.url, mistral, { prompt: 'Hi' })).toEqual([
      { outputs: [{ text: 'Hello ', stop_reason: null }] },
      { outputs: [{ text: 'there.', stop_reason: 'length' }], ...metrics },
    ]);
  });

  it('answers messages in the form of its page', async () => {
    expect(await invoke(http1Client(whole.url), ministral, { messages })).toEqual({
      id: uuid,
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'ministral-3-8b-instruct',
      choices: [{ index: 0, message: { role: 'assistant', content: text }, stop_reason: 'stop' }],
      usage,
    });
    const chunks = await chunksOf(whole.url, ministral, { messages });
    expect(chunks.map(({ choices }) => choices[0])).toEqual([
      { index: 0, message: { role: 'assistant', content: 'Hello ' }, stop_reason: null },
      { index: 0, message: { content: 'there.' }, stop_reason: null },
      { index: 0, message: { content: '' }, stop_reason: 'stop' },
    ]);
  });
});

describe('Cohere', () => {
  it('repeats the prompt beside its generation, as recorded', async () => {
    const answer = JSON.parse(await textOf(whole.url, command, { prompt: 'Hi' }));
    expect(Object.keys(answer)).toEqual(['id', 'generations', 'prompt']);
    expect(answer).toEqual({
      id: uuid,
      generations: [{ id: expect.any(String), text, finish_reason: 'COMPLETE' }],
      prompt: 'Hi',
    });
  });

  it('gives the conversation with its answer', async () => {
    const before = [
      { role: 'USER', message: 'Hi' },
      { role: 'CHATBOT', message: 'Hello.' },
    ];
    const body = { message: 'How are you?', chat_history: before };
    const response = {
      response_id: uuid,
      text,
      generation_id: expect.any(String),
      chat_history: [
        ...before,
        { role: 'USER', message: 'How are you?' },
        { role: 'CHATBOT', message: text },
      ],
      finish_reason: 'MAX_TOKENS',
    };
    expect(await invoke(http1Client(cut.url), commandR, body)).toEqual(response);
    const billed = { input_tokens: 7, output_tokens: 5 };
    const last = {
      ...response,
      meta: { api_version: { version: '1' }, billed_units: billed, tokens: billed },
    };
    expect(await chunksOf(cut.url, commandR, body)).toEqual([
      { is_finished: false, event_type: 'text-generation', text: 'Hello ' },
      { is_finished: false, event_type: 'text-generation', text: 'there.' },
      {
        is_finished: true,
        event_type: 'stream-end',
        response: last,
        finish_reason: 'MAX_TOKENS',
        ...metrics,
      },
    ]);
  });
});

describe('Command R', () => {
  const calls = [
    { name: 'get_weather', parameters: { unit: 'celsius', city: 'Paris' } },
    { name: 'get_time', parameters: {} },
  ];
  const penguins = [
    { title: 'Tall penguins', snippet: 'Emperor penguins are the tallest.' },
    { title: 'Penguin habitats', snippet: 'Emperor penguins only live in Antarctica.' },
  ];

  it('calls tools, whole and streamed', async () => {
    const answer = await invoke(http1Client(calling.url), commandR, { message: 'Hi' });
    const said = { role: 'CHATBOT', message: 'I will look.', tool_calls: calls };
    expect(answer).toMatchObject({ text: 'I will look.', tool_calls: calls, finish_reason: 'COMPLETE' });
    expect(answer.chat_history).toEqual([{ role: 'USER', message: 'Hi' }, said]);
    const [first, second, called, last] = await chunksOf(calling.url, commandR, { message: 'Hi' });
    expect([first, second]).toEqual([
      { is_finished: false, event_type: 'text-generation', text: 'I will ' },
      { is_finished: false, event_type: 'text-generation', text: 'look.' },
    ]);
    expect(called).toEqual({ is_finished: false, event_type: 'tool-calls-generation', tool_calls: calls });
    expect(last.response).toMatchObject(answer);
  });

  it('cites the documents that its words stand in, and what tools gave', async () => {
    const body = { message: 'Where do emperor penguins live?', documents: penguins };
    const citations = [
      { start: 0, end: 41, text: 'Emperor penguins only live in Antarctica.', document_ids: ['doc_1'] },
    ];
    const answer = await invoke(http1Client(standIn.url), commandR, body);
    expect(answer).toMatchObject({ citations, documents: [{ id: 'doc_1', title: 'Penguin habitats' }] });
    expect(await chunksOf(standIn.url, commandR, body)).toContainEqual({
      is_finished: false,
      event_type: 'citation-generation',
      citations,
    });
    const results = [
      { call: { name: 'look', parameters: {} }, outputs: [{ found: 'It is raining in Oslo today.' }] },
    ];
    const drawn = await invoke(http1Client(standIn.url), commandR, {
      message: 'Look.',
      tool_results: results,
    });
    expect(drawn.citations[0]).toMatchObject({ document_ids: ['look:0:0'] });
    const none = await invoke(http1Client(standIn.url), commandR, {
      message: 'What is 2 + 2?',
      documents: penguins,
    });
    expect(none).not.toHaveProperty('citations');
  });

  it.each([
    ['Hello! Who is the president of France?', ['Who is the president of France']],
    ['Hi', []],
  ])('only looks for what to search: %s', async (message, queries) => {
    const body = { message, search_queries_only: true };
    const search_queries = queries.map((query) => ({ text: query, generation_id: expect.any(String) }));
    const expected = { text: '', is_search_required: queries.length > 0, search_queries };
    expect(await invoke(http1Client(whole.url), commandR, body)).toMatchObject(expected);
    const [found, last, ...more] = await chunksOf(whole.url, commandR, body);
    expect(found).toMatchObject({ event_type: 'search-queries-generation', search_queries });
    expect([last.response, more]).toMatchObject([expected, []]);
  });

  it('gives the first Command’s likelihoods where they are asked for', async () => {
    const body = { prompt: 'Hi', num_generations: 2, return_likelihoods: 'GENERATION' };
    const { text: answer, headers } = await postTo(whole.url, command, 'invoke', body);
    const likelihoods = {
      likelihood: 0,
      token_likelihoods: ['Hello', ' there', '.'].map((token) => ({ token, likelihood: 0 })),
    };
    expect(JSON.parse(answer).generations).toMatchObject([likelihoods, likelihoods]);
    expect(headers.get('x-amzn-bedrock-output-token-count')).toBe('10');
  });
});

describe('Jamba', () => {
  it('answers in the recorded form and order', async () => {
    const answer = await textOf(whole.url, jamba, { messages });
    expect(answer.replace(/chatcmpl-[0-9a-f-]{36}/, 'ID')).toBe(
      `{"id":"ID","choices":[{"index":0,"message":{"role":"assistant","content":"${text}","tool_calls":null},` +
        '"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12},' +
        '"meta":{"requestDurationMillis":1},"model":"jamba-1.5-mini"}',
    );
  });

  it('ends a stream with the token that ended it', async () => {
    const chunks = await chunksOf(whole.url, jamba, { messages });
    expect(chunks.map(({ choices }) => choices[0])).toEqual([
      { index: 0, delta: { role: 'assistant', content: 'Hello ' }, finish_reason: null },
      { index: 0, delta: { content: 'there.' }, finish_reason: null },
      { index: 0, delta: { content: '' }, finish_reason: 'stop', stop_reason: 518 },
    ]);
    expect(chunks.at(-1)).toMatchObject({ usage, meta: { requestDurationMillis: 1 }, ...metrics });
    expect(chunks.at(-1)).not.toHaveProperty('model');
  });
});

describe('several answers', () => {
  it.each([jamba, qwen, ministral])('come from %s, and each costs its tokens', async (modelId) => {
    const body = { messages, n: 2 };
    const { text: answer, headers } = await postTo(whole.url, modelId, 'invoke', body);
    const { choices, usage: counted } = JSON.parse(answer);
    expect(choices.map(({ index, message }: Answered) => [index, message.content])).toEqual([
      [0, text],
      [1, text],
    ]);
    expect([counted.completion_tokens, headers.get('x-amzn-bedrock-output-token-count')]).toEqual([10, '10']);
    const chunks = await chunksOf(whole.url, modelId, body);
    expect(chunks.map((chunk) => chunk.choices[0].index)).toEqual([0, 1, 0, 1, 0, 1]);
    expect(chunks.at(-1)).toMatchObject({
      usage: { completion_tokens: 10 },
      'amazon-bedrock-invocationMetrics': { outputTokenCount: 10 },
    });
  });
});

interface Answered {
  readonly index: number;
  readonly message: { readonly content: string };
}

describe('gpt-oss', () => {
  it('puts its thoughts in front of its words, and calls tools', async () => {
    const answer = await invoke(http1Client(calling.url), gptOss, { messages });
    expect(answer).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      model: gptOss,
      service_tier: 'default',
    });
    expect(answer.choices[0]).toEqual({
      index: 0,
      message: {
        role: 'assistant',
        content: '<reasoning>The user wants the weather.</reasoning>I will look.',
        refusal: null,
        tool_calls: [
          {
            id: 'chatcmpl-tool-466b427379595267',
            type: 'function',
            function: { name: 'get_weather', arguments: '{"unit":"celsius","city":"Paris"}' },
          },
          {
            id: 'chatcmpl-tool-4f4f624b35784267',
            type: 'function',
            function: { name: 'get_time', arguments: '{}' },
          },
        ],
      },
      finish_reason: 'tool_calls',
    });
  });

  it('streams the same, piece by piece', async () => {
    const chunks = await chunksOf(calling.url, gptOss, { messages });
    const deltas = chunks.map(({ choices }) => choices[0].delta);
    expect(deltas[0]).toEqual({ role: 'assistant', content: '<reasoning>The user wants ' });
    expect(deltas.map(({ content = '' }) => content).join('')).toBe(
      '<reasoning>The user wants the weather.</reasoning>I will look.',
    );
    const calls = deltas.flatMap(({ tool_calls = [] }) => tool_calls);
    expect(calls.map(({ index, id, function: { name } }) => [index, id, name])).toEqual([
      [0, 'chatcmpl-tool-466b427379595267', 'get_weather'],
      [0, undefined, undefined],
      [0, undefined, undefined],
      [1, 'chatcmpl-tool-4f4f624b35784267', 'get_time'],
    ]);
    expect(chunks.at(-1).choices[0].finish_reason).toBe('tool_calls');
    expect(chunks.every(({ object }) => object === 'chat.completion.chunk')).toBe(true);
  });
});

describe('DeepSeek', () => {
  it('closes R1’s thoughts before its words', async () => {
    const { choices } = await invoke(http1Client(calling.url), deepseek, { prompt: 'Hi' });
    expect(choices[0].text).toBe('The user wants the weather.\n</think>\n\nI will look.');
    const chunks = await chunksOf(calling.url, deepseek, { prompt: 'Hi' });
    expect(chunks.map((chunk) => chunk.choices[0].text).join('')).toBe(choices[0].text);
  });
});

describe('Qwen', () => {
  it('answers in OpenAI’s form', async () => {
    expect((await invoke(http1Client(whole.url), qwen, { messages })).choices).toEqual([
      { index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' },
    ]);
  });
});

describe('how likely the tokens were', () => {
  const certain = (token: string) => ({ token, logprob: 0, bytes: [...Buffer.from(token)] });
  const asks = { messages, logprobs: true, top_logprobs: 2 };

  it.each([gptOss, qwen])('%s tells of each where the body asks', async (modelId) => {
    const { choices } = await invoke(http1Client(whole.url), modelId, asks);
    const { content, refusal } = choices[0].logprobs;
    expect(refusal).toBeNull();
    expect(content.map(({ token }: { token: string }) => token).join('')).toBe(text);
    expect(content[0]).toEqual({ ...certain('Hello'), top_logprobs: [certain('Hello')] });
    const none = await invoke(http1Client(whole.url), modelId, { messages, logprobs: true });
    expect(none.choices[0].logprobs.content[0].top_logprobs).toEqual([]);
    const quiet = await invoke(http1Client(whole.url), modelId, { messages, logprobs: false });
    expect(quiet.choices[0]).not.toHaveProperty('logprobs');
  });

  it('a stream tells it piece by piece, and nothing where there are no words', async () => {
    const chunks = await chunksOf(whole.url, qwen, asks);
    const told = chunks.map(({ choices }) => choices[0].logprobs);
    const tokens = told.flatMap((one) => one?.content ?? []);
    expect(tokens.map(({ token }) => token).join('')).toBe(text);
    expect(told.at(-1)).toBeNull();
  });
});
