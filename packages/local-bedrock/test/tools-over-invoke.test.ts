import { describe, expect, it } from 'vitest';
import { scripted } from '../src/words/scripted.ts';
import { thinksAndCalls } from './answers.ts';
import { bodies, claude3Haiku, haiku45, novaMicro, post, useEndpoint } from './endpoint.ts';

const endpoint = useEndpoint();
const calling = useEndpoint({ words: scripted(() => thinksAndCalls) });

const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const question = user('What is the weather in Paris?');
const tool = (name: string, input_schema: unknown = { type: 'object' }) => ({ name, input_schema });
const tools = [tool('get_weather')];
const call = (id: string, input: unknown = {}) => ({ type: 'tool_use', id, name: 'get_weather', input });
const result = (tool_use_id: string) => ({ type: 'tool_result', tool_use_id, content: 'sunny' });
const claude = (messages: unknown[], rest: object = { tools }) => ({
  ...bodies.claude(''),
  messages,
  ...rest,
});

const novaTool = (name: string, json: unknown = { type: 'object' }) => ({
  toolSpec: { name, inputSchema: { json } },
});
const toolConfig = { tools: [novaTool('get_weather')] };
const novaCall = (toolUseId: string) => ({ toolUse: { toolUseId, name: 'get_weather', input: {} } });
const novaResult = (toolUseId: string) => ({
  toolResult: { toolUseId, content: [{ json: { sky: 'blue' } }] },
});
const nova = (messages: unknown[], rest: object = { toolConfig }) => ({ messages, ...rest });
const novaQuestion = user([{ text: 'What is the weather in Paris?' }]);

describe('InvokeModel answers with tool calls', () => {
  it('of Claude, under Claude’s ids', async () => {
    const id = expect.stringMatching(/^toolu_bdrk_01[1-9A-HJ-NP-Za-km-z]{22}$/);
    expect(await (await post(calling.url, claude3Haiku, claude([question]))).json()).toMatchObject({
      content: [
        { type: 'thinking', thinking: 'The user wants the weather.', signature: expect.any(String) },
        { type: 'text', text: 'I will look.' },
        { type: 'tool_use', id, name: 'get_weather', input: { city: 'Paris', unit: 'celsius' } },
        { type: 'tool_use', id, name: 'get_time', input: {} },
      ],
      stop_reason: 'tool_use',
    });
  });

  it('of Nova, under UUIDs', async () => {
    const toolUseId = expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(await (await post(calling.url, novaMicro, nova([novaQuestion]))).json()).toMatchObject({
      output: {
        message: {
          content: [
            { reasoningContent: { reasoningText: { text: 'The user wants the weather.' } } },
            { text: 'I will look.' },
            { toolUse: { name: 'get_weather', toolUseId, input: { city: 'Paris', unit: 'celsius' } } },
            { toolUse: { name: 'get_time', toolUseId, input: {} } },
          ],
        },
      },
      stopReason: 'tool_use',
    });
  });
});

describe('InvokeModel takes', () => {
  it.each([
    [
      'a tool’s result, of Claude',
      claude3Haiku,
      claude([question, assistant([call('a')]), user([result('a')])]),
    ],
    [
      'a result of blocks beside words, of Claude',
      haiku45,
      claude([
        question,
        assistant([{ type: 'text', text: 'I look.' }, call('a')]),
        user([
          { type: 'tool_result', tool_use_id: 'a', is_error: true, content: [{ type: 'text', text: 'no' }] },
          { type: 'text', text: 'And now?' },
        ]),
      ]),
    ],
    [
      'tools without a choice and with one, of Claude',
      haiku45,
      claude([question], { tools, tool_choice: { type: 'none' } }),
    ],
    [
      'a tool of the server, of Claude',
      haiku45,
      claude([question], { tools: [{ type: 'bash_20250124', name: 'bash' }] }),
    ],
    [
      'a tool’s result, of Nova',
      novaMicro,
      nova([novaQuestion, assistant([novaCall('a')]), user([novaResult('a')])]),
    ],
    [
      'a choice, of Nova',
      novaMicro,
      nova([novaQuestion], { toolConfig: { ...toolConfig, toolChoice: { tool: { name: 'get_weather' } } } }),
    ],
  ])('%s', async (_, modelId, body) => {
    const response = await post(endpoint.url, modelId, body);
    expect([response.status, await response.json()]).not.toHaveProperty('1.message');
    expect(response.status).toBe(200);
  });
});

