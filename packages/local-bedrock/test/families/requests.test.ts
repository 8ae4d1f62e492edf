import { describe, expect, it } from 'vitest';
import { findModel } from '../../../bedrock-models/src/find.ts';
import type { Model } from '../../../bedrock-models/src/model.ts';
import { Refusal } from '../../src/http/refusal.ts';
import { families, familyOf } from '../../src/invoke/all-families.ts';
import type { ModelRequest } from '../../src/invoke/family.ts';

/** What the endpoint understands of a body. */
function read(modelId: string, body: unknown): ModelRequest {
  const model = modelOf(modelId);
  return families[model.family].read(body, model);
}

function modelOf(modelId: string): Model {
  const model = findModel(modelId);
  if (model === undefined) throw new Error(`${modelId} is not listed`);
  return model;
}

function refusalOf(modelId: string, body: unknown): string {
  try {
    read(modelId, body);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
  throw new Error('not refused');
}

const llama = 'meta.llama3-8b-instruct-v1:0';
const mistral = 'mistral.mistral-7b-instruct-v0:2';
const ministral = 'mistral.ministral-3-8b-instruct';
const command = 'cohere.command-text-v14';
const commandR = 'cohere.command-r-v1:0';
const jamba = 'ai21.jamba-1-5-mini-v1:0';
const gptOss = 'openai.gpt-oss-20b-1:0';
const deepseek = 'deepseek.r1-v1:0';
const qwen = 'qwen.qwen3-32b-v1:0';

const asked = [
  { role: 'user', text: 'Hi' },
  { role: 'assistant', text: 'Hello.' },
  { role: 'user', text: 'Who are you?' },
];

describe('a prompt with marks', () => {
  it.each([
    [
      llama,
      '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>' +
        '<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHello.<|eot_id|>' +
        '<|start_header_id|>user<|end_header_id|>\n\nWho are you?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
      'Be brief.',
    ],
    [
      'meta.llama4-scout-17b-instruct-v1:0',
      '<|begin_of_text|><|header_start|>system<|header_end|>\n\nBe brief.<|eot|>' +
        '<|header_start|>user<|header_end|>\n\nHi<|eot|><|header_start|>assistant<|header_end|>\n\nHello.<|eot|>' +
        '<|header_start|>user<|header_end|>\n\nWho are you?<|eot|><|header_start|>assistant<|header_end|>\n\n',
      'Be brief.',
    ],
    [mistral, '<s>[INST] Hi [/INST] Hello.</s>[INST] Who are you? [/INST]', ''],
    [mistral, '<s> [INST] Hi [/INST]\nHello.</s> <s>[INST] Who are you? [/INST]', ''],
    [
      deepseek,
      '<｜begin▁of▁sentence｜>Be brief.<｜User｜>Hi<｜Assistant｜>Hello.<｜end▁of▁sentence｜><｜User｜>Who are you?<｜Assistant｜><think>\n',
      'Be brief.',
    ],
  ])('%s is read as a conversation', (modelId, prompt, system) => {
    expect(read(modelId, { prompt })).toMatchObject({ system, turns: asked });
  });

  it.each([llama, mistral, deepseek, command])('without marks, %s reads one turn by the user', (modelId) => {
    expect(read(modelId, { prompt: 'Hello, how are you?' })).toMatchObject({
      system: '',
      turns: [{ role: 'user', text: 'Hello, how are you?' }],
    });
  });

  it('may begin the answer', () => {
    const prompt =
      '<|start_header_id|>user<|end_header_id|>\n\nJSON!<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n{';
    expect(read(llama, { prompt }).turns.at(-1)).toEqual({ role: 'assistant', text: '{' });
    expect(read(mistral, { prompt: '[INST] JSON! [/INST] {' }).turns.at(-1)).toEqual({
      role: 'assistant',
      text: '{',
    });
  });
});

describe('an answer without a limit', () => {
  it.each([
    [llama, { prompt: 'Hi' }, 512],
    [mistral, { prompt: 'Hi' }, 512],
    ['mistral.mistral-large-2402-v1:0', { prompt: 'Hi' }, 8_192],
    [jamba, { messages: [{ role: 'user', content: 'Hi' }] }, 4_096],
    [commandR, { message: 'Hi' }, 4_000],
  ])('%s stops where its page says', (modelId, body, limit) => {
    expect(read(modelId, body).maxTokens).toBe(limit);
  });
});

describe('messages', () => {
  it.each([jamba, ministral, gptOss, qwen])('%s reads them, with the instructions above', (modelId) => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'Who are you?' },
    ];
    expect(read(modelId, { messages })).toMatchObject({ system: 'Be brief.', turns: asked });
  });

  it('Cohere’s are a history and a message', () => {
    const body = {
      message: 'Who are you?',
      chat_history: [
        { role: 'USER', message: 'Hi' },
        { role: 'CHATBOT', message: 'Hello.' },
      ],
      preamble: 'Be brief.',
    };
    expect(read(commandR, body)).toMatchObject({ system: 'Be brief.', turns: asked });
  });

  describe('of Cohere, with tools', () => {
    const tools = [
      {
        name: 'look',
        description: 'Looks.',
        parameter_definitions: {
          city: { description: 'The city.', type: 'str', required: true },
          days: { type: 'int', required: false },
          hours: { type: 'List[int]' },
        },
      },
    ];
    const call = { name: 'look', parameters: { city: 'Oslo' } };
    const results = [{ call, outputs: [{ sky: 'grey' }] }];
    const made = { type: 'toolUse', id: 'call_1', name: 'look', input: { city: 'Oslo' } };
    const given = { type: 'toolResult', id: 'call_1', text: '{"sky":"grey"}', isError: false };

    it('have the tools’ parameters in a schema', () => {
      expect(read(commandR, { message: 'Hi', tools }).tools).toEqual([
        {
          name: 'look',
          description: 'Looks.',
          schema: {
            type: 'object',
            properties: {
              city: { type: 'string', description: 'The city.' },
              days: { type: 'integer' },
              hours: { type: 'array' },
            },
            required: ['city'],
          },
        },
      ]);
    });

    it.each([
      [
        'the history that came',
        {
          message: '',
          chat_history: [
            { role: 'USER', message: 'How is the sky?' },
            { role: 'CHATBOT', message: 'I look.', tool_calls: [call] },
          ],
        },
        [{ type: 'text', text: 'I look.' }, made],
      ],
      ['the message again', { message: 'How is the sky?' }, [made]],
    ])('have a result beside %s', (_, body, blocks) => {
      const { turns } = read(commandR, { ...body, tools, tool_results: results });
      expect(turns).toEqual([
        { role: 'user', text: 'How is the sky?' },
        { role: 'assistant', text: blocks.length > 1 ? 'I look.' : '', blocks },
        { role: 'user', text: '{"sky":"grey"}', blocks: [given] },
      ]);
    });

    it('have results in the history', () => {
      const chat_history = [
        { role: 'USER', message: 'How is the sky?' },
        { role: 'CHATBOT', message: '', tool_calls: [call] },
        { role: 'TOOL', tool_results: results },
        { role: 'CHATBOT', message: 'Grey.' },
      ];
      const { turns } = read(commandR, { message: 'And now?', chat_history });
      expect(turns.map(({ role, text }) => [role, text])).toEqual([
        ['user', 'How is the sky?'],
        ['assistant', ''],
        ['user', '{"sky":"grey"}'],
        ['assistant', 'Grey.'],
        ['user', 'And now?'],
      ]);
    });
  });

  it('of Cohere may have documents, which are read before the question', () => {
    const documents = [{ title: 'Tides', snippet: 'The tide is high.' }, { text: 'It is wet.' }];
    expect(read(commandR, { message: 'Is it wet?', documents })).toMatchObject({
      turns: [{ role: 'user', text: 'Tides\nThe tide is high.\n\nIt is wet.\n\nIs it wet?' }],
      passages: ['The tide is high.', 'It is wet.'],
    });
  });

  it('hold tools, calls of tools and their results', () => {
    const request = read(ministral, {
      messages: [
        { role: 'user', content: 'How is the weather?' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [
            { id: 'abc', type: 'function', function: { name: 'look', arguments: '{"city":"Paris"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'abc', content: 'Rain.' },
        { role: 'user', content: 'And tomorrow?' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'look', description: 'Looks.', parameters: { type: 'object' } },
        },
      ],
      tool_choice: 'any',
    });
    expect(request.tools).toEqual([{ name: 'look', description: 'Looks.', schema: { type: 'object' } }]);
    expect(request.toolChoice).toBe('any');
    expect(request.turns.slice(1)).toEqual([
      {
        role: 'assistant',
        text: '',
        blocks: [{ type: 'toolUse', id: 'abc', name: 'look', input: { city: 'Paris' } }],
      },
      {
        role: 'user',
        text: 'Rain.\nAnd tomorrow?',
        blocks: [
          { type: 'toolResult', id: 'abc', text: 'Rain.', isError: false },
          { type: 'text', text: 'And tomorrow?' },
        ],
      },
    ]);
    const named = { type: 'function', function: { name: 'look' } };
    expect(
      read(gptOss, { messages: [{ role: 'user', content: 'Hi' }], tool_choice: named }).toolChoice,
    ).toEqual({
      name: 'look',
    });
  });

  it('may show a picture', () => {
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
    ];
    const [turn] = read('mistral.pixtral-large-2502-v1:0', { messages: [{ role: 'user', content }] }).turns;
    expect(turn).toMatchObject({
      text: 'What is this?',
      blocks: [{ type: 'text' }, { type: 'media', kind: 'image' }],
    });
  });
});

