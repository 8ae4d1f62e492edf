import { ConverseCommand, type ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../bedrock-models/src/catalogue.ts';
import { isOnDemand } from '../../../bedrock-models/src/profile.ts';
import { scripted } from '../../src/words/scripted.ts';
import { thinksAndCalls } from '../answers.ts';
import {
  claude2,
  claude3Haiku,
  haiku45,
  http1Client,
  http2Client,
  novaMicro,
  titanExpress,
  useEndpoint,
} from '../endpoint.ts';
import { postTo } from '../frames.ts';

const endpoint = useEndpoint();
const scriptedEndpoint = useEndpoint({ words: scripted(() => thinksAndCalls) });
const sum = 'What is 12 * 7?';
const llama3 = 'meta.llama3-8b-instruct-v1:0';
const ask = (text: string) => [{ role: 'user' as const, content: [{ text }] }];

describe.each([
  ['the default HTTP/2 client', http2Client],
  ['the HTTP/1.1 client', http1Client],
])('Converse through %s', (_, clientFor) => {
  it.each([
    ['Titan', titanExpress, '\n12 * 7 = 84'],
    ['Claude text', claude2, ' 12 * 7 = 84'],
    ['Claude Messages', claude3Haiku, '12 * 7 = 84'],
    ['Nova', novaMicro, '12 * 7 = 84'],
    ['Llama 3, which begins with a blank line here and not over InvokeModel', llama3, '\n\n12 * 7 = 84'],
  ])('answers for %s', async (_, modelId, text) => {
    const { $metadata, ...answer } = await clientFor(endpoint.url).send(
      new ConverseCommand({ modelId, messages: ask(sum) }),
    );
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toMatchObject({
      output: { message: { role: 'assistant', content: [{ text }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 6, outputTokens: text.startsWith('\n') ? 6 : 5 },
    });
    expect(answer.usage?.totalTokens).toBe(6 + (answer.usage?.outputTokens ?? 0));
    expect(Number.isInteger(answer.metrics?.latencyMs)).toBe(true);
  });
});

describe('every text model of the catalogue that this region has', () => {
  const client = () => http1Client(endpoint.url);
  const offered = catalogue.filter((model) => isOnDemand(model, 'us-east-1') || model.profiles.length > 0);

  it.each(offered.map((model) => [model.id, model] as const))('%s', async (id, model) => {
    const modelId = isOnDemand(model, 'us-east-1') ? id : `${model.profiles[0]}.${id}`;
    const call = client().send(new ConverseCommand({ modelId, messages: ask(sum) }));
    if (model.refuses?.includes('converse')) {
      await expect(call).rejects.toMatchObject({
        name: 'ValidationException',
        message:
          "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
      });
    } else {
      const { output } = await call;
      const texts = output?.message?.content?.map(({ text = '' }) => text);
      expect(texts?.join('')).toContain('84');
    }
  });
});

describe('the response', () => {
  const converse = async (request: Partial<ConverseCommandInput>, modelId = haiku45) =>
    JSON.parse((await postTo(endpoint.url, modelId, 'converse', { messages: ask(sum), ...request })).text);

  it('has the headers that Converse has, and none of the token counts of InvokeModel', async () => {
    const { headers } = await postTo(endpoint.url, novaMicro, 'converse', { messages: ask(sum) });
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect([...headers.keys()].filter((name) => name.startsWith('x-amzn-bedrock'))).toEqual([]);
  });

  it('has its keys sorted, at every depth', async () => {
    const { text } = await postTo(scriptedEndpoint.url, novaMicro, 'converse', {
      messages: ask(sum),
      toolConfig: { tools: [{ toolSpec: { name: 'x', inputSchema: { json: { type: 'object' } } } }] },
      serviceTier: { type: 'flex' },
      performanceConfig: { latency: 'optimized' },
      additionalModelResponseFieldPaths: ['/stopReason', '/output/message/role'],
    });
    const check = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Array.isArray(value)) expect(Object.keys(value)).toEqual(Object.keys(value).sort());
      Object.values(value).forEach(check);
    };
    check(JSON.parse(text));
    expect(Object.keys(JSON.parse(text))).toEqual([
      'additionalModelResponseFields',
      'metrics',
      'output',
      'performanceConfig',
      'serviceTier',
      'stopReason',
      'usage',
    ]);
  });

  it('writes thoughts and tool calls as blocks', async () => {
    const { text } = await postTo(scriptedEndpoint.url, novaMicro, 'converse', { messages: ask(sum) });
    expect(JSON.parse(text)).toMatchObject({
      output: {
        message: {
          content: [
            {
              reasoningContent: { reasoningText: { text: 'The user wants the weather.' } },
            },
            { text: 'I will look.' },
            {
              toolUse: {
                toolUseId: 'tooluse_p0X002uYQ9y_0fFkBsyYRg',
                name: 'get_weather',
                input: { city: 'Paris', unit: 'celsius' },
              },
            },
            { toolUse: { toolUseId: 'tooluse_0ae1_ahYROawF4OObK5xBg', name: 'get_time', input: {} } },
          ],
        },
      },
      stopReason: 'tool_use',
      usage: { inputTokens: 70, outputTokens: 30, totalTokens: 100 },
    });
  });

  it('gives fields of the model’s own response that the request points to', async () => {
    const answer = await converse({
      inferenceConfig: { stopSequences: ['84'] },
      additionalModelResponseFieldPaths: ['/stop_sequence', '/usage/input_tokens', '/nothing/here'],
    });
    expect(answer.stopReason).toBe('stop_sequence');
    expect(answer.additionalModelResponseFields).toEqual({ stop_sequence: '84', usage: { input_tokens: 6 } });
  });

  it('leaves out additional fields when none are found', async () => {
    const answer = await converse({ additionalModelResponseFieldPaths: ['/nothing'] });
    expect(answer).not.toHaveProperty('additionalModelResponseFields');
  });

  it('keeps the token limit and the stop sequences', async () => {
    expect(await converse({ inferenceConfig: { maxTokens: 2 } })).toMatchObject({
      output: { message: { content: [{ text: '12 *' }] } },
      stopReason: 'max_tokens',
      usage: { outputTokens: 2 },
    });
  });

  it('reads the system prompt, earlier turns and a begun answer', async () => {
    const answer = await converse({
      system: [{ text: 'Answer with exactly one of: positive, negative.' }],
      messages: [
        { role: 'user', content: [{ text: 'What a wonderful evening.' }] },
        { role: 'assistant', content: [{ text: '<label>' }] },
      ],
    });
    expect(answer.output.message.content).toEqual([{ text: 'positive</label>' }]);
  });

  it('is the same for the same request, but for the time it took', async () => {
    const [one, other] = await Promise.all([converse({}), converse({})]);
    expect({ ...one, metrics: 0 }).toEqual({ ...other, metrics: 0 });
  });

  it('takes members it does not know, and those that are null', async () => {
    const body = {
      messages: ask(sum),
      unknown: { a: 1 },
      system: null,
      inferenceConfig: { topK: 5, maxTokens: null },
    };
    expect((await postTo(endpoint.url, novaMicro, 'converse', body)).status).toBe(200);
  });
});

describe('ids and headers', () => {
  it.each([
    ['raw', novaMicro],
    ['percent-encoded', encodeURIComponent(novaMicro)],
    ['an ARN as one segment', encodeURIComponent(`arn:aws:bedrock:us-east-1::foundation-model/${novaMicro}`)],
    ['a raw ARN', `arn:aws:bedrock:us-east-1::foundation-model/${novaMicro}`],
    [
      'a profile ARN',
      encodeURIComponent(`arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${novaMicro}`),
    ],
  ])('takes %s ids for every operation', async (_, id) => {
    const converseBody = JSON.stringify({ messages: ask(sum) });
    for (const operation of ['converse', 'converse-stream', 'invoke', 'invoke-with-response-stream']) {
      const response = await fetch(`${endpoint.url}/model/${id}/${operation}`, {
        method: 'POST',
        body: converseBody,
      });
      expect([operation, response.status]).toEqual([operation, 200]);
      await response.arrayBuffer();
    }
  });

  it.each([
    {},
    { 'content-type': 'application/json', accept: 'application/json' },
    { 'content-type': 'application/octet-stream', accept: '*/*' },
    { 'content-type': 'application/json; charset=utf-8', accept: 'application/vnd.amazon.eventstream' },
  ])('takes the headers %j', async (headers) => {
    const { status } = await postTo(
      endpoint.url,
      novaMicro,
      'converse',
      { messages: ask(sum) },
      headers as never,
    );
    expect(status).toBe(200);
  });
});
