import { expect, it } from 'vitest';
import { useEndpoint } from '../endpoint.ts';
import { postTo } from '../frames.ts';

/** The requests are in the recorded form, with words of our own. Each is refused of another model. */

const endpoint = useEndpoint();
const text = (words: string) => ({ type: 'text', text: words });
const claude = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 20 };
const sonnet45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const served = [
  { toolUse: { toolUseId: 'a', name: 'nova_code_interpreter', input: {}, type: 'server_tool_use' } },
  { toolResult: { toolUseId: 'a', content: [{ json: { stdOut: '7' } }], status: 'success' } },
];
const inS3 = { name: 'Report', format: 'pdf', source: { s3Location: { uri: 's3://bucket/report.pdf' } } };
const tools = (name: string) => ({
  tools: [{ toolSpec: { name, inputSchema: { json: { type: 'object' } } } }],
});
const calling = assistant({ toolUse: { toolUseId: 'b', name: 'get_file', input: {} } });

it.each<[string, string, string, object, string]>([
  ...['anthropic.claude-v2', 'anthropic.claude-v2:1', 'anthropic.claude-instant-v1'].flatMap((modelId) =>
    ['invoke', 'invoke-with-response-stream'].map((operation): [string, string, string, object, string] => [
      `${modelId} with a Messages body, by ${operation}`,
      operation,
      modelId,
      { ...claude, messages: [user(text('Hi'))] },
      'amazon.titan-text-express-v1',
    ]),
  ),
  [
    'Claude 2.1 with its turns in one line',
    'invoke',
    'anthropic.claude-v2:1',
    { prompt: 'Human: Tell me a joke Assistant:', max_tokens_to_sample: 20 },
    'anthropic.claude-instant-v1',
  ],
  [
    'Claude Opus 4.8 with a turn of the system',
    'invoke',
    'us.anthropic.claude-opus-4-8',
    { ...claude, messages: [user(text('Hi')), { role: 'system', content: [text('Be brief.')] }] },
    sonnet45,
  ],
  [
    'Claude Sonnet 5 with a turn of the system',
    'invoke',
    'us.anthropic.claude-sonnet-5',
    { ...claude, messages: [user(text('Hi')), { role: 'system', content: 'Be brief.' }] },
    'us.anthropic.claude-opus-4-7',
  ],
  [
    'Claude Sonnet 4.5 where the assistant begins, in its own form',
    'invoke',
    sonnet45,
    { ...claude, messages: [assistant(text('Hello')), user(text('Bye'))] },
    'anthropic.claude-3-haiku-20240307-v1:0',
  ],
  ...[sonnet45, 'openai.gpt-oss-20b-1:0', 'google.gemma-3-27b-it'].map(
    (modelId): [string, string, string, object, string] => [
      `${modelId} with two turns of the user`,
      'converse',
      modelId,
      { messages: [user({ text: 'Hi' }), user({ text: 'And?' })] },
      'anthropic.claude-3-haiku-20240307-v1:0',
    ],
  ),
  [
    'Claude Sonnet 4.5 where the assistant begins',
    'converse',
    sonnet45,
    { messages: [assistant({ text: 'Hello' }), user({ text: 'Bye' })] },
    'amazon.nova-micro-v1:0',
  ],
  [
    'Claude Sonnet 4.5 with a blank text beside another',
    'converse',
    sonnet45,
    { messages: [user({ text: 'Hi' }, { text: '\n' })] },
    'amazon.nova-micro-v1:0',
  ],
  [
    'Claude Sonnet 4.5 with a document in S3 as what a tool gave',
    'converse',
    sonnet45,
    {
      messages: [
        user({ text: 'Hi' }),
        calling,
        user({ toolResult: { toolUseId: 'b', content: [{ document: inS3 }] } }),
      ],
      toolConfig: tools('get_file'),
    },
    'us.amazon.nova-2-lite-v1:0',
  ],
  [
    'Titan Express with two turns of the user',
    'converse',
    'amazon.titan-text-express-v1',
    { messages: [user({ text: 'Hi' }), user({ text: 'And?' })] },
    'amazon.nova-micro-v1:0',
  ],
])('%s is answered, and not another model', async (_, operation, modelId, body, other) => {
  const answer = await postTo(endpoint.url, modelId, operation, body);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  expect((await postTo(endpoint.url, other, operation, body)).status).toBe(400);
});

const place = 'the directive-only form (content: [] with output_config) is accepted at any position';