it('gpt-oss takes no picture in its own body', () => {
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, picture] }];
  expect(() => read(gptOss, { messages })).toThrow('does not take pictures');
});

describe('members of OpenAI’s form', () => {
  const messages = [{ role: 'user', content: 'Hi' }];
  const openAi = {
    model: 'any',
    seed: 1,
    n: 2,
    user: 'me',
    logprobs: true,
    frequency_penalty: 0,
    presence_penalty: 0,
    parallel_tool_calls: true,
    stream_options: { include_usage: true },
    reasoning_effort: 'high',
  };

  it.each<[string, object]>([
    [gptOss, { ...openAi, reasoning: { effort: 'high' } }],
    ...[
      qwen,
      'moonshot.kimi-k2-thinking',
      'minimax.minimax-m2',
      'zai.glm-4.7',
      'google.gemma-3-27b-it',
      'nvidia.nemotron-nano-12b-v2',
      'writer.palmyra-x4-v1:0',
      ministral,
      jamba,
    ].map((modelId): [string, object] => [modelId, { ...openAi, min_p: 0.1, chat_template_kwargs: {} }]),
  ])('%s takes them', (modelId, more) => {
    const asks = { messages, max_completion_tokens: 10, stop: ['x'], ...more };
    expect(read(modelId, asks)).toMatchObject({ maxTokens: 10, stopSequences: ['x'] });
  });

  it.each([gptOss, qwen, ministral, jamba])('%s takes null for what is not there', (modelId) => {
    const said = { role: 'assistant', content: 'Hello.', refusal: null, audio: null, tool_calls: null };
    const nothing = { tools: null, stop: null, temperature: null, max_tokens: null, response_format: null };
    const body = { messages: [...messages, { ...said, function_call: null }, ...messages], ...nothing };
    expect(read(modelId, body).turns.map(({ text }) => text)).toEqual(['Hi', 'Hello.', 'Hi']);
  });

  it('may be the body of DeepSeek’s later models', () => {
    const [turn] = familyOf(modelOf('deepseek.v3.2'), { messages }).read(
      { messages },
      modelOf('deepseek.v3.2'),
    ).turns;
    expect(turn).toEqual({ role: 'user', text: 'Hi' });
  });

  it('Jamba reads documents beside them', () => {
    const documents = [{ content: 'The tide is high.', metadata: [{ key: 'title', value: 'Tides' }] }];
    expect(read(jamba, { messages, documents })).toMatchObject({
      turns: [{ role: 'user', text: 'Tides\nThe tide is high.\n\nHi' }],
      passages: ['The tide is high.'],
    });
  });
});