describe('InvokeModel refuses', () => {
  const schema = (path: string) =>
    `Malformed input request: ${path}, please reformat your input and try again.`;

  it.each<[string, string, unknown, string]>([
    [
      'two tools of one name',
      claude3Haiku,
      claude([question], { tools: [...tools, ...tools] }),
      'tools: Tool names must be unique.',
    ],
    [
      'a tool name with a dot',
      claude3Haiku,
      claude([question], { tools: [tool('get.weather')] }),
      "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
    ],
    [
      'a tool without a schema',
      claude3Haiku,
      claude([question], { tools: [{ name: 'a' }] }),
      'tools.0.custom.input_schema: Field required',
    ],
    [
      'a schema of something else than objects',
      claude3Haiku,
      claude([question], { tools: [tool('a', { type: 'string' })] }),
      "tools.0.custom.input_schema.type: Input should be 'object'",
    ],
    [
      'a choice of a kind that is not known',
      claude3Haiku,
      claude([question], { tools, tool_choice: { type: 'required' } }),
      "tool_choice: Input tag 'required' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'",
    ],
    [
      'a choice of a tool that is not there',
      claude3Haiku,
      claude([question], { tools, tool_choice: { type: 'tool', name: 'x' } }),
      "tool_choice: Tool 'x' not found in provided tools",
    ],
    [
      'a call without its result',
      claude3Haiku,
      claude([question, assistant([call('a'), call('b')]), user([result('a')])]),
      'messages.2: Did not find 1 tool_result block(s) at the beginning of this message. Messages following tool_use blocks must begin with a matching number of tool_result blocks.',
    ],
    [
      'a result without a call',
      claude3Haiku,
      claude([user([result('a')])]),
      'messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: a. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
    ],
    [
      'a call at the end',
      claude3Haiku,
      claude([question, assistant([call('a')])]),
      'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: a. Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
    ],
    [
      'tool blocks without tools, for Claude 3',
      claude3Haiku,
      claude([question, assistant([call('a')]), user([result('a')])], {}),
      'Requests which include `tool_use` or `tool_result` blocks must define tools.',
    ],
    [
      'an input that is a text',
      claude3Haiku,
      claude([question, assistant([call('a', '{}')]), user([result('a')])]),
      'messages.1.content.0.tool_use.input: Input should be a valid dictionary',
    ],
    [
      'a call by the user',
      claude3Haiku,
      claude([user([call('a')])]),
      'messages.0: `tool_use` blocks can only be in `assistant` messages',
    ],
    [
      'two calls of one id',
      claude3Haiku,
      claude([question, assistant([call('a'), call('a')]), user([result('a'), result('a')])]),
      'messages.1.content.1: `tool_use` ids must be unique',
    ],
    [
      "a thought of the user's",
      claude3Haiku,
      claude([user([{ type: 'thinking', thinking: 'Hm.', signature: 'b' }])]),
      'messages.0: `thinking` blocks can only be in `assistant` messages',
    ],
    [
      'a picture of another kind',
      haiku45,
      claude([
        user([{ type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'iVBORw0KGgo=' } }]),
      ]),
      'messages.0.content.0.image.source.base64: The image was specified using the image/jpeg media type, but the image appears to be a image/png image',
    ],
    [
      'a picture by the assistant',
      claude3Haiku,
      claude(
        [
          question,
          assistant([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: '' } }]),
          question,
        ],
        {},
      ),
      "messages.1.content: 'image' blocks are not permitted within assistant turns.",
    ],
    [
      'a stop sequence of nothing but space, for Claude',
      haiku45,
      claude([question], { stop_sequences: [' '] }),
      'stop_sequences: each stop sequence must contain non-whitespace',
    ],
    [
      'a Nova call without its result',
      novaMicro,
      nova([novaQuestion, assistant([novaCall('a')]), novaQuestion]),
      'Expected toolResult blocks at messages.2.content for the following Ids: a',
    ],
    [
      'Nova tool blocks without a toolConfig',
      novaMicro,
      nova([novaQuestion, assistant([novaCall('a')]), user([novaResult('a')])], {}),
      'The toolConfig field must be defined when using toolUse and toolResult content blocks.',
    ],
    [
      'a Nova tool without a name',
      novaMicro,
      nova([novaQuestion], {
        toolConfig: { tools: [{ toolSpec: { inputSchema: { json: { type: 'object' } } } }] },
      }),
      schema('#/toolConfig/tools/0/toolSpec: required key [name] not found'),
    ],
    [
      'a Nova schema of something else than objects',
      novaMicro,
      nova([novaQuestion], { toolConfig: { tools: [novaTool('a', { type: 'array' })] } }),
      'The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.',
    ],
    [
      'a Nova result that is a list',
      novaMicro,
      nova([
        novaQuestion,
        assistant([novaCall('a')]),
        user([{ toolResult: { toolUseId: 'a', content: [{ json: [] }] } }]),
      ]),
      'The format of the value at messages.2.content.0.toolResult.content.0.json is invalid. Provide a json object for the field and try again.',
    ],
  ])('%s', async (_, modelId, body, message) => {
    const response = await post(endpoint.url, modelId, body);
    expect([response.status, await response.json()]).toEqual([400, { message }]);
  });
});
