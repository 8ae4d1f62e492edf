import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Agent,
  Conversation,
  CostMeter,
  categorize,
  classify,
  classifyAll,
  converse,
  createClient,
  embed,
  extract,
  invokeText,
  LibError,
  type ModelRef,
  regress,
  resolveModel,
  type TaskInput,
} from 'lib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { failureOf } from '../converse/scripted-conversation.ts';
import { novaMicro, scriptedModel } from './scripted-model.ts';

const lite = 'amazon.nova-lite-v1:0';
const labels = ['bug', 'wish'] as const;
const schema = z.object({
  total: z.number().min(0),
  lines: z.array(z.object({ name: z.string() })).optional(),
});
const invoice = { total: 12.5, lines: [{ name: 'Lamp' }] };
const png = Buffer.from('89504e470d0a1a0a', 'hex');
const scan = { image: { format: 'png', source: { bytes: png } } } as const;
const pdf = {
  document: { format: 'pdf', name: 'invoice', source: { bytes: Buffer.from('%PDF-1.7') } },
} as const;

describe('A task on what is no text', () => {
  const asks: readonly [
    string,
    (client: Parameters<typeof classify>[0], input: TaskInput) => Promise<unknown>,
    string,
  ][] = [
    ['classify', (client, input) => classify(client, lite, input, { labels }), 'bug'],
    ['categorize', (client, input) => categorize(client, lite, input, { categories: labels }), 'bug'],
    [
      'regress',
      (client, input) => regress(client, lite, input, { instruction: 'How many?', minimum: 0, maximum: 9 }),
      '4',
    ],
    ['extract', (client, input) => extract(client, lite, input, { schema }), JSON.stringify(invoice)],
  ];

  it.each(asks)('%s sends pictures and documents before its prompt', async (_, ask, answer) => {
    const { client, bodies } = await scriptedModel(() => answer);
    await ask(client, [scan, pdf, { text: 'The second page is missing.' }]);
    const [message] = (bodies[0]?.messages ?? []) as { content: Record<string, unknown>[] }[];
    const content = message?.content ?? [];
    expect(content.map((block) => Object.keys(block)[0])).toEqual(['image', 'document', 'text']);
    const { text } = content[2] as { text: string };
    expect(text).toContain('What is attached is data as well.\n<text>The second page is missing.</text>');
  });

  it.each(asks)('%s takes nothing else, and says so', async (name, ask) => {
    const { client, bodies } = await scriptedModel([]);
    for (const wrong of [[], undefined, 7, ['text'], null, { text: 'x' }]) {
      const failure = await failureOf(ask(client, wrong as never));
      expect([failure.kind, failure.message.startsWith(name)]).toEqual(['request', true]);
    }
    expect(bodies).toEqual([]);
  });

  it('a document is read at the local endpoint, over its socket', async () => {
    const client = createClient(clientFor(endpoint().url));
    const bytes = Buffer.from('Invoice\nname: Ann Lee\nemail: ann@example.com');
    const note = { document: { format: 'txt', name: 'note', source: { bytes } } } as const;
    const { value } = await extract(client, lite, [note], { schema: z.object({ email: z.string() }) });
    expect(value).toEqual({ email: 'ann@example.com' });
  });
  const endpoint = useLocalBedrock();
});

describe('A task passes on what Converse takes', () => {
  it('guardrail, tier, metadata, system prompt and stop sequences', async () => {
    const { client, bodies } = await scriptedModel(['bug']);
    const given = {
      guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' },
      serviceTier: { type: 'flex' },
      requestMetadata: { team: 'a' },
    } as const;
    await classify(client, lite, 'Hm', {
      labels,
      ...given,
      system: 'Be brief.',
      stopSequences: ['\n'],
      topP: 0.5,
    });
    expect(bodies[0]).toMatchObject({
      ...given,
      system: [{ text: 'Be brief.' }],
      inferenceConfig: { maxTokens: 50, temperature: 0, topP: 0.5, stopSequences: ['\n'] },
    });
  });

  it('keeps what its prompts share in the cache, on request', async () => {
    const { client, bodies } = await scriptedModel(['neither', 'bug', 'wish']);
    const options = { labels, examples: [{ text: 'It crashes', label: 'bug' }], cachePrompt: true };
    await classify(client, lite, 'First', options);
    await classify(client, lite, 'Second', options);
    const contents = bodies.map(
      (body) => (body.messages as { content: Record<string, string>[] }[])[0]?.content,
    );
    expect(contents.map((content) => content?.map((block) => Object.keys(block)[0]))).toEqual(
      new Array(3).fill(['text', 'cachePoint', 'text']),
    );
    expect(new Set(contents.map((content) => content?.[0]?.text)).size).toBe(1);
    expect(contents[1]?.[2]?.text).toContain('could not be used: <answer>neither</answer>');
    expect(contents[2]?.[2]?.text).toContain('<text>Second</text>');
  });

  it('does not ask again what a guardrail has stopped', async () => {
    const { client, bodies } = await scriptedModel(() => ({
      text: 'bug',
      stopReason: 'guardrail_intervened',
    }));
    const failure = await failureOf(classify(client, lite, 'Hm', { labels }));
    expect(failure).toMatchObject({ kind: 'answer', hint: expect.stringContaining('guardrail') });
    expect(bodies).toHaveLength(1);
  });
});

