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
  titanExpress,
  useEndpoint,
} from './endpoint.ts';
import { postTo } from './frames.ts';

const endpoint = useEndpoint();
const sum = 'What is 12 * 7?';

describe.each([
  ['the default HTTP/2 client', http2Client],
  ['the HTTP/1.1 client', http1Client],
])('InvokeModel through %s', (_, clientFor) => {
  it('answers Titan Text', async () => {
    expect(await invoke(clientFor(endpoint.url), titanExpress, bodies.titan(sum))).toEqual({
      inputTextTokenCount: 6,
      results: [{ tokenCount: 6, outputText: '\n12 * 7 = 84', completionReason: 'FINISH' }],
    });
  });

  it('answers Claude text completions', async () => {
    expect(await invoke(clientFor(endpoint.url), claude2, bodies.claudeText(sum))).toEqual({
      completion: ' 12 * 7 = 84',
      stop_reason: 'stop_sequence',
      stop: '\n\nHuman:',
    });
  });

  it('answers Claude Messages', async () => {
    expect(await invoke(clientFor(endpoint.url), claude3Haiku, bodies.claude(sum))).toEqual({
      id: expect.stringMatching(/^msg_bdrk_01[1-9A-HJ-NP-Za-km-z]{22}$/),
      type: 'message',
      role: 'assistant',
      model: 'claude-3-haiku-20240307',
      content: [{ type: 'text', text: '12 * 7 = 84' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 6, output_tokens: 5 },
    });
  });

  it('answers newer Claude models, which tell of their prompt cache', async () => {
    const answer = await invoke(clientFor(endpoint.url), haiku45, bodies.claude(sum));
    expect(Object.keys(answer)[0]).toBe('model');
    expect(answer.usage).toEqual({
      input_tokens: 6,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 5,
    });
  });

  it('answers Nova', async () => {
    expect(await invoke(clientFor(endpoint.url), novaMicro, bodies.nova(sum))).toEqual({
      output: { message: { content: [{ text: '12 * 7 = 84' }], role: 'assistant' } },
      stopReason: 'end_turn',
      usage: {
        inputTokens: 6,
        outputTokens: 5,
        totalTokens: 11,
        cacheReadInputTokenCount: 0,
        cacheWriteInputTokenCount: 0,
      },
    });
  });

  it('gives the request id and the status in $metadata', async () => {
    const client = clientFor(endpoint.url);
    const { InvokeModelCommand } = await import('@aws-sdk/client-bedrock-runtime');
    const { $metadata, contentType } = await client.send(
      new InvokeModelCommand({ modelId: novaMicro, body: JSON.stringify(bodies.nova(sum)) }),
    );
    expect({ status: $metadata.httpStatusCode, attempts: $metadata.attempts, contentType }).toEqual({
      status: 200,
      attempts: 1,
      contentType: 'application/json',
    });
    expect($metadata.requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  });

  it('answers many calls at once', async () => {
    const client = clientFor(endpoint.url);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        invoke(client, claude3Haiku, bodies.claude(`What is ${index} + 1?`)),
      ),
    );
    expect(answers.map(({ content }) => content[0].text)).toEqual(
      Array.from({ length: 20 }, (_, index) => `${index} + 1 = ${index + 1}`),
    );
  });
});