describe('a body that is wrong', () => {
  const malformed = (words: string) =>
    `Malformed input request: ${words}, please reformat your input and try again.`;
  const messages = [{ role: 'user', content: 'Hi' }];

  it.each([
    [
      llama,
      { inputText: 'Hi' },
      '#: required key [prompt] not found#: extraneous key [inputText] is not permitted',
    ],
    [llama, { prompt: 'Hi', max_gen_len: 2_049 }, '#/max_gen_len: 2049 is not less or equal to 2048'],
    [llama, { prompt: 'Hi', stop: ['x'] }, '#: extraneous key [stop] is not permitted'],
    [llama, { prompt: 'Hi', temperature: 2 }, '#/temperature: 2 is not less or equal to 1'],
    [mistral, { prompt: 7 }, '#/prompt: expected type: String, found: Integer'],
    [
      mistral,
      { prompt: 'Hi', stop: Array(11).fill('x') },
      '#/stop: expected maximum item count: 10, found: 11',
    ],
    [
      command,
      { message: 'Hi' },
      '#: required key [prompt] not found#: extraneous key [message] is not permitted',
    ],
    [
      commandR,
      { prompt: 'Hi' },
      '#: required key [message] not found#: extraneous key [prompt] is not permitted',
    ],
    [commandR, { message: 'Hi', p: 1 }, '#/p: 1 is not less or equal to 0.99'],
    [commandR, { message: 'Hi', stream: true }, '#: extraneous key [stream] is not permitted'],
    [
      commandR,
      { message: 'Hi', chat_history: [{ role: 'BOT' }] },
      '#/chat_history/0/role: BOT is not a valid enum value',
    ],
    [jamba, { messages: [] }, '#/messages: expected minimum item count: 1, found: 0'],
    [jamba, { messages: [{ role: 'user' }] }, '#/messages/0: required key [content] not found'],
    [
      ministral,
      { messages: [{ role: 'bot', content: 'Hi' }] },
      '#/messages/0/role: bot is not a valid enum value',
    ],
    [gptOss, { messages, n: 129 }, '#/n: 129 is not less or equal to 128'],
    [
      qwen,
      { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] },
      '#/messages/0/content/0: required key [type] not found',
    ],
    [qwen, { messages, max_tokens: 0 }, '#/max_tokens: 0 is not greater or equal to 1'],
  ])('%s: %j', (modelId, body, words) => {
    expect(refusalOf(modelId, body)).toBe(malformed(words));
  });

  it.each([
    [deepseek, { messages }, 'Validation Error'],
    [deepseek, { prompt: 'Hi', system: 'Be brief.' }, 'Validation Error'],
    [deepseek, { prompt: 'Hi', temperature: 2 }, 'Validation Error'],
    [
      gptOss,
      { messages, thinking: { type: 'enabled' } },
      /^Failed to deserialize the JSON body into the target type: thinking: unknown field thinking, expected one of messages, model, store, .* function_call, functions at line 1 column 55$/,
    ],
  ])('%s, in the model’s own words: %j', (modelId, body, words) => {
    expect(refusalOf(modelId, body)).toEqual(
      typeof words === 'string' ? words : expect.stringMatching(words),
    );
  });

  it.each([mistral, deepseek, command, commandR, jamba, ministral, gptOss, qwen])(
    '%s: an answer longer than the model gives',
    (modelId) => {
      const limit = findModel(modelId)?.maxOutputTokens ?? 0;
      const body = [mistral, deepseek, command].includes(modelId)
        ? { prompt: 'Hi' }
        : modelId === commandR
          ? { message: 'Hi' }
          : { messages };
      expect(refusalOf(modelId, { ...body, max_tokens: limit + 1 })).toBe(
        `The maximum tokens you requested exceeds the model limit of ${limit}. Try again with a maximum tokens value that is lower than ${limit}.`,
      );
    },
  );
});