describe('JSON', () => {
  const native = 'openai.gpt-oss-120b-1:0';
  const formatOf = (body: Record<string, unknown> | undefined) => {
    const { structure } = (
      body?.outputConfig as { textFormat?: { structure: { jsonSchema: { schema: string } } } }
    )?.textFormat ?? { structure: undefined };
    return structure && JSON.parse(structure.jsonSchema.schema);
  };

  it('is held to the schema by Bedrock where the model has that, with every object closed', async () => {
    const { client, bodies, prompts } = await scriptedModel([JSON.stringify(invoice)]);
    const { value, raw } = await extract(client, native, 'A lamp, $12.50', { schema });
    expect(value).toEqual(invoice);
    expect(JSON.parse(raw)).toEqual(invoice);
    expect(formatOf(bodies[0])).toEqual({
      type: 'object',
      properties: {
        total: { type: 'number' },
        lines: {
          type: 'array',
          items: {
            type: 'object',
            properties: { name: { type: 'string' } },
            required: ['name'],
            additionalProperties: false,
          },
        },
      },
      required: ['total'],
      additionalProperties: false,
    });
    expect(prompts[0]).not.toContain('<schema>');
  });

  it.each([
    [
      'has members without names',
      z.object({ prices: z.record(z.string(), z.number()) }),
      { prices: { a: 1 } },
    ],
    ['is no object', z.array(z.string()), ['a']],
  ])('is asked for in words where the schema %s', async (_, open, value) => {
    const { client, bodies, prompts } = await scriptedModel([JSON.stringify(value)]);
    expect((await extract(client, native, 'Hm', { schema: open })).value).toEqual(value);
    expect(bodies[0]).not.toHaveProperty('outputConfig');
    expect(prompts[0]).toContain('<schema>');
  });

  it('is asked for in words where an object has no list of members to close', async () => {
    const value = { more: { a: 1 } };
    const { client, bodies } = await scriptedModel([JSON.stringify(value)]);
    const jsonSchema = { type: 'object', properties: { more: { type: 'object' } }, required: ['more'] };
    const schema = z.object({ more: z.record(z.string(), z.number()) });
    expect((await extract(client, native, 'Hm', { schema, jsonSchema })).value).toEqual(value);
    expect(bodies[0]).not.toHaveProperty('outputConfig');
  });

  it('comes by a tool that must be called where the model has no format', async () => {
    const { client, bodies, prompts } = await scriptedModel([
      { text: '', toolInput: { total: -1 }, stopReason: 'tool_use' },
      { text: '', toolInput: invoice, stopReason: 'tool_use' },
    ]);
    const { value, calls } = await extract(client, lite, 'A lamp, $12.50', { schema });
    expect({ value, calls }).toEqual({ value: invoice, calls: 2 });
    expect(bodies[0]?.toolConfig).toMatchObject({
      tools: [{ toolSpec: { name: 'give_answer', inputSchema: { json: { required: ['total'] } } } }],
      toolChoice: { tool: { name: 'give_answer' } },
    });
    expect(prompts[1]).toContain('<answer>{"total":-1}</answer>');
  });

  it('comes in the next way where the model refuses this one, and is not asked for in it again', async () => {
    const refusal =
      'The model returned the following errors: output_config.format: Extra inputs are not permitted';
    const { client, bodies } = await scriptedModel((prompt) =>
      bodies.at(-1)?.outputConfig !== undefined
        ? { text: '', refusal }
        : prompt.includes('{')
          ? JSON.stringify(invoice)
          : '',
    );
    const model = 'openai.gpt-oss-20b-1:0';
    const meter = new CostMeter();
    const { calls } = await extract(client, model, 'A lamp', { schema, meter });
    expect({ calls, metered: meter.calls }).toEqual({ calls: 1, metered: 1 });
    await extract(client, model, 'A lamp', { schema });
    expect(bodies.map((body) => 'outputConfig' in body)).toEqual([true, false, false]);
  });

  it('another refusal stays one', async () => {
    const { client, bodies } = await scriptedModel(() => ({ text: '', refusal: 'The text is not allowed.' }));
    expect((await failureOf(extract(client, native, 'Hm', { schema }))).kind).toBe('request');
    expect(bodies).toHaveLength(1);
  });
});

