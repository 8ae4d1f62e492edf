import { CountTokensCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import fc from '../../../test/properties.ts';
import {
  bodies,
  claude3Haiku,
  haiku45,
  http1Client,
  http2Client,
  novaMicro,
  post,
  titanExpress,
  useEndpoint,
} from './endpoint.ts';
import { postTo } from './frames.ts';

const endpoint = useEndpoint();
const today = useEndpoint({ era: 'today', today: '2026-11-23' });

/** The base id: CountTokens takes no inference profile, though inference needs one. */
const counted = 'anthropic.claude-haiku-4-5-20251001-v1:0';

const words = fc.array(
  fc.constantFrom('What', ' is', ' 12 * 7', '?', ' 東京', '\n', ' 😀', ' tokenization'),
  {
    minLength: 1,
    maxLength: 12,
  },
);
const text = words.map((parts) => `a${parts.join('')}`);
const image = {
  format: 'png',
  source: {
    bytes: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  },
};
const block = fc.oneof(
  text.map((value) => ({ text: value })),
  fc.constant({ image }),
  text.map((value) => ({ guardContent: { text: { text: value } } })),
  fc.constant({ cachePoint: { type: 'default' } }),
  text.map((value) => ({ searchResult: { source: 'x', title: 'T', content: [{ text: value }] } })),
  text.map((value) => ({
    document: { name: 'notes', format: 'md', source: { bytes: Buffer.from(value).toString('base64') } },
  })),
);
const tool = fc.record({
  name: fc.constantFrom('get_weather', 'get_time', 'search'),
  description: text,
  inputSchema: fc.record({
    json: fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b'), fc.constant({ type: 'string' })),
    }),
  }),
});

/** A conversation with a tool call in its middle, or without one. */
const request = fc
  .record({
    first: fc.uniqueArray(block, { maxLength: 3, selector: (value) => Object.keys(value)[0] }),
    system: fc.option(text, { nil: undefined }),
    tools: fc.uniqueArray(tool, { maxLength: 3, selector: ({ name }) => name }),
    input: fc.dictionary(fc.constantFrom('city', 'day'), text),
    output: text,
  })
  .map(({ first, system, tools, input, output }) => ({
    messages: [
      // A cache point may not stand behind a document.
      {
        role: 'user',
        content: [
          { text: 'Hello' },
          ...first.filter((part) => 'cachePoint' in part),
          ...first.filter((part) => !('cachePoint' in part)),
        ],
      },
      ...(tools.length === 0
        ? []
        : [
            {
              role: 'assistant',
              content: [
                { reasoningContent: { reasoningText: { text: output, signature: 'x' } } },
                { toolUse: { toolUseId: 'a', name: tools[0]?.name, input } },
              ],
            },
            {
              role: 'user',
              content: [
                { toolResult: { toolUseId: 'a', content: [{ text: output }, { json: input }, { image }] } },
              ],
            },
          ]),
    ],
    ...(system !== undefined && { system: [{ text: system }] }),
    ...(tools.length === 0 ? {} : { toolConfig: { tools: tools.map((toolSpec) => ({ toolSpec })) } }),
  }));

const count = async (input: unknown, url = endpoint.url, modelId = counted) => {
  const { status, text: body } = await postTo(url, modelId, 'count-tokens', { input });
  return [status, JSON.parse(body)];
};
const native = (body: unknown) => ({
  invokeModel: { body: Buffer.from(JSON.stringify(body)).toString('base64') },
});

describe.each([
  ['the default HTTP/2 client', http2Client],
  ['the HTTP/1.1 client', http1Client],
])('CountTokens through %s', (_, clientFor) => {
  it('counts a Converse request', async () => {
    const { inputTokens } = await clientFor(endpoint.url).send(
      new CountTokensCommand({
        modelId: counted,
        input: { converse: { messages: [{ role: 'user', content: [{ text: 'What is 12 * 7?' }] }] } },
      }),
    );
    expect(inputTokens).toBe(6);
  });

  it('counts an InvokeModel body', async () => {
    const body = new TextEncoder().encode(JSON.stringify(bodies.claude('What is 12 * 7?')));
    const { inputTokens } = await clientFor(endpoint.url).send(
      new CountTokensCommand({ modelId: counted, input: { invokeModel: { body } } }),
    );
    expect(inputTokens).toBe(6);
  });
});

