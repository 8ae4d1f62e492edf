import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import {
  buildInvokeBody,
  Conversation,
  costOf,
  countCost,
  createClient,
  embed,
  invokeText,
  limitCost,
  showCost,
} from 'lib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sessionMeter } from '../../../lib/call/session-cost.ts';
import { checkEnvironment } from '../../../lib/notebook/preflight.ts';
import { writeFrame } from '../../../packages/local-bedrock/test/frames.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { serveOnce } from '../../one-answer.ts';

const endpoint = useLocalBedrock();
const modelId = 'amazon.nova-micro-v1:0';
const prompt = 'How do I conjugate taberu (to eat)? My name is Aiko.';
let printed: string[];

/** A kernel begins, with this environment. Its endpoint plays AWS, unless `LOCAL_BEDROCK_ERA` says that it is local. */
function beginKernel(env: Readonly<Record<string, string | undefined>> = {}): void {
  vi.stubGlobal(Symbol.for('lib.session-meter') as never, undefined);
  vi.stubGlobal('__tslab__', {});
  const all = { LOCAL_BEDROCK_ERA: undefined, BEDROCK_MAX_COST_USD: undefined, ...env };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', endpoint().url);
}

beforeEach(() => {
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const converseInput = { modelId, messages: [{ role: 'user' as const, content: [{ text: prompt }] }] };
const invokeInput = {
  modelId,
  contentType: 'application/json',
  accept: 'application/json',
  body: JSON.stringify(buildInvokeBody('nova', prompt, { maxTokens: 400 })),
};

/** Every kind of call that is billed by tokens. */
const calls: Readonly<Record<string, (client: BedrockRuntimeClient) => Promise<unknown>>> = {
  Converse: (client) => client.send(new ConverseCommand(converseInput)),
  ConverseStream: async (client) => {
    const { stream = [] } = await client.send(new ConverseStreamCommand(converseInput));
    for await (const _ of stream);
  },
  InvokeModel: (client) => client.send(new InvokeModelCommand(invokeInput)),
  InvokeModelWithResponseStream: async (client) => {
    const { body = [] } = await client.send(new InvokeModelWithResponseStreamCommand(invokeInput));
    for await (const _ of body);
  },
  invokeText: (client) => invokeText(client, modelId, prompt, { maxTokens: 400 }),
  'Conversation.send': (client) => new Conversation({ client, modelId }).send(prompt),
  'Conversation.stream': (client) => new Conversation({ client, modelId }).stream(prompt).result,
};

describe.each(Object.entries(calls))('%s in a notebook', (_, call) => {
  it('is counted once, by the tokens that Bedrock told', async () => {
    beginKernel();
    await call(createClient(clientFor(endpoint().url)));
    const { calls: counted, tokens, costUsd } = sessionMeter();
    const other = await invokeText(createClient(clientFor(endpoint().url)), modelId, prompt);
    expect(counted).toBe(1);
    expect(tokens.input).toBe(other.usage?.inputTokens);
    expect(tokens.output).toBeGreaterThan(30);
    expect(costUsd).toBe(costOf({ inputTokens: tokens.input, outputTokens: tokens.output }, modelId));
  });

  it('is refused before it is sent when it could pass the limit, with the way to raise it', async () => {
    beginKernel({ BEDROCK_MAX_COST_USD: '0.0000001' });
    const client = createClient(clientFor(endpoint().url));
    await expect(call(client)).rejects.toMatchObject({
      kind: 'limit',
      message: expect.stringContaining('more than the limit of $0.00000010'),
      hint: expect.stringMatching(/limitCost\(5\).*BEDROCK_MAX_COST_USD=5.*Nothing was sent/),
    });
    expect(sessionMeter().calls).toBe(0);
    limitCost(1);
    await call(client);
    expect(sessionMeter().calls).toBe(1);
  });
});

describe('the limit of a notebook', () => {
  it('is one dollar on AWS, and preflight says so', async () => {
    beginKernel();
    expect(sessionMeter().maxCostUsd).toBe(1);
    const { environment } = await checkEnvironment([]);
    expect(environment.find(({ what }) => what === 'Endpoint')?.note).toContain(
      'at most $1.00 in this kernel',
    );
  });

  it('is not there on the local endpoint, where the total says that it costs nothing', async () => {
    beginKernel({ LOCAL_BEDROCK_ERA: 'lab', BEDROCK_MAX_COST_USD: '0.0000001' });
    await invokeText(createClient(clientFor(endpoint().url)), modelId, 'What is 2 + 2?');
    showCost();
    expect(printed).toEqual([
      expect.stringMatching(
        /^Cost so far: 1 call, \d+ tokens in and \d+ out: \$0\.0\d+ on AWS, nothing here$/,
      ),
    ]);
  });

  it('holds calls at the same time together', async () => {
    const each = costOf({ inputTokens: 200, outputTokens: 512 }, modelId) ?? 0;
    beginKernel({ BEDROCK_MAX_COST_USD: String(each * 3) });
    const client = createClient(clientFor(endpoint().url));
    const twenty = Array.from({ length: 20 }, () => invokeText(client, modelId, 'What is 2 + 2?'));
    const outcomes = await Promise.allSettled(twenty);
    const refused = outcomes.filter(({ status }) => status === 'rejected').length;
    expect(refused).toBeGreaterThan(14);
    expect(refused).toBeLessThan(20);
  });

  it('refuses on AWS a model whose price is not known, and counts it where nothing is limited', async () => {
    const unknown = { ...converseInput, modelId: 'us.anthropic.claude-opus-4-1-20250805-v1:0' };
    beginKernel();
    const client = createClient(clientFor(endpoint().url));
    await expect(client.send(new ConverseCommand(unknown))).rejects.toMatchObject({
      kind: 'limit',
      message: expect.stringContaining('is not known'),
      hint: expect.stringContaining('limitCost(undefined)'),
    });
    limitCost(undefined);
    await client.send(new ConverseCommand(unknown));
    showCost();
    expect(printed[0]).toContain('cost unknown (no price for us.anthropic.claude-opus-4-1');
  });

  it('refuses a variable that is no amount, with the next step', () => {
    beginKernel({ BEDROCK_MAX_COST_USD: 'five' });
    expect(() => sessionMeter()).toThrow(expect.objectContaining({ kind: 'request' }));
  });
});

describe('what is counted', () => {
  it('is a stream that was left by what had come, and nothing of a call that was refused', async () => {
    beginKernel();
    const client = createClient(clientFor(endpoint().url));
    await expect(client.send(new ConverseCommand({ ...converseInput, messages: [] }))).rejects.toThrow();
    expect(sessionMeter().calls).toBe(0);
    for await (const delta of new Conversation({ client, modelId }).stream(prompt))
      if (delta.type === 'text') break;
    await vi.waitFor(() => expect(sessionMeter().calls).toBe(1), { timeout: 60_000 });
    expect(sessionMeter().tokens.output).toBeGreaterThan(0);
    expect(sessionMeter().tokens.output).toBeLessThan(60);
  });

  it('is the prompt as well of a stream that was left, also where it is written to a cache', async () => {
    beginKernel();
    const words = 'A word or two. '.repeat(2_000);
    const content = [{ text: words }, { cachePoint: { type: 'default' as const } }, { text: prompt }];
    const { stream = [] } = await createClient(clientFor(endpoint().url)).send(
      new ConverseStreamCommand({ ...converseInput, messages: [{ role: 'user', content }] }),
    );
    for await (const event of stream) if (event.contentBlockDelta) break;
    expect(sessionMeter().calls).toBe(1);
    expect(sessionMeter().tokens.input).toBeGreaterThan(5_000);
  });

  it('is no stream that was turned away before its first event', async () => {
    beginKernel();
    const turned = 'throttlingException';
    const frames = writeFrame(turned, { message: 'Too many requests.' }, 'exception');
    const server = await serveOnce(200, frames, { 'content-type': 'application/vnd.amazon.eventstream' });
    const client = createClient(clientFor(server.url));
    const read = async () => {
      const { stream = [] } = await client.send(new ConverseStreamCommand(converseInput));
      for await (const _ of stream);
    };
    await expect(read()).rejects.toMatchObject({ name: 'ThrottlingException' });
    await server.close();
    expect(sessionMeter().calls).toBe(0);
  });

  it('is a picture in a body by what a picture has, and a body that is still to be read by the longest', () => {
    beginKernel({ BEDROCK_MAX_COST_USD: '0.05' });
    const content = [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(640_000) } },
      { type: 'text', text: 'What is in the picture?' },
    ];
    const body = JSON.stringify({ max_tokens: 100, messages: [{ role: 'user', content }] });
    const sonnet = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
    const client = createClient(clientFor('http://127.0.0.1:1'));
    const send = (body: string | Blob) =>
      client.send(new InvokeModelCommand({ modelId: sonnet, body: body as string }));
    return Promise.all([
      expect(send(body)).rejects.not.toMatchObject({ kind: 'limit' }),
      expect(send(new Blob([body]))).rejects.toMatchObject({ kind: 'limit' }),
    ]);
  });

  it('is priced at the tier that InvokeModel was asked for', async () => {
    beginKernel({ LOCAL_BEDROCK_ERA: 'lab' });
    const client = createClient(clientFor(endpoint().url));
    await client.send(new InvokeModelCommand({ ...invokeInput, serviceTier: 'flex' }));
    const { tokens } = sessionMeter();
    const usage = { inputTokens: tokens.input, outputTokens: tokens.output };
    expect(sessionMeter().costUsd).toBe(costOf(usage, modelId, 'flex'));
    expect(sessionMeter().costUsd).not.toBe(costOf(usage, modelId));
  });

  it('leaves a chunk that cannot be read to the one who reads it', async () => {
    beginKernel();
    const chunk = writeFrame('chunk', { bytes: Buffer.from('no JSON').toString('base64') });
    const server = await serveOnce(200, chunk, { 'content-type': 'application/vnd.amazon.eventstream' });
    const { body = [] } = await createClient(clientFor(server.url)).send(
      new InvokeModelWithResponseStreamCommand(invokeInput),
    );
    const texts: string[] = [];
    for await (const { chunk } of body) texts.push(Buffer.from(chunk?.bytes ?? []).toString());
    await server.close();
    expect(texts).toEqual(['no JSON']);
    expect(sessionMeter().calls).toBe(1);
  });

  it('is an embedding, by its prompt', async () => {
    beginKernel();
    const client = createClient(clientFor(endpoint().url));
    await embed(client, 'amazon.titan-embed-text-v2:0', ['one text']);
    expect(sessionMeter().tokens).toEqual({ input: expect.any(Number), output: 0 });
    expect(sessionMeter().costUsd).toBeGreaterThan(0);
  });

  it('is a bare client of the SDK once countCost was told of it, and no client outside a notebook', async () => {
    beginKernel();
    Reflect.deleteProperty(globalThis, '__tslab__');
    await invokeText(createClient(clientFor(endpoint().url)), modelId, 'What is 2 + 2?');
    const bare = new BedrockRuntimeClient(clientFor(endpoint().url));
    expect(sessionMeter().calls).toBe(0);
    countCost(countCost(bare));
    await bare.send(new ConverseCommand(converseInput));
    expect(sessionMeter().calls).toBe(1);
    expect(sessionMeter().maxCostUsd).toBeUndefined();
  });
});