describe('A model whose words cannot be used', () => {
  const scale = { instruction: 'How many?', minimum: 1, maximum: 2, step: 0.5 };
  const held = (answer: unknown) => ({ text: '', toolInput: { answer }, stopReason: 'tool_use' });
  const schemaOf = (body: Record<string, unknown> | undefined) =>
    (body?.toolConfig as { tools: { toolSpec: { inputSchema: { json: object } } }[] } | undefined)?.tools[0]
      ?.toolSpec.inputSchema.json;

  it('is held to the labels, categories or numbers the second time', async () => {
    const { client, bodies } = await scriptedModel([
      'a',
      held('wish'),
      'b',
      held(['wish', 'bug']),
      'c',
      held([]),
      'd',
      held(1.5),
    ]);
    expect(await classify(client, lite, 'Hm', { labels })).toMatchObject({
      label: 'wish',
      raw: '{"answer":"wish"}',
      calls: 2,
    });
    const both = await categorize(client, lite, 'Hm', { categories: labels });
    const none = await categorize(client, lite, 'Hm', { categories: labels });
    expect([both.categories, none.categories]).toEqual([['wish', 'bug'], []]);
    expect((await regress(client, lite, 'Hm', scale)).value).toBe(1.5);
    const [first, label, , categories, , , , number] = bodies.map(schemaOf);
    const holding = (answer: object) => ({ type: 'object', properties: { answer }, required: ['answer'] });
    expect({ first, label, categories, number }).toEqual({
      first: undefined,
      label: holding({ type: 'string', enum: labels }),
      categories: holding({ type: 'array', items: { type: 'string', enum: labels }, maxItems: 2 }),
      number: holding({ type: 'number', enum: [1, 1.5, 2] }),
    });
    expect(bodies.map(({ inferenceConfig }) => inferenceConfig)).toMatchObject([
      { maxTokens: 50 },
      { maxTokens: 150 },
      ...[100, 200, 100, 200, 30, 130].map((maxTokens) => ({ maxTokens })),
    ]);
  });

  it('is held by Bedrock where it has structured output, and by the ends of a long scale', async () => {
    const { client, bodies } = await scriptedModel(['many', '{"answer":70}']);
    const { value } = await regress(client, 'openai.gpt-oss-120b-1:0', 'Hm', { ...scale, maximum: 100 });
    expect(value).toBe(70);
    expect(JSON.stringify(bodies[1]?.outputConfig)).toContain('\\"answer\\":{\\"type\\":\\"number\\"}');
  });

  it.each([
    ['has neither tools nor a format', 'amazon.titan-text-express-v1', {}],
    ['may say too little for it', lite, { maxTokens: 20 }],
    ['is stopped by words of the caller', lite, { stopSequences: ['}'] }],
    ['thinks', lite, { additionalModelRequestFields: { reasoningConfig: { type: 'enabled' } } }],
  ])('is asked in words again where it %s', async (_, model, options) => {
    const { client, bodies } = await scriptedModel(['neither', 'bug']);
    expect((await classify(client, model, 'Hm', { labels, ...options })).label).toBe('bug');
    expect(bodies[1]).not.toHaveProperty('toolConfig');
    expect(bodies[1]?.inferenceConfig).toEqual(bodies[0]?.inferenceConfig);
  });

  it('is asked in words again where it refuses the tool', async () => {
    const refusal = "Model doesn't support the toolConfig.toolChoice.tool field.";
    const { client, bodies } = await scriptedModel((prompt) => {
      if (bodies.at(-1)?.toolConfig !== undefined) return { text: '', refusal };
      return prompt.includes('could not be used') ? 'Bug.' : 'neither';
    });
    const { label, calls } = await classify(client, 'amazon.nova-premier-v1:0', 'Hm', { labels });
    expect({ label, calls, sent: bodies.length }).toEqual({ label: 'bug', calls: 2, sent: 3 });
  });
});