describe('CountTokens', () => {
  it('agrees with the usage of the same Converse request, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (converse) => {
        const [status, body] = await count({ converse });
        const used = JSON.parse((await postTo(endpoint.url, haiku45, 'converse', converse)).text);
        expect([status, body]).toEqual([200, { inputTokens: used.usage?.inputTokens }]);
      }),
      { numRuns: 100 },
    );
  });

  it('agrees with the usage of the same InvokeModel body', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, async (question, system) => {
        const body = bodies.claude(question, {
          system,
          tools: [{ name: 'x', description: question, input_schema: { type: 'object' } }],
        });
        const { headers } = await post(endpoint.url, haiku45, body);
        const inputTokens = Number(headers.get('x-amzn-bedrock-input-token-count'));
        expect(await count(native(body))).toEqual([200, { inputTokens }]);
      }),
      { numRuns: 50 },
    );
  });

  it('counts more for more: a system prompt, a tool, a picture, a document', async () => {
    const hello = { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] };
    const [, { inputTokens: plain }] = await count({ converse: hello });
    const toolConfig = { tools: [{ toolSpec: { name: 'x', inputSchema: { json: { type: 'object' } } } }] };
    const more = [
      { ...hello, system: [{ text: 'Be brief.' }] },
      { ...hello, toolConfig },
      { messages: [{ role: 'user', content: [{ text: 'Hello' }, { image }] }] },
      {
        messages: [
          {
            role: 'user',
            content: [{ text: 'Hello' }, { document: { name: 'a', source: { text: 'A note.' } } }],
          },
        ],
      },
    ];
    for (const converse of more) {
      const [status, { inputTokens }] = await count({ converse });
      expect(status).toBe(200);
      expect(inputTokens).toBeGreaterThan(plain);
    }
  });

  const hello = { converse: { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] } };
  const unsupported = { message: "The provided model doesn't support counting tokens." };

  it.each([
    ['an inference profile', haiku45],
    ['the ARN of one', `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${haiku45}`],
    ['a model that does not count', novaMicro],
    ['Llama', 'meta.llama3-8b-instruct-v1:0'],
    ['gpt-oss', 'openai.gpt-oss-20b-1:0'],
    ['Titan', titanExpress],
    ['DeepSeek', 'deepseek.v3-v1:0'],
  ])('refuses %s', async (_, modelId) => {
    expect(await count(hello, endpoint.url, modelId)).toEqual([400, unsupported]);
  });

  it('takes the ARN of a foundation model', async () => {
    const arn = `arn:aws:bedrock:us-east-1::foundation-model/${counted}`;
    expect(await count(hello, endpoint.url, arn)).toEqual([200, { inputTokens: 1 }]);
  });

  it('refuses an unknown id and a retired model', async () => {
    expect(await count(hello, endpoint.url, 'no-such-model')).toEqual([
      400,
      { message: 'The provided model identifier is invalid.' },
    ]);
    expect((await count(hello, today.url, claude3Haiku))[0]).toBe(404);
    expect((await count(hello, today.url, titanExpress))[0]).toBe(404);
  });

  it.each<[string, unknown, string]>([
    [
      'no input',
      undefined,
      "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must not be null",
    ],
    [
      'an empty input',
      {},
      'CountTokensInput object at input must set one of the following keys: invokeModel, converse.',
    ],
    [
      'a conversation that Converse refuses',
      { converse: { messages: [] } },
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    ],
    [
      'a body that InvokeModel refuses',
      native({ prompt: 'Hi' }),
      '"claude-haiku-4-5-20251001" is not supported on this API. Please use the Messages API instead.',
    ],
    [
      'a body that is no JSON',
      { invokeModel: { body: 'eyJ4' } },
      'Malformed input request, please reformat your input and try again.',
    ],
  ])('refuses %s', async (_, input, message) => {
    expect(await count(input)).toEqual([400, { message }]);
  });
});