it.each<[string, object[], string]>([
  [
    'us.anthropic.claude-sonnet-4-6',
    [user(text('Hi')), { role: 'system', content: 'Be brief.' }],
    'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
  ],
  [
    'us.anthropic.claude-opus-4-7',
    [user(text('Hi')), { role: 'system', content: 'Be brief.' }],
    "role 'system' is not supported on this model",
  ],
  [
    'us.anthropic.claude-opus-4-8',
    [{ role: 'system', content: 'Be brief.' }, user(text('Hi'))],
    `messages.0: use the top-level 'system' parameter for the initial system prompt; ${place}`,
  ],
  [
    'us.anthropic.claude-opus-5',
    [user(text('Hi')), { role: 'system', content: 'Be brief.' }, user(text('Hi'))],
    `messages.1: role 'system' must precede an 'assistant' message or end the array; ${place}`,
  ],
])('%s says why it takes no turn of the system there', async (modelId, messages, message) => {
  const answer = await postTo(endpoint.url, modelId, 'invoke', { ...claude, messages });
  expect([answer.status, JSON.parse(answer.text).message]).toEqual([400, message]);
});

it('Claude reads a document with members that are null', async () => {
  const source = { type: 'text', media_type: 'text/plain', data: 'Bob has three dogs.' };
  const document = { type: 'document', source, title: null, context: null, citations: { enabled: true } };
  const messages = [user(document, text('How many dogs does Bob have?'))];
  const answer = await postTo(endpoint.url, sonnet45, 'invoke', { ...claude, messages });
  expect([answer.status, JSON.parse(answer.text).content[0].text]).toEqual([
    200,
    expect.stringContaining('three'),
  ]);
});

it("a recording to listen to is told to be none of the model's", async () => {
  const audio = { format: 'mp3', source: { bytes: 'AAAA' } };
  const messages = [user({ text: 'What is said?' }, { audio })];
  const answer = await postTo(endpoint.url, 'amazon.nova-lite-v1:0', 'converse', { messages });
  expect([answer.status, JSON.parse(answer.text).message]).toEqual([
    400,
    "This model doesn't support the audio content block that you provided. Update the content block and try again.",
  ]);
});

it('Claude takes two turns of one side in a row as one, in its own form', async () => {
  const body = {
    ...claude,
    messages: [user(text('Hi')), user(text('And?')), assistant(text('So')), assistant(text('on'))],
  };
  for (const modelId of [
    'anthropic.claude-3-haiku-20240307-v1:0',
    'anthropic.claude-3-5-sonnet-20240620-v1:0',
  ]) {
    expect((await postTo(endpoint.url, modelId, 'invoke', body)).status).toBe(200);
  }
});

it('a tool that AWS ran has its result in the turn of its call', async () => {
  const turns = [
    user({ text: 'What is 3 + 4?' }),
    assistant(...served, { text: '7' }),
    user({ text: 'Thanks' }),
  ];
  const body = {
    messages: turns,
    toolConfig: { tools: [{ systemTool: { name: 'nova_code_interpreter' } }] },
  };
  expect((await postTo(endpoint.url, 'us.amazon.nova-2-lite-v1:0', 'converse', body)).status).toBe(200);
});

it('Llama calls a tool without a word, so that its answer can be sent back', async () => {
  const llama = 'us.meta.llama3-1-70b-instruct-v1:0';
  const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  const toolConfig = {
    tools: [
      { toolSpec: { name: 'get_weather', description: 'The weather.', inputSchema: { json: schema } } },
    ],
  };
  const question = user({ text: 'What is the weather in Paris?' });
  const asked = await postTo(endpoint.url, llama, 'converse', { messages: [question], toolConfig });
  const { message } = JSON.parse(asked.text).output;
  expect(message.content).toEqual([{ toolUse: expect.objectContaining({ name: 'get_weather' }) }]);
  const { toolUseId } = message.content[0].toolUse;
  const result = user({ toolResult: { toolUseId, content: [{ text: 'sunny' }] } });
  const messages = [question, message, result];
  expect((await postTo(endpoint.url, llama, 'converse', { messages, toolConfig })).status).toBe(200);
});

it.each(['provisioned-model', 'imported-model', 'custom-model-deployment', 'default-prompt-router'])(
  "an account's own %s is told to be missing here, not on AWS",
  async (kind) => {
    const arn = `arn:aws:bedrock:us-east-1:123456789012:${kind}/abc123`;
    const answer = await postTo(endpoint.url, arn, 'converse', { messages: [user({ text: 'Hi' })] });
    expect([answer.status, JSON.parse(answer.text).message]).toEqual([
      400,
      `The provided model identifier is invalid. Local Bedrock has no ${kind.replaceAll('-', ' ')}; AWS may.`,
    ]);
  },
);