describe('What a task costs', () => {
  it('counts in the meter, each attempt of it, and is held to its limit', async () => {
    const { client, bodies } = await scriptedModel(() => 'neither');
    const meter = new CostMeter({ maxCostUsd: 0.000_1 });
    const failure = await failureOf(classify(client, novaMicro, 'Hm', { labels, meter }));
    expect(failure.kind).toBe('answer');
    expect(meter.calls).toBe(2);
    expect(meter.tokens).toEqual({ input: 14, output: 6 });
    const tooMuch = classify(client, novaMicro, 'word '.repeat(20_000), { labels, meter });
    expect((await failureOf(tooMuch)).kind).toBe('limit');
    expect(bodies).toHaveLength(2);
  });

  it('is told by the error of a task that fails, whatever it fails of', async () => {
    const answers = [{ text: 'neither' }, { text: '', refusal: 'The text is not allowed.' }];
    const { client } = await scriptedModel(answers);
    const failure = await failureOf(classify(client, novaMicro, 'Hm', { labels }));
    expect(failure).toMatchObject({
      kind: 'request',
      usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 },
    });
    expect(failure.costUsd).toBeCloseTo((7 * 0.035 + 3 * 0.14) / 1e6, 12);
  });

  it('and of many texts what was refused before an answer has cost nothing', async () => {
    const { client } = await scriptedModel((prompt) =>
      prompt.includes('bad') ? { text: '', refusal: 'The text is not allowed.' } : 'bug',
    );
    const report = await classifyAll(client, novaMicro, ['good', 'bad'], { labels });
    expect(report).toMatchObject({ failed: 1, usage: { totalTokens: 10 } });
  });
});

describe('An application inference profile', () => {
  const arnOf = (name: string) =>
    `arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/${name}`;

  it('is priced by the model that is named with it, everywhere', async () => {
    const { client } = await scriptedModel(() => 'bug');
    const model = { id: arnOf('named'), pricedAs: novaMicro };
    const price = (7 * 0.035 + 3 * 0.14) / 1e6;
    const results = [
      await classify(client, model, 'Hm', { labels }),
      await converse(client, model, [{ role: 'user', content: [{ text: 'Hm' }] }]),
      await new Conversation({ client, modelId: model, maxCostUsd: 1 }).send('Hm'),
      await new Agent({ client, modelId: model, tools: [] }).run('Hm'),
      await invokeText(client, model, 'Hm'),
      // By now it is known.
      await converse(client, model.id, [{ role: 'user', content: [{ text: 'Hm' }] }]),
    ];
    expect(results.map(({ costUsd }) => costUsd)).toEqual(results.map(() => expect.closeTo(price, 12)));
  });

  it('of a model that nobody knows is refused by name', async () => {
    const { client } = await scriptedModel([]);
    const calls: ((model: ModelRef) => Promise<unknown>)[] = [
      (model) => classify(client, model, 'Hm', { labels }),
      (model) => converse(client, model, []),
      (model) => invokeText(client, model, 'Hm'),
      (model) => embed(client, model, ['Hm']),
      async (model) => new Agent({ client, modelId: model, tools: [] }),
      async (model) => new Conversation({ client, modelId: model }),
    ];
    for (const call of calls) {
      for (const wrong of [{ id: arnOf('x'), pricedAs: 'nobody.knows' }, { id: 7 }, {}, null, 7]) {
        const failure: unknown = await call(wrong as never).catch((error) => error);
        expect(failure).toBeInstanceOf(LibError);
        expect(failure).toMatchObject({ kind: 'request', message: expect.stringContaining('modelId') });
      }
    }
  });

  it('is resolved once: Bedrock says which model is behind it', async () => {
    let asked = 0;
    const server = createServer((request, response) => {
      const isProfile = decodeURIComponent(request.url ?? '').includes(
        `/inference-profiles/${arnOf('asked')}`,
      );
      asked += isProfile ? 1 : 0;
      const models = [{ modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${novaMicro}` }];
      response.writeHead(isProfile ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isProfile ? { models } : { message: 'none' }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = createClient(clientFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    for (let time = 0; time < 2; time++) {
      expect(await resolveModel(client, arnOf('asked'))).toMatchObject({
        id: arnOf('asked'),
        name: 'Nova Micro',
        change: 'as-requested',
        source: 'bedrock',
      });
    }
    expect(asked).toBe(1);
    const { client: model } = await scriptedModel(() => 'bug');
    expect((await classify(model, arnOf('asked'), 'Hm', { labels })).costUsd).toBeGreaterThan(0);
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
});
