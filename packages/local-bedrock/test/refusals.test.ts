import { ValidationException } from '@aws-sdk/client-bedrock-runtime';
import { catalogueDate } from 'bedrock-models';
import { describe, expect, it } from 'vitest';
import {
  bodies,
  claude2,
  claude3Haiku,
  haiku45,
  http1Client,
  http2Client,
  invoke,
  novaMicro,
  post,
  titanExpress,
  titanLite,
  titanPremier,
  useEndpoint,
} from './endpoint.ts';

const lab = useEndpoint();
const today = useEndpoint({ era: 'today', today: '2026-09-10' });
const dayBefore = useEndpoint({ era: 'today', today: '2026-09-09' });

const hello = bodies.claude('Hello');
const invalidIdentifier = 'The provided model identifier is invalid.';

function malformed(detail: string): string {
  return `Malformed input request: ${detail}, please reformat your input and try again.`;
}

const notText = '#: subject must not be valid against schema {"required":["messages"]}';
const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const conversation = (...messages: unknown[]) => ({ ...hello, messages });
const novaConversation = (...messages: unknown[]) => ({ messages });

const refused: [string, string, unknown, string][] = [
  ['an id of nobody', 'no.such-model', hello, invalidIdentifier],
  ['an id that is spelt almost right', 'amazon.nova-micr-v1:0', hello, invalidIdentifier],
  [
    'an id that AWS may know',
    'amazon.titan-text-ultra-v9',
    hello,
    `${invalidIdentifier} Local Bedrock does not have amazon.titan-text-ultra-v9 in its catalogue of ${catalogueDate}; AWS may.`,
  ],
  ['a profile the model does not have', 'jp.amazon.nova-micro-v1:0', bodies.nova('Hello'), invalidIdentifier],
  ['a profile of a model that has none', `us.${titanExpress}`, bodies.titan('Hello'), invalidIdentifier],
  [
    'a bare id in a profile ARN',
    `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${novaMicro}`,
    bodies.nova('Hello'),
    invalidIdentifier,
  ],
  [
    'a profile id in a model ARN',
    `arn:aws:bedrock:us-east-1::foundation-model/us.${novaMicro}`,
    bodies.nova('Hello'),
    invalidIdentifier,
  ],
  [
    'an ARN of something else',
    `arn:aws:bedrock:us-east-1:123456789012:provisioned-model/${novaMicro}`,
    bodies.nova('Hello'),
    invalidIdentifier,
  ],
  [
    'the bare id of a profile-only model',
    'anthropic.claude-haiku-4-5-20251001-v1:0',
    hello,
    'Invocation of model ID anthropic.claude-haiku-4-5-20251001-v1:0 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.',
  ],

  [
    'Titan: no inputText and a key too many',
    titanExpress,
    { prompt: 'Hello' },
    malformed('#: required key [inputText] not found#: extraneous key [prompt] is not permitted'),
  ],
  [
    'Titan: a wrong type',
    titanExpress,
    { inputText: 7 },
    malformed('#/inputText: expected type: String, found: Integer'),
  ],
  [
    'Titan: a nested key too many',
    titanExpress,
    bodies.titan('Hello', { maxTokens: 5 }),
    malformed('#/textGenerationConfig: extraneous key [maxTokens] is not permitted'),
  ],
  [
    'Titan: a stop sequence that is none of its own',
    titanExpress,
    bodies.titan('Hello', { stopSequences: ['###'] }),
    malformed('string [###] does not match pattern ^(\\|+|User:)$'),
  ],
  [
    'Titan: several stop sequences',
    titanExpress,
    bodies.titan('Hello', { stopSequences: ['|', '||', 'User:'] }),
    malformed('expected maximum item count: 1, found: 3'),
  ],
  [
    'Titan: temperature over 1',
    titanExpress,
    bodies.titan('Hello', { temperature: 1.5 }),
    malformed('#/textGenerationConfig/temperature: 1.5 is not less or equal to 1'),
  ],
  [
    'Titan: topP 0',
    titanExpress,
    bodies.titan('Hello', { topP: 0 }),
    malformed('#/textGenerationConfig/topP: 0 is not greater than 0'),
  ],
  [
    'Titan: half a token',
    titanExpress,
    bodies.titan('Hello', { maxTokenCount: 1.5 }),
    malformed('#/textGenerationConfig/maxTokenCount: expected type: Integer, found: BigDecimal'),
  ],
  [
    'Titan: too many tokens',
    titanLite,
    bodies.titan('Hello', { maxTokenCount: 4_097 }),
    'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.',
  ],
  [
    'Titan: a prompt longer than the context',
    titanLite,
    bodies.titan('word '.repeat(4_097)),
    '400 Bad Request: Too many input tokens. Max input tokens: 4096, request input token count: 4098 ',
  ],
  ['Titan: no object', titanExpress, [], malformed('#: expected type: JSONObject, found: JSONArray')],

  [
    'Claude text: nothing',
    claude2,
    {},
    malformed('#: required key [prompt] not found#: required key [max_tokens_to_sample] not found'),
  ],
  [
    'Claude text: no turns',
    claude2,
    { prompt: 'Hello', max_tokens_to_sample: 5 },
    'Invalid prompt: prompt must start with "\n\nHuman:" turn, prompt must end with "\n\nAssistant:" turn',
  ],
  [
    'Claude text: no first turn',
    claude2,
    { prompt: 'Hello\n\nAssistant:', max_tokens_to_sample: 5 },
    'Invalid prompt: prompt must start with "\n\nHuman:" turn',
  ],
  [
    'Claude text: no last turn',
    claude2,
    { prompt: '\n\nHuman: Hello', max_tokens_to_sample: 5 },
    'Invalid prompt: prompt must end with "\n\nAssistant:" turn',
  ],
  [
    'Claude text: too many tokens',
    claude2,
    bodies.claudeText('Hello', { max_tokens_to_sample: 5_000 }),
    'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.',
  ],

  [
    'Claude: a text-completion body',
    claude3Haiku,
    bodies.claudeText('Hello'),
    '"claude-3-haiku-20240307" is not supported on this API. Please use the Messages API instead.',
  ],
  [
    'Claude: no messages',
    claude3Haiku,
    { anthropic_version: 'bedrock-2023-05-31', max_tokens: 5 },
    malformed('#: required key [messages] not found'),
  ],
  [
    'Claude: only messages',
    claude3Haiku,
    { messages: [user('Hello')] },
    malformed(
      `${notText}#: required key [max_tokens] not found#: required key [anthropic_version] not found`,
    ),
  ],
  [
    'Claude: keys too many',
    claude3Haiku,
    { ...hello, stream: false, model: 'claude' },
    malformed(
      `${notText}#: extraneous key [stream] is not permitted#: extraneous key [model] is not permitted`,
    ),
  ],
  [
    'Claude: a null',
    claude3Haiku,
    { ...hello, temperature: null },
    malformed(`${notText}#/temperature: expected type: Number, found: Null`),
  ],
  [
    'Claude: an empty conversation',
    claude3Haiku,
    conversation(),
    malformed(`${notText}#/messages: expected minimum item count: 1, found: 0`),
  ],
  [
    'Claude: a system turn',
    claude3Haiku,
    conversation({ role: 'system', content: 'Hello' }),
    malformed(`${notText}#/messages/0/role: system is not a valid enum value`),
  ],
  [
    'Claude: the assistant first',
    claude3Haiku,
    conversation(assistant('Hello')),
    'messages: first message must use the "user" role',
  ],
  [
    'Claude: an empty text block',
    claude3Haiku,
    conversation(user([{ type: 'text', text: '' }])),
    'messages: text content blocks must be non-empty',
  ],
  [
    'Claude: a blank text block',
    claude3Haiku,
    conversation(user([{ type: 'text', text: ' \n' }])),
    'messages: text content blocks must contain non-whitespace text',
  ],
  [
    'Claude: a blank text',
    claude3Haiku,
    conversation(user('  ')),
    'messages: text content blocks must contain non-whitespace text',
  ],
  [
    'Claude: a begun answer that ends in a space',
    claude3Haiku,
    conversation(user('Hello'), assistant('Hi ')),
    'messages: final assistant content cannot end with trailing whitespace',
  ],
  [
    'Claude: an empty turn',
    claude3Haiku,
    conversation(user('')),
    'messages.0: all messages must have non-empty content except for the optional final assistant message',
  ],
  [
    'Claude: too many tokens',
    claude3Haiku,
    { ...hello, max_tokens: 4_097 },
    'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.',
  ],
  ['Claude: temperature over 1', claude3Haiku, { ...hello, temperature: 2 }, 'temperature: range: 0..1'],
  [
    'Claude 4.5: temperature and top_p',
    haiku45,
    { ...hello, temperature: 0.5, top_p: 0.5 },
    '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
  ],

  [
    'Nova: a Titan body',
    novaMicro,
    bodies.titan('Hello', {}),
    malformed(
      '#: required key [messages] not found#: extraneous key [inputText] is not permitted#: extraneous key [textGenerationConfig] is not permitted',
    ),
  ],
  [
    'Nova: a text instead of blocks',
    novaMicro,
    novaConversation(user('Hello')),
    malformed('#/messages/0/content: expected type: JSONArray, found: String'),
  ],
  [
    'Nova: a blank text',
    novaMicro,
    novaConversation(user([{ text: ' ' }])),
    'The text field in the ContentBlock object at messages.0.content.0 is blank. Add text to the text field, and try again.',
  ],
  [
    'Nova: an empty turn',
    novaMicro,
    novaConversation(user([])),
    'The content field in the Message object at messages.0 is empty. Add a ContentBlock object to the content field and try again.',
  ],
  [
    'Nova: the assistant first',
    novaMicro,
    novaConversation(assistant([{ text: 'Hi' }])),
    'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
  ],
  [
    'Nova: two user turns in a row',
    novaMicro,
    novaConversation(user([{ text: 'Hi' }]), user([{ text: 'Hi' }])),
    'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
  ],
  [
    'Nova: too many tokens',
    novaMicro,
    bodies.nova('Hello', { inferenceConfig: { maxTokens: 10_001 } }),
    'The maximum tokens you requested exceeds the model limit of 10000. Try again with a maximum tokens value that is lower than 10000.',
  ],
  [
    'Nova: a prompt longer than the context',
    novaMicro,
    bodies.nova('word '.repeat(128_001)),
    'Input is too long for requested model.',
  ],

  ['an empty body', titanPremier, '', 'Malformed input request, please reformat your input and try again.'],
  [
    'a body that is not JSON',
    titanPremier,
    '{"inputText": "Hel',
    'Malformed input request, please reformat your input and try again.',
  ],
];

