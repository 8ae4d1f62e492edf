import { describe, expect, it } from 'vitest';
import { findModel } from '../../../bedrock-models/src/find.ts';
import type { Model } from '../../../bedrock-models/src/model.ts';
import { checkRequest } from '../../src/converse/exchange.ts';
import type { ConverseRequest } from '../../src/converse/request.ts';
import { claude3Haiku, haiku45, novaMicro, useEndpoint } from '../endpoint.ts';
import { postTo } from '../frames.ts';

const endpoint = useEndpoint();
const today = useEndpoint({ era: 'today', today: '2026-11-23' });

const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const hello = user({ text: 'Hello' });
const tool = (name: string, json: unknown = { type: 'object' }) => ({
  toolSpec: { name, inputSchema: { json } },
});
const toolConfig = { tools: [tool('get_weather')] };
const call = (toolUseId: string, input: unknown = {}) => ({
  toolUse: { toolUseId, name: 'get_weather', input },
});
const result = (toolUseId: string, rest: object = {}) => ({
  toolResult: { toolUseId, content: [{ text: 'sunny' }], ...rest },
});
const file = (name: string) => ({ document: { format: 'txt', name, source: { bytes: 'SGVsbG8=' } } });
const movie = { format: 'mp4', source: { bytes: 'AAAA' } };
const image = { image: { format: 'png', source: { bytes: 'iVBORw0KGgo=' } } };
const one = (constraint: string) => `1 validation error detected: ${constraint}`;
const model = (text: string) => `The model returned the following errors: ${text}`;
const fileName =
  "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character. Check that the file name conforms to these restrictions and retry your request.";
const startsWithUser =
  'A conversation must start with a user message. Try again with a conversation that starts with a user message.';
const alternates =
  'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.';