describe('where an answer ends', () => {
  const client = () => http1Client(endpoint.url);
  const story = 'Tell me a story about a fox.';

  it('cuts Titan at 128 tokens when the request does not say', async () => {
    const reaction =
      'User: Give an acid-base neutralization: {{chemical1}} + {{chemical2}} -> {{chemical3}} + {{chemical4}}\nBot:';
    const { results } = await invoke(client(), titanExpress, bodies.titan(reaction));
    expect(results).toEqual([
      { tokenCount: 128, outputText: expect.any(String), completionReason: 'LENGTH' },
    ]);
  });

  it.each([
    [
      'Titan',
      titanExpress,
      bodies.titan(story, { maxTokenCount: 5 }),
      { results: [{ tokenCount: 5, completionReason: 'LENGTH' }] },
    ],
    [
      'Claude text',
      claude2,
      bodies.claudeText(story, { max_tokens_to_sample: 5 }),
      { stop_reason: 'max_tokens', stop: null },
    ],
    [
      'Claude Messages',
      claude3Haiku,
      bodies.claude(story, { max_tokens: 5 }),
      { stop_reason: 'max_tokens', usage: { output_tokens: 5 } },
    ],
    [
      'Nova',
      novaMicro,
      bodies.nova(story, { inferenceConfig: { maxTokens: 5 } }),
      { stopReason: 'max_tokens', usage: { outputTokens: 5 } },
    ],
    [
      'Nova, older spelling',
      novaMicro,
      bodies.nova(story, { inferenceConfig: { max_new_tokens: 5 } }),
      { stopReason: 'max_tokens', usage: { outputTokens: 5 } },
    ],
  ])('keeps the token limit: %s', async (_, model, body, expected) => {
    expect(await invoke(client(), model, body)).toMatchObject(expected);
  });

  it.each([
    [
      'Titan',
      titanExpress,
      bodies.titan('Context: The sign says A | B.\n\nQuestion: What does the sign say?', {
        stopSequences: ['|'],
      }),
      { results: [{ outputText: '\nThe sign says A ', completionReason: 'STOP_CRITERIA_MET' }] },
    ],
    [
      'Claude text',
      claude2,
      bodies.claudeText(sum, { stop_sequences: ['8', '='] }),
      { completion: ' 12 * 7 ', stop: '=' },
    ],
    [
      'Claude Messages',
      claude3Haiku,
      bodies.claude(sum, { stop_sequences: ['84'] }),
      { content: [{ text: '12 * 7 = ' }], stop_reason: 'stop_sequence', stop_sequence: '84' },
    ],
    [
      'Nova 2',
      'us.amazon.nova-2-lite-v1:0',
      bodies.nova(sum, { inferenceConfig: { stopSequences: ['7'] } }),
      { output: { message: { content: [{ text: '12 * ' }] } }, stopReason: 'stop_sequence' },
    ],
  ])('stops before a stop sequence: %s', async (_, model, body, expected) => {
    expect(await invoke(client(), model, body)).toMatchObject(expected);
  });

  it('stops behind a stop sequence, as by itself: the first Nova', async () => {
    const body = bodies.nova(sum, { inferenceConfig: { stopSequences: ['7', '84'] } });
    expect(await invoke(client(), novaMicro, body)).toMatchObject({
      output: { message: { content: [{ text: '12 * 7' }] } },
      stopReason: 'end_turn',
      usage: { outputTokens: 4 },
    });
  });

  it('gives Claude no content block when it stops before the first word', async () => {
    expect(
      await invoke(client(), claude3Haiku, bodies.claude(sum, { stop_sequences: ['12'] })),
    ).toMatchObject({
      content: [],
      stop_reason: 'stop_sequence',
    });
  });
});

describe('the settings in headers', () => {
  const send = (operation: string, headers: Record<string, string>) =>
    postTo(endpoint.url, novaMicro, operation, bodies.nova(sum), headers);

  it.each(['invoke', 'invoke-with-response-stream'])(
    'come back where the service sends them back: %s',
    async (operation) => {
      const { status, headers } = await send(operation, {
        'x-amzn-bedrock-performanceconfig-latency': 'optimized',
        'x-amzn-bedrock-service-tier': 'flex',
        'x-amzn-bedrock-trace': 'DISABLED',
        'x-amzn-bedrock-request-metadata': '{"team":"a"}',
      });
      expect([
        status,
        headers.get('x-amzn-bedrock-performanceconfig-latency'),
        headers.get('x-amzn-bedrock-service-tier'),
        headers.get('x-amzn-bedrock-trace'),
      ]).toEqual([200, 'optimized', 'flex', null]);
    },
  );

  it.each([
    ['x-amzn-bedrock-performanceconfig-latency', 'performanceConfigLatency', 'low', '[optimized, standard]'],
    ['x-amzn-bedrock-trace', 'trace', 'yes', '[ENABLED, DISABLED, ENABLED_FULL]'],
  ])('are refused when they are not known: %s', async (header, member, value, set) => {
    const { status, text } = await send('invoke', { [header]: value });
    expect([status, JSON.parse(text).message]).toEqual([
      400,
      `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: ${set}`,
    ]);
  });

  it('names no tier that there is not', async () => {
    const { status, text } = await send('invoke', { 'x-amzn-bedrock-service-tier': 'fast' });
    expect([status, JSON.parse(text).message]).toEqual([400, 'service tier provided is invalid']);
  });
});

describe('what a request may contain', () => {
  const client = () => http1Client(endpoint.url);

  it('reads content blocks, a system prompt and a begun answer', async () => {
    const body = {
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 50,
      system: [{ type: 'text', text: 'Answer with exactly one of: positive, negative.' }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'What a wonderful evening.' }] },
        { role: 'assistant', content: '<label>' },
      ],
    };
    expect((await invoke(client(), haiku45, body)).content).toEqual([
      { type: 'text', text: 'positive</label>' },
    ]);
  });

  it('lets through what it does not read: pictures and tools', async () => {
    const body = bodies.claude(sum, { tools: [{ name: 'get_weather', input_schema: { type: 'object' } }] });
    const picture = {
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
    };
    body.messages = [{ role: 'user', content: [picture, { type: 'text', text: sum }] as never }];
    expect((await invoke(client(), claude3Haiku, body)).content[0].text).toBe('12 * 7 = 84');
  });

  it("takes the version that Anthropic's SDKs write into the body", async () => {
    const body = { ...bodies.claude(sum), anthropic_version: '2026-10-21' };
    expect((await invoke(client(), haiku45, body)).content[0].text).toBe('12 * 7 = 84');
  });

  it('takes a system prompt in front of the first turn of a text completion', async () => {
    const body = bodies.claudeText(sum);
    body.prompt = `Be brief.${body.prompt}`;
    expect((await invoke(client(), 'anthropic.claude-v2:1', body)).completion).toBe(' 12 * 7 = 84');
  });
});