describe('InvokeModel refuses', () => {
  it.each(refused)('%s', async (_, modelId, body, message) => {
    const response = await post(lab.url, encodeURIComponent(modelId), body);
    expect([response.status, response.headers.get('x-amzn-errortype'), await response.json()]).toEqual([
      400,
      'ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/',
      { message },
    ]);
  });

  it.each([
    ['HTTP/2', http2Client],
    ['HTTP/1.1', http1Client],
  ])('as the error class the SDK knows, over %s', async (_, clientFor) => {
    const error = await invoke(clientFor(lab.url), 'no-such-model', hello).catch((caught) => caught);
    expect(error).toBeInstanceOf(ValidationException);
    expect(error).toMatchObject({
      name: 'ValidationException',
      message: invalidIdentifier,
      $metadata: { attempts: 1 },
    });
  });
});

describe('end of life', () => {
  it.each([claude3Haiku, `us.${claude3Haiku}`, titanExpress])(
    'refuses %s from its last day on',
    async (modelId) => {
      await expect(invoke(http1Client(today.url), modelId, hello)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message:
          'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
        $metadata: { httpStatusCode: 404 },
      });
    },
  );

  it('serves a model on the day before', async () => {
    expect(await invoke(http1Client(dayBefore.url), claude3Haiku, hello)).toMatchObject({ type: 'message' });
  });

  it('serves models that are not retired', async () => {
    expect(await invoke(http1Client(today.url), novaMicro, bodies.nova('Hello'))).toMatchObject({
      stopReason: 'end_turn',
    });
  });
});