const refused: [string, object, string, string?][] = [
  [
    'a limit of no tokens',
    { inferenceConfig: { maxTokens: 0 } },
    one(
      "Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ),
  ],
  [
    'a temperature over 1',
    { inferenceConfig: { temperature: 1.5 } },
    one(
      "Value '1.5' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1",
    ),
  ],
  [
    'an unknown role',
    { messages: [{ role: 'system', content: [{ text: 'Hi' }] }] },
    one(
      "Value 'system' at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]",
    ),
  ],
  [
    'a turn without content',
    { messages: [hello, { role: 'assistant' }] },
    one("Value at 'messages.2.member.content' failed to satisfy constraint: Member must not be null"),
  ],
  [
    'a tool id of other letters',
    { messages: [hello, assistant(call('a b'))], toolConfig },
    one(
      "Value 'a b' at 'messages.2.member.content.1.member.toolUse.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+",
    ),
  ],
  [
    'a tool name of other letters',
    { toolConfig: { tools: [tool('get.weather')] } },
    one(
      "Value 'get.weather' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+",
    ),
  ],
  [
    'no tools at all',
    { toolConfig: { tools: [] } },
    one(
      "Value '[]' at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ),
  ],
  [
    'thoughts without a text',
    { messages: [hello, assistant({ reasoningContent: { reasoningText: { signature: 'x' } } }), hello] },
    one(
      "Value at 'messages.2.member.content.1.member.reasoningContent.reasoningText.text' failed to satisfy constraint: Member must not be null",
    ),
  ],
  [
    'metadata of other letters',
    { requestMetadata: { team: 'a*b' } },
    one(
      "Value '{team=a*b}' at 'requestMetadata' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must satisfy regular expression pattern: [a-zA-Z0-9\\s:_@$#=/+,-.]*]",
    ),
  ],
  [
    'a content block that says nothing',
    { messages: [user({})] },
    'ContentBlock object at messages.0.content.0 must set one of the following keys: text, image, toolUse, toolResult, document, video, cachePoint, reasoningContent, citationsContent, searchResult.',
  ],
  [
    'a content block of a kind that is not known',
    { messages: [user({ type: 'text', input_text: 'Hi' })] },
    'ContentBlock object at messages.0.content.0 must set one of the following keys: text, image, toolUse, toolResult, document, video, cachePoint, reasoningContent, citationsContent, searchResult.',
  ],

  ['no messages', { messages: [] }, startsWithUser],
  ['no messages member', { messages: undefined }, startsWithUser],
  ['the assistant first', { messages: [assistant({ text: 'Hi' })] }, startsWithUser],
  ['two user turns in a row', { messages: [hello, hello] }, alternates],
  [
    'an empty turn',
    { messages: [user()] },
    'The content field in the Message object at messages.0 is empty. Add a ContentBlock object to the content field and try again.',
  ],
  [
    'a blank text',
    { messages: [hello, assistant({ text: '\n\n' }), hello] },
    'The text field in the ContentBlock object at messages.1.content.0 is blank. Add text to the text field, and try again.',
  ],
  [
    'an empty text',
    { messages: [user({ text: 'Hello' }, { text: '' })] },
    'The text field in the ContentBlock object at messages.0.content.1 is blank. Add text to the text field, and try again.',
  ],
  [
    'a blank system prompt',
    { system: [{ text: ' ' }] },
    'The text field in the SystemContentBlock object at system.0 is blank. Add text to the text field, and try again.',
  ],

  [
    'tool blocks without a toolConfig',
    { messages: [hello, assistant(call('a')), user(result('a'))] },
    'The toolConfig field must be defined when using toolUse and toolResult content blocks.',
  ],
  [
    'a call without its result',
    { messages: [hello, assistant(call('a'), call('b')), user(result('a'))], toolConfig },
    'Expected toolResult blocks at messages.2.content for the following Ids: b',
  ],
  [
    'a call at the end',
    { messages: [hello, assistant(call('a'))], toolConfig },
    'Expected toolResult blocks at messages.2.content for the following Ids: a',
  ],
  [
    'a result under another id',
    { messages: [hello, assistant(call('a')), user(result('x'))], toolConfig },
    'Expected toolResult blocks at messages.2.content for the following Ids: a',
  ],
  [
    'a result without a call',
    { messages: [hello, assistant({ text: 'Hi' }), user(result('a'))], toolConfig },
    'The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.',
  ],
  [
    'more results than calls',
    { messages: [hello, assistant(call('a')), user(result('a'), result('b'))], toolConfig },
    'The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.',
  ],
  [
    'an error without a word',
    {
      messages: [hello, assistant(call('a')), user(result('a', { status: 'error', content: [] }))],
      toolConfig,
    },
    'The content field at messages.2.content.0.toolResult cannot be empty when status value is error.',
  ],
  [
    'a result that is a list',
    { messages: [hello, assistant(call('a')), user(result('a', { content: [{ json: [1] }] }))], toolConfig },
    'The format of the value at messages.2.content.0.toolResult.content.0.json is invalid. Provide a json object for the field and try again.',
  ],
  [
    'a result with a reserved member',
    {
      messages: [
        hello,
        assistant(call('a')),
        user(result('a', { content: [{ json: { a: [{ __type: 'x' }] } }] })),
      ],
      toolConfig,
    },
    'The format of the value at messages.2.content.0.toolResult.content.0.json is invalid. Provide a json object for the field and try again.',
  ],
  [
    'an input that is a text',
    { messages: [hello, assistant(call('a', '{"city":"Paris"}')), user(result('a'))], toolConfig },
    'The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a json object for the field and try again.',
  ],
  [
    'a call by the user',
    { messages: [user(call('a'))], toolConfig },
    model('messages.0: `tool_use` blocks can only be in `assistant` messages'),
  ],
  [
    'a result by the assistant',
    { messages: [hello, assistant(result('a'))], toolConfig },
    model('messages.1: `tool_result` blocks can only be in `user` messages'),
  ],
  [
    'two tools of one name',
    { toolConfig: { tools: [tool('a'), tool('b'), tool('a')] } },
    'The tool a is already defined at toolConfig.tools.2.',
  ],
  [
    'a schema of something else than objects',
    { toolConfig: { tools: [tool('a', { type: 'string' })] } },
    'The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.',
  ],
  [
    'a schema without a type',
    { toolConfig: { tools: [tool('a', { properties: {} })] } },
    'The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.',
  ],
  [
    'a schema that is a text',
    { toolConfig: { tools: [tool('a', '{"type":"object"}')] } },
    'The format of the value at toolConfig.tools.0.toolSpec.inputSchema.json is invalid. Provide a json object for the field and try again.',
  ],

  ['a service tier that there is not', { serviceTier: { type: 'fast' } }, 'service tier provided is invalid'],
  [
    'a latency that there is not',
    { performanceConfig: { latency: 'turbo' } },
    one(
      "Value 'turbo' at 'performanceConfig.latency' failed to satisfy constraint: Member must satisfy enum value set: [optimized, standard]",
    ),
  ],
  [
    'a file to be cited that is neither plain text nor PDF',
    {
      messages: [
        user(
          { text: 'Read.' },
          {
            document: {
              ...{ format: 'docx', name: 'cv', citations: { enabled: true } },
              source: { bytes: 'SGVsbG8=' },
            },
          },
        ),
      ],
    },
    'Unsupported document format. Only txt and pdf formats are supported when citations are enabled',
    haiku45,
  ],

  ['a document name with a dot', { messages: [user({ text: 'Read.' }, file('cv.pdf'))] }, fileName, haiku45],
  [
    'a document name with two spaces',
    { messages: [user({ text: 'Read.' }, file('a  b'))] },
    fileName,
    haiku45,
  ],
  ['a document name in Japanese', { messages: [user({ text: 'Read.' }, file('資料'))] }, fileName, haiku45],
  [
    'two documents of one name, in different turns',
    {
      messages: [
        user({ text: 'Read.' }, file('a')),
        assistant({ text: 'Yes.' }),
        user({ text: 'And?' }, file('a')),
      ],
    },
    "Messages can't contain duplicate document names. Rename the document and retry your request.",
    haiku45,
  ],
  [
    'a document without a word',
    { messages: [user(file('a'))] },
    'A text block must be included when using documents.',
    haiku45,
  ],
  [
    'six documents',
    { messages: [user({ text: 'Read.' }, ...['a', 'b', 'c', 'd', 'e', 'f'].map(file))] },
    "You can't include more than 5 documents in a request.",
    haiku45,
  ],
  [
    'more pictures than Claude looks at',
    { messages: [user({ text: 'Look.' }, file('a'), ...Array.from({ length: 20 }, () => image))] },
    model('messages: too many images and documents: 20 + 1 > 20'),
    haiku45,
  ],
  [
    'a picture larger than Claude takes',
    {
      messages: [
        user({ text: 'Look.' }, { image: { format: 'png', source: { bytes: 'A'.repeat(5_242_884) } } }),
      ],
    },
    model(
      'messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 5242884 bytes > 5242880 bytes',
    ),
    haiku45,
  ],
  [
    'a picture by the assistant',
    { messages: [hello, assistant({ text: 'See' }, image), hello] },
    model("messages.1.content: 'image' blocks are not permitted within assistant turns."),
    haiku45,
  ],

  [
    'a pointer that is none',
    { additionalModelResponseFieldPaths: ['stop_sequence'] },
    'The value at additionalModelResponseFieldPaths.0 is not a valid JSON Pointer. Provide a valid JSON Pointer, such as /stop_sequence, and try again.',
  ],
  [
    'further fields the model does not know',
    { additionalModelRequestFields: { topKay: 5 } },
    model(
      'Malformed input request: #: extraneous key [topKay] is not permitted, please reformat your input and try again.',
    ),
  ],
  [
    'further fields that are no object',
    { additionalModelRequestFields: 'top_k' },
    'The format of the value at additionalModelRequestFields is invalid. Provide a json object for the field and try again.',
  ],
  [
    'more tokens than the model can give',
    { inferenceConfig: { maxTokens: 10_001 } },
    'The maximum tokens you requested exceeds the model limit of 10000. Try again with a maximum tokens value that is lower than 10000.',
  ],
  [
    'a prompt longer than the context',
    { messages: [user({ text: 'word '.repeat(128_001) })] },
    'Input is too long for requested model.',
  ],
  [
    'temperature and topP together',
    { inferenceConfig: { temperature: 0.5, topP: 0.5 } },
    model('`temperature` and `top_p` cannot both be specified for this model. Please use only one.'),
    haiku45,
  ],
  [
    'a stop sequence of nothing but space',
    { inferenceConfig: { stopSequences: ['\n'] } },
    model('stop_sequences: each stop sequence must contain non-whitespace'),
    haiku45,
  ],
  [
    'a choice of a tool that is not there',
    { toolConfig: { ...toolConfig, toolChoice: { tool: { name: 'x' } } } },
    'The tool x at toolConfig.toolChoice.tool.name is not defined in toolConfig.tools. Define the tool or choose another, and try again.',
  ],
  [
    'a begun answer that ends in a space',
    { messages: [hello, assistant({ text: 'Hi ' })] },
    model('messages: final assistant content cannot end with trailing whitespace'),
    claude3Haiku,
  ],
  [
    'a schema of the answer that is no JSON',
    { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{' } } } } },
    'The value at outputConfig.textFormat.structure.jsonSchema.schema is not valid JSON. Provide a JSON schema and try again.',
    haiku45,
  ],
];

describe.each(['converse', 'converse-stream'])('%s refuses', (operation) => {
  it.each(refused)('%s', async (_, request, message, modelId = novaMicro) => {
    const { status, headers, text } = await postTo(endpoint.url, modelId, operation, {
      messages: [hello],
      ...request,
    });
    expect([status, headers.get('x-amzn-errortype'), JSON.parse(text)]).toEqual([
      400,
      'ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/',
      { message },
    ]);
  });

  it.each([
    ['a body that is not JSON', '{"messages":', 'The request body is not valid JSON.'],
    ['a text instead of messages', '{"messages":"Hello"}', 'Unexpected field type'],
    [
      'a limit in quotes',
      '{"inferenceConfig":{"maxTokens":"5"}}',
      'STRING_VALUE can not be converted to an Integer',
    ],
  ])('%s', async (_, body, message) => {
    const { status, headers, text } = await postTo(endpoint.url, novaMicro, operation, body);
    expect([status, headers.get('x-amzn-errortype')?.split(':')[0], JSON.parse(text)]).toEqual([
      400,
      'SerializationException',
      { message },
    ]);
  });

  it('an unknown model, in the words of a recording', async () => {
    const { status, text } = await postTo(endpoint.url, 'invalid-model-id', operation, { messages: [hello] });
    expect([status, text]).toEqual([400, '{"message":"The provided model identifier is invalid."}']);
  });

  it('a retired model', async () => {
    const { status, headers } = await postTo(today.url, claude3Haiku, operation, { messages: [hello] });
    expect([status, headers.get('x-amzn-errortype')?.split(':')[0]]).toEqual([
      404,
      'ResourceNotFoundException',
    ]);
  });

  it('a form that is broken before a model that is unknown', async () => {
    const { text } = await postTo(endpoint.url, 'invalid-model-id', operation, {
      inferenceConfig: { maxTokens: 0 },
    });
    expect(text).toContain('1 validation error detected');
  });
});

const point = (ttl?: string) => ({ cachePoint: { type: 'default', ...(ttl && { ttl }) } });
const thinking = { thinking: { type: 'enabled', budget_tokens: 1024 } };

describe('Claude refuses', () => {
  const text = { text: 'Hello' };
  it.each<[string, object, string]>([
    [
      'a fifth cache point',
      {
        system: [text, point()],
        messages: [user(text, point(), text, point(), text, point(), text, point())],
      },
      'A maximum of 4 blocks with cache_control may be provided. Found 5.',
    ],
    [
      'an hour of caching behind five minutes of it',
      { system: [text, point()], messages: [user(text, point('1h'))] },
      "messages.0.content.0.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
    ],
    [
      'thoughts without their signature',
      { messages: [hello, assistant({ reasoningContent: { reasoningText: { text: 'Hm.' } } }, text), hello] },
      'messages.1.content.0.thinking.signature: Field required',
    ],
    [
      'thinking where a tool must be called',
      { additionalModelRequestFields: thinking, toolConfig: { ...toolConfig, toolChoice: { any: {} } } },
      'Thinking may not be enabled when tool_choice forces tool use.',
    ],
    [
      'thinking at another temperature than 1',
      { additionalModelRequestFields: thinking, inferenceConfig: { temperature: 0 } },
      '`temperature` may only be set to 1 when thinking is enabled.',
    ],
  ])('%s', async (_, request, message) => {
    const body = { messages: [hello], ...request };
    const { status, text: said } = await postTo(endpoint.url, haiku45, 'converse', body);
    expect([status, JSON.parse(said).message]).toEqual([400, model(message)]);
  });

  it('none of them just below the limit', async () => {
    for (const request of [
      { messages: [user(text, point('1h'), text, point(), text, point(), text, point())] },
      { additionalModelRequestFields: thinking, inferenceConfig: { temperature: 1, maxTokens: 2000 } },
      { additionalModelRequestFields: thinking, toolConfig, inferenceConfig: { maxTokens: 2000 } },
    ]) {
      const answer = await postTo(endpoint.url, haiku45, 'converse', { messages: [hello], ...request });
      expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    }
  });
});

describe('what a model does not take', () => {
  const known = findModel(novaMicro);
  if (known === undefined) throw new Error('The catalogue has no Nova Micro.');
  const { refuses: _, ...anything } = known;
  const check = (
    request: object,
    refuses: Model['refuses'],
    operation: 'Converse' | 'ConverseStream' = 'Converse',
    rest: Partial<Model> = {},
  ) =>
    checkRequest(
      { messages: [hello], ...request } as ConverseRequest,
      { ...anything, ...rest, ...(refuses && { refuses }) },
      operation,
    );
  const tools = { messages: [hello], toolConfig };
  const cached = { messages: [user({ text: 'Hello' }, { cachePoint: { type: 'default' } })] };

  it.each<[string, object, NonNullable<Model['refuses']>[number], string]>([
    [
      'system prompts',
      { system: [{ text: 'Be brief.' }] },
      'system',
      "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
    ],
    ['tools', tools, 'tools', "This model doesn't support tool use in streaming mode."],
    ['tools in a stream', tools, 'tools-in-stream', "This model doesn't support tool use in streaming mode."],
    ['streams', {}, 'streaming', 'The model is unsupported for streaming.'],
    [
      'pictures',
      { messages: [user({ text: 'See?' }, image)] },
      'images',
      "This model doesn't support the image content block that you provided. Update the content block and try again.",
    ],
    [
      'videos, with pictures',
      {
        messages: [hello, assistant(call('a')), user(result('a', { content: [{ video: movie }] }))],
        toolConfig,
      },
      'images',
      "This model doesn't support the video content block that you provided. Update the content block and try again.",
    ],
    [
      'documents',
      { messages: [user({ text: 'Read.' }, file('a'))] },
      'documents',
      "This model doesn't support the document content block that you provided. Update the content block and try again.",
    ],
    [
      'stop sequences',
      { inferenceConfig: { stopSequences: ['a'] } },
      'stop-sequences',
      "This model doesn't support the stopSequences field. Remove stopSequences and try again.",
    ],
    [
      'a temperature',
      { inferenceConfig: { temperature: 0 } },
      'temperature',
      "This model doesn't support the temperature field. Remove temperature and try again.",
    ],
    [
      'topP',
      { inferenceConfig: { topP: 0.5 } },
      'top-p',
      "This model doesn't support the topP field. Remove topP and try again.",
    ],
    [
      'cache points',
      cached,
      'cache-points',
      'You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.',
    ],
    [
      'words beside a tool’s result',
      { messages: [hello, assistant(call('a')), user({ text: 'And?' }, result('a'))], toolConfig },
      'text-beside-tool-result',
      'messages.2.content: Conversation blocks and tool result blocks cannot be provided in the same turn.',
    ],
    [
      'words beside a call of a tool',
      { messages: [hello, assistant({ text: 'I look.' }, call('a')), user(result('a'))], toolConfig },
      'text-beside-tool-result',
      'messages.1.content: Conversation blocks and tool use blocks cannot be provided in the same turn.',
    ],
    [
      'Converse',
      {},
      'converse',
      "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
    ],
  ])('%s', (_, request, feature, message) => {
    expect(() => check(request, [feature], 'ConverseStream')).toThrow(message);
    expect(() => check(request, [], 'ConverseStream')).not.toThrow();
  });

  it('is a tool, which a whole answer says in fewer words than a stream', () => {
    expect(() => check(tools, ['tools'])).toThrow(/^This model doesn't support tool use\.$/);
    expect(() => check(tools, ['tools-in-stream'])).not.toThrow();
  });

  it('is a picture in S3, for all but Nova', () => {
    const there = { image: { format: 'png', source: { s3Location: { uri: 's3://bucket/a.png' } } } };
    const request = { messages: [user({ text: 'See?' }, there)] };
    expect(() => check(request, [])).not.toThrow();
    expect(() => check(request, [], 'Converse', { family: 'claude-messages' })).toThrow(
      "This model doesn't support the s3Uri field. Remove s3Uri and try again.",
    );
  });

  it('is a video, for all but Nova', () => {
    const request = { messages: [user({ text: 'See?' }, { video: movie })] };
    expect(() => check(request, [])).not.toThrow();
    expect(() => check(request, [], 'Converse', { family: 'claude-messages' })).toThrow(
      "This model doesn't support the video content block that you provided. Update the content block and try again.",
    );
  });

  it.each([
    ['tool', { tool: { name: 'get_weather' } }],
    ['any', { any: {} }],
  ])('is a choice of tools, for Llama: %s', (kind, toolChoice) => {
    const request = { toolConfig: { ...toolConfig, toolChoice } };
    expect(() => check(request, [])).not.toThrow();
    expect(() => check(request, [], 'Converse', { family: 'llama' })).toThrow(
      `This model doesn't support the toolConfig.toolChoice.${kind} field. Remove toolConfig.toolChoice.${kind} and try again.`,
    );
  });

  it('is refused in a stream only, where only streams are refused', () => {
    expect(() => check({}, ['streaming'], 'Converse')).not.toThrow();
    expect(() => check(tools, ['tools-in-stream'], 'Converse')).not.toThrow();
  });

  it('says of newer Claude models what they say themselves', () => {
    expect(() =>
      check({ inferenceConfig: { temperature: 0.5 } }, ['temperature'], 'Converse', {
        family: 'claude-messages',
      }),
    ).toThrow(model('`temperature` is deprecated for this model.'));
  });

  it.each([
    ['anthropic.claude-sonnet-4-6', true],
    ['anthropic.claude-opus-5', true],
    ['anthropic.claude-haiku-4-5-20251001-v1:0', false],
    ['anthropic.claude-3-haiku-20240307-v1:0', false],
  ])('is the beginning of an answer, for %s: %s', (id, isRefused) => {
    const prefilled = { messages: [hello, assistant({ text: 'Hi' })] };
    const run = () => check(prefilled, findModel(id)?.refuses, 'Converse', { family: 'claude-messages' });
    if (isRefused) {
      expect(run).toThrow(
        model(
          'This model does not support assistant message prefill. The conversation must end with a user message.',
        ),
      );
    } else expect(run).not.toThrow();
  });
});

describe('what is taken although it looks odd', () => {
  it.each<[string, object, string?]>([
    [
      'an underscore in a document name',
      { messages: [user({ text: 'Read.' }, file('my_file (1) [2]-x'))] },
      haiku45,
    ],
    [
      'a result with nothing in it',
      { messages: [hello, assistant(call('a')), user(result('a', { content: [] }))], toolConfig },
    ],
    [
      'results in another order',
      { messages: [hello, assistant(call('a'), call('b')), user(result('b'), result('a'))], toolConfig },
    ],
    ['prompt variables', { promptVariables: { name: { text: 'x' } } }],
    ['metadata', { requestMetadata: { 'cost-center': 'team:a/b@c' } }],
    [
      'a cache point',
      { messages: [user({ text: 'Hello' }, { cachePoint: { type: 'default', ttl: '5m' } })] },
    ],
    ['further fields the model knows', { additionalModelRequestFields: { inferenceConfig: { topK: 20 } } }],
  ])('%s', async (_, request, modelId = novaMicro) => {
    const { status, text } = await postTo(endpoint.url, modelId, 'converse', {
      messages: [hello],
      ...request,
    });
    expect([status, JSON.parse(text).message]).toEqual([200, undefined]);
  });
});
