import type { ContentBlock, SystemContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { Conversation, converse, createClient, isLibError, type Message } from 'lib';
import { describe, expect, it } from 'vitest';
import { rememberSpeaker } from '../../../lib/converse/legal-blocks.ts';
import type { ConverseOptions, Inference } from '../../../lib/converse/options.ts';
import { buildConverseRequest } from '../../../lib/converse/request.ts';
import { callableId, catalogue, isOffered, isRetired } from '../../../packages/bedrock-models/src/index.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import fc from '../../properties.ts';

const claude = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const claude37 = 'us.anthropic.claude-3-7-sonnet-20250219-v1:0';
const nova = 'amazon.nova-lite-v1:0';
const llama = 'us.meta.llama3-1-8b-instruct-v1:0';
const titan = 'amazon.titan-text-express-v1';

const point = { cachePoint: { type: 'default' as const } };
const hour = { cachePoint: { type: 'default' as const, ttl: '1h' as const } };
const hi: Message[] = [{ role: 'user', content: [{ text: 'Hi' }] }];
const half = 'cut \ud83d';

function fitted(modelId: string, options: ConverseOptions = {}, messages: readonly Message[] = hi) {
  const { input, repairs } = buildConverseRequest(modelId, messages, options);
  return { ...input, kinds: [...new Set(repairs.map(({ kind }) => kind))] };
}

function toolNamed(name: string, schema: object = { type: 'object', properties: {} }) {
  return { toolSpec: { name, description: 'Does it.', inputSchema: { json: schema as never } } };
}

const pointsOf = (value: unknown) => JSON.stringify(value ?? {}).split('"cachePoint"').length - 1;

describe('the system prompt', () => {
  it('goes in front of the first message where the model takes none', () => {
    const { system, messages, kinds } = fitted(titan, {
      system: [{ text: 'Be kind.' }, point, { text: 'Rhyme.' }],
    });
    expect(system).toBeUndefined();
    expect(messages?.[0]?.content?.map(({ text }) => text)).toEqual(['Be kind.\n\nRhyme.', 'Hi']);
    expect(kinds).toEqual(['cache-point-dropped', 'system-moved']);
  });

  it('is left out where it is blank, with the cache point behind it', () => {
    const { system, kinds } = fitted(claude, { system: [{ text: ' ' }, point] });
    expect(system).toBeUndefined();
    expect(kinds).toEqual(['blank-text-dropped', 'cache-point-dropped']);
  });
});

describe('cache points', () => {
  const five: SystemContentBlock[] = [1, 2, 3, 4, 5].flatMap((number) => [{ text: `${number}` }, point]);

  it.each([
    ['a model without a cache', llama, 0, 0],
    ['Nova, which has none for tools', nova, 1, 0],
    ['Claude', claude, 1, 1],
    ['a model that is not known', 'moonshot.kimi-k2-thinking', 0, 0],
    ['a profile of one’s own', 'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc', 1, 1],
  ])('stand where the model takes them: %s', (_, modelId, inSystem, inTools) => {
    const sent = fitted(modelId, {
      system: [{ text: 'Be kind.' }, point],
      toolConfig: { tools: [toolNamed('a'), point] },
    });
    expect([pointsOf(sent.system), pointsOf(sent.toolConfig)]).toEqual([inSystem, inTools]);
    expect(sent.kinds.includes('cache-point-dropped')).toBe(inSystem + inTools < 2);
  });

  it('are four at most, have something in front of them, and do not follow each other', () => {
    expect(pointsOf(fitted(claude, { system: five }).system)).toBe(4);
    expect(fitted(claude, { system: [point, { text: 'a' }, point, point] }).system).toEqual([
      { text: 'a' },
      point,
    ]);
    expect(
      pointsOf(fitted(claude, { toolConfig: { tools: [point, toolNamed('a'), point] } }).toolConfig),
    ).toBe(1);
  });

  it('live longer first, in the order tools, system prompt, messages', () => {
    const messages: Message[] = [{ role: 'user', content: [{ text: 'a' }, hour] }];
    const sent = fitted(claude, { system: [{ text: 's' }, point] }, messages);
    expect(sent.messages?.[0]?.content).toEqual([{ text: 'a' }, point]);
    expect(sent.kinds).toEqual(['cache-point-shortened']);
    const right = fitted(claude, { system: [{ text: 's' }, hour] }, messages);
    expect(right.messages?.[0]?.content).toEqual([{ text: 'a' }, hour]);
    expect(right.kinds).toEqual([]);
  });

  it.each([claude37, nova])('live for five minutes where there is no other time: %s', (modelId) => {
    expect(fitted(modelId, { system: [{ text: 's' }, hour] }).system).toEqual([{ text: 's' }, point]);
  });
});

describe('reasoning', () => {
  const signed: ContentBlock = { reasoningContent: { reasoningText: { text: 'hm', signature: 's' } } };
  const redacted: ContentBlock = { reasoningContent: { redactedContent: new Uint8Array([1]) } };
  const said = (...content: ContentBlock[]): Message[] => [
    ...hi,
    { role: 'assistant', content: [...content, { text: 'a' }] },
    { role: 'user', content: [{ text: 'next' }] },
  ];
  const keeps = (modelId: string, messages: readonly Message[]) =>
    JSON.stringify(fitted(modelId, {}, messages).messages).includes('reasoningContent');

  it.each([
    [claude, true],
    [claude37, true],
    ['us.anthropic.claude-opus-5', true],
    ['anthropic.claude-3-haiku-20240307-v1:0', false],
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', false],
    [nova, false],
    ['us.amazon.nova-2-lite-v1:0', false],
    [llama, false],
    ['mistral.mistral-large-2402-v1:0', false],
    ['openai.gpt-oss-20b-1:0', false],
    ['us.deepseek.r1-v1:0', false],
    ['qwen.qwen3-32b-v1:0', false],
  ])('that is signed or redacted goes to %s: %s', (modelId, isKept) => {
    for (const block of [signed, redacted]) {
      expect(keeps(modelId, said(block))).toBe(isKept);
      expect(fitted(modelId, {}, said(block)).kinds.includes('reasoning-dropped')).toBe(!isKept);
    }
  });

  it('goes to nobody but the model that signed it, where that is known', () => {
    const messages = said(signed);
    rememberSpeaker(messages[1] as Message, 'global.anthropic.claude-sonnet-4-6');
    expect(keeps(claude, messages)).toBe(false);
    expect(keeps('us.anthropic.claude-sonnet-4-6', messages)).toBe(true);
  });
});

describe('how the model is to answer', () => {
  const thinking = (budget_tokens: number) => ({ thinking: { type: 'enabled', budget_tokens } });
  const forced = { tools: [toolNamed('a')], toolChoice: { tool: { name: 'a' } } };

  it('is longer than the thinking within it', () => {
    const { inferenceConfig, additionalModelRequestFields, kinds } = fitted(claude, {
      additionalModelRequestFields: thinking(2_000),
    });
    expect(inferenceConfig).toEqual({ maxTokens: 2_512 });
    expect(additionalModelRequestFields).toEqual(thinking(2_000));
    expect(kinds).toEqual(['thinking-changed']);
    const long = fitted(claude, {
      additionalModelRequestFields: thinking(100),
      maxTokens: 4_000,
    });
    expect(long.inferenceConfig).toEqual({ maxTokens: 4_000 });
    expect(long.additionalModelRequestFields).toEqual(thinking(1_024));
    const longest = fitted(claude, {
      additionalModelRequestFields: thinking(64_000),
      maxTokens: 1_000,
    });
    expect(longest.inferenceConfig).toEqual({ maxTokens: 64_000 });
    expect(longest.additionalModelRequestFields).toEqual(thinking(63_000));
  });

  it.each([
    ['us.anthropic.claude-opus-4-7', thinking(2_000), { thinking: { type: 'adaptive' } }],
    ['us.anthropic.claude-sonnet-5', { thinking: { type: 'enabled' } }, { thinking: { type: 'adaptive' } }],
    [
      claude,
      { thinking: { type: 'adaptive', display: 'omitted' } },
      { thinking: { ...thinking(1_024).thinking, display: 'omitted' } },
    ],
    ['anthropic.claude-3-haiku-20240307-v1:0', thinking(2_000), undefined],
    ['anthropic.claude-3-haiku-20240307-v1:0', { thinking: { type: 'adaptive' }, top_k: 5 }, { top_k: 5 }],
  ])('thinks in the way that %s has: asked for %j', (modelId, asked, sent) => {
    const { additionalModelRequestFields, kinds } = fitted(modelId, {
      additionalModelRequestFields: asked,
      maxTokens: 4_000,
    });
    expect(additionalModelRequestFields).toEqual(sent);
    expect(kinds).toEqual(['thinking-changed']);
  });

  it.each([
    ['us.anthropic.claude-sonnet-4-6', { thinking: { type: 'adaptive' } }],
    ['us.anthropic.claude-sonnet-4-6', thinking(2_000)],
    ['us.anthropic.claude-opus-4-7', { thinking: { type: 'adaptive', display: 'summarized' } }],
    [claude, thinking(2_000)],
  ])('leaves to %s what it has: %j', (modelId, asked) => {
    const sent = fitted(modelId, { additionalModelRequestFields: asked, maxTokens: 4_000 });
    expect(sent).toMatchObject({ additionalModelRequestFields: asked, kinds: [] });
  });

  it('offers one tool alone to a model that calls none by force', () => {
    const offered = { tools: [...forced.tools, toolNamed('b')], toolChoice: forced.toolChoice };
    const { toolConfig, kinds } = fitted('us.anthropic.claude-opus-5-5', { toolConfig: offered });
    expect(toolConfig).toEqual({ tools: forced.tools });
    expect(kinds).toEqual(['tool-choice-changed']);
  });

  it('does not think where a tool must be called, or the turn was begun without', () => {
    const options = { additionalModelRequestFields: thinking(2_000), maxTokens: 4_000 };
    expect(fitted(claude, { ...options, toolConfig: forced })).toMatchObject({
      toolConfig: { toolChoice: { tool: { name: 'a' } } },
      kinds: ['thinking-changed'],
    });
    expect(fitted(claude, { ...options, toolConfig: forced }).additionalModelRequestFields).toBeUndefined();
    const loop: Message[] = [
      ...hi,
      { role: 'assistant', content: [{ toolUse: { toolUseId: '1', name: 'a', input: {} } }] },
      { role: 'user', content: [{ toolResult: { toolUseId: '1', content: [{ text: 'ok' }] } }] },
    ];
    const tools = { tools: [toolNamed('a')] };
    expect(
      fitted(claude, { ...options, toolConfig: tools }, loop).additionalModelRequestFields,
    ).toBeUndefined();
    expect(fitted(claude, { ...options, toolConfig: tools }).additionalModelRequestFields).toBeDefined();
  });

  it('has no temperature beside thinking, and nothing is begun for a model that thinks', () => {
    const sent = fitted(
      claude,
      {
        additionalModelRequestFields: { ...thinking(2_000), top_k: 5 },
        maxTokens: 4_000,
        temperature: 0,
        topP: 0.5,
      },
      [...hi, { role: 'assistant', content: [{ text: 'It is' }] }],
    );
    expect(sent.inferenceConfig).toEqual({ maxTokens: 4_000 });
    expect(sent.additionalModelRequestFields).toEqual(thinking(2_000));
    expect(sent.messages?.at(-1)?.role).toBe('user');
    expect(sent.kinds).toEqual(['last-turn-added', 'inference-left-out']);
  });

  it.each([
    ['us.anthropic.claude-opus-5', { temperature: 0, topP: 0.5 }, {}],
    [claude, { temperature: 0, topP: 0.5 }, { temperature: 0 }],
    [claude, { stopSequences: ['\n', 'END'] }, { stopSequences: ['END'] }],
    [nova, { stopSequences: ['\n', ''] }, { stopSequences: ['\n'] }],
    ['openai.gpt-oss-20b-1:0', { stopSequences: ['END'] }, {}],
  ])('has what %s takes of %j', (modelId, inference, kept) => {
    const { inferenceConfig, kinds } = fitted(modelId, inference);
    expect(inferenceConfig).toEqual({ maxTokens: 512, ...kept });
    expect(kinds).toEqual(['inference-left-out']);
  });

  it.each([
    [nova, { top_k: 5 }, { inferenceConfig: { topK: 5 } }],
    [claude, { inferenceConfig: { topK: 5 } }, { top_k: 5 }],
    [claude, { top_k: 5, other: 1 }, { top_k: 5, other: 1 }],
    ['us.anthropic.claude-opus-5', { top_k: 5 }, undefined],
    [llama, { top_k: 5 }, undefined],
    ['cohere.command-r-v1:0', { topK: 5 }, { k: 5 }],
  ])('names the choice of words as %s does: %j', (modelId, fields, sent) => {
    expect(fitted(modelId, { additionalModelRequestFields: fields }).additionalModelRequestFields).toEqual(
      sent,
    );
  });

  it('has no settings beside Nova’s highest effort', () => {
    const fields = { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } };
    const sent = fitted('us.amazon.nova-2-lite-v1:0', {
      additionalModelRequestFields: fields,
      temperature: 0,
      maxTokens: 100,
    });
    expect(sent.inferenceConfig).toBeUndefined();
    expect(sent.kinds).toEqual(['inference-left-out']);
  });

  it.each([
    ['us.anthropic.claude-opus-4-7', { additionalProperties: false }, undefined],
    ['us.anthropic.claude-sonnet-4-20250514-v1:0', { additionalProperties: false }, undefined],
    [claude, {}, undefined],
    [claude, { additionalProperties: false, properties: { a: { type: 'array', maxItems: 2 } } }, undefined],
    [claude, { additionalProperties: false, properties: { maxItems: { type: 'string' } } }, true],
    ['openai.gpt-oss-20b-1:0', {}, true],
  ])('%s keeps a tool to its schema %j where it can', (modelId, schema, strict) => {
    const toolSpec = {
      name: 'a',
      strict: true,
      inputSchema: { json: { type: 'object', properties: {}, ...schema } },
    };
    const sent = fitted(modelId, { toolConfig: { tools: [{ toolSpec }] } });
    expect(sent.toolConfig?.tools?.[0]?.toolSpec?.strict).toBe(strict);
    expect(sent.kinds).toEqual(strict ? [] : ['tool-schema-fitted']);
  });

  it('calls the tool that it must, as far as the model can be made to', () => {
    const tools = [toolNamed('a'), toolNamed('b')];
    const chosen = (modelId: string, toolChoice: object) => {
      const { toolConfig } = fitted(modelId, { toolConfig: { tools, toolChoice: toolChoice as never } });
      return [toolConfig?.tools?.map(({ toolSpec }) => toolSpec?.name), toolConfig?.toolChoice];
    };
    expect(chosen(nova, { tool: { name: 'b' } })).toEqual([['a', 'b'], { tool: { name: 'b' } }]);
    expect(chosen('mistral.mistral-large-2402-v1:0', { tool: { name: 'b' } })).toEqual([['b'], { any: {} }]);
    expect(chosen(llama, { tool: { name: 'b' } })).toEqual([['b'], undefined]);
    expect(chosen(llama, { any: {} })).toEqual([['a', 'b'], undefined]);
  });
});

describe('a prompt of Prompt management', () => {
  const arn = 'arn:aws:bedrock:us-east-1:111122223333:prompt/ABCDE12345:1';

  it('is called with its variables alone', () => {
    const promptVariables = { topic: { text: 'verbs' } };
    expect(fitted(arn, { promptVariables }, [])).toEqual({ modelId: arn, promptVariables, kinds: [] });
    const sent = fitted(arn, {
      promptVariables,
      system: 'Be kind.',
      toolConfig: { tools: [toolNamed('a')] },
      maxTokens: 5,
      additionalModelRequestFields: { top_k: 1 },
    });
    expect(sent).toEqual({
      modelId: arn,
      promptVariables,
      messages: hi,
      kinds: ['prompt-overrides-dropped', 'inference-left-out'],
    });
  });
});

describe('text', () => {
  it('is well-formed wherever it stands, and said so', () => {
    const sent = fitted(
      claude,
      {
        system: half,
        toolConfig: {
          tools: [{ ...toolNamed('a'), toolSpec: { ...toolNamed('a').toolSpec, description: half } }],
        },
        stopSequences: [half],
        additionalModelRequestFields: { [half]: half },
        requestMetadata: { tag: half },
      },
      [
        { role: 'user', content: [{ text: half }] },
        {
          role: 'assistant',
          content: [{ text: half }, { toolUse: { toolUseId: '1', name: 'a', input: { [half]: half } } }],
        },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: '1', content: [{ text: half }, { json: { deep: [half] } }] } },
            { document: { format: 'txt', name: half, source: { text: half } } },
            { text: 'So?' },
          ],
        },
      ],
    );
    const { kinds, ...input } = sent;
    expect(JSON.stringify(input)).not.toMatch(/\\ud[89a-f]/);
    expect(JSON.stringify(input).split('\ufffd').length).toBeGreaterThan(11);
    expect(kinds).toContain('text-mended');
  });

  it('is as it was where nothing is wrong with it', () => {
    const whole = [{ role: 'user' as const, content: [{ text: '語 👋' }] }];
    expect(fitted(nova, { system: '語 👋' }, whole)).toMatchObject({ messages: whole, kinds: [] });
  });
});

describe('pictures and documents', () => {
  const picture = { image: { format: 'png' as const, source: { bytes: new Uint8Array(10) } } };
  const document = (name: string) => ({
    document: { format: 'txt' as const, name, source: { text: 'Words.' } },
  });
  const turns = (count: number, block: (turn: number) => ContentBlock): Message[] =>
    Array.from({ length: count }, (_, turn): Message[] => [
      { role: 'user', content: [block(turn), { text: `${turn}?` }] },
      { role: 'assistant', content: [{ text: 'Yes.' }] },
    ])
      .flat()
      .slice(0, -1);
  const count = (
    messages: readonly { content?: ContentBlock[] | undefined }[] | undefined,
    kind: 'image' | 'document',
  ) => messages?.flatMap(({ content = [] }) => content).filter((block) => block[kind] !== undefined).length;

  it.each([claude, nova])('are as many as a request may have, the newest ones: %s', (modelId) => {
    const pictures = fitted(
      modelId,
      {},
      turns(23, () => picture),
    );
    expect(count(pictures.messages, 'image')).toBe(20);
    expect(pictures.messages?.at(-1)?.content?.[0]).toEqual(picture);
    expect(pictures.kinds).toContain('block-as-text');
    const documents = fitted(
      modelId,
      {},
      turns(8, (turn) => document(`d ${turn}`)),
    );
    expect(count(documents.messages, 'document')).toBe(5);
  });

  it('of now are left for Bedrock to refuse', () => {
    const now = [
      { role: 'user' as const, content: [...Array.from({ length: 22 }, () => picture), { text: 'So?' }] },
    ];
    expect(count(fitted(claude, {}, now).messages, 'image')).toBe(22);
  });

  it('of a tool are put beside its result where they may not stand in it', () => {
    const messages: Message[] = [
      ...hi,
      { role: 'assistant', content: [{ toolUse: { toolUseId: '1', name: 'a', input: {} } }] },
      {
        role: 'user',
        content: [{ toolResult: { toolUseId: '1', content: [document('report'), { text: 'ok' }] } }],
      },
    ];
    const inNova = fitted(nova, {}, messages);
    expect(inNova.messages?.at(-1)?.content?.map((block) => Object.keys(block)[0])).toEqual([
      'toolResult',
      'document',
      'text',
    ]);
    expect(inNova.kinds).toContain('tool-result-media-moved');
    expect(fitted(claude, {}, messages).kinds).not.toContain('tool-result-media-moved');
  });

  it('keep the names by which a reader tells them apart', () => {
    const { messages } = fitted(nova, {}, [
      {
        role: 'user',
        content: [document('報告書'), document('予算'), document('résumé_v1.pdf'), { text: 'Go.' }],
      },
    ]);
    const words = JSON.stringify(messages?.[0]?.content);
    for (const name of ['報告書', '予算']) expect(words).toContain(name);
    expect(messages?.[0]?.content?.filter(({ text }) => text !== undefined)).toHaveLength(3);
  });
});

describe('shapes that only an answer has', () => {
  it('are not sent back: the mark of a tool call', () => {
    const marked = { toolUseId: '1', name: 'a', input: {}, type: 'tool_use' } as never;
    const { messages, kinds } = fitted(claude, { toolConfig: { tools: [toolNamed('a')] } }, [
      ...hi,
      { role: 'assistant', content: [{ toolUse: marked }] },
      { role: 'user', content: [{ toolResult: { toolUseId: '1', content: [{ text: 'ok' }] } }] },
    ]);
    expect(messages?.[1]?.content).toEqual([{ toolUse: { toolUseId: '1', name: 'a', input: {} } }]);
    expect(messages?.[2]?.content?.[0]?.toolResult).toBeDefined();
    expect(kinds).toEqual([]);
  });

  it('are not sent to another family: what a tool of the service did, and citations', () => {
    const said: Message[] = [
      ...hi,
      {
        role: 'assistant',
        content: [
          { toolUse: { toolUseId: 's', name: 'nova_code_interpreter', input: {}, type: 'server_tool_use' } },
          {
            toolResult: {
              toolUseId: 's',
              content: [{ json: { out: 4 } }],
              type: 'nova_code_interpreter_result',
            },
          },
          { citationsContent: { content: [{ text: 'Four.' }], citations: [] } },
        ],
      },
      { role: 'user', content: [{ text: 'Sure?' }] },
    ];
    const kindsIn = (modelId: string) =>
      fitted(modelId, {}, said).messages?.[1]?.content?.map((block) => Object.keys(block)[0]);
    expect(kindsIn('us.amazon.nova-2-lite-v1:0')).toEqual(['toolUse', 'toolResult', 'text']);
    expect(kindsIn(claude)).toEqual(['text', 'text', 'citationsContent']);
  });
});

describe('a conversation that goes on with another model', () => {
  const endpoint = useLocalBedrock('lab');
  const region = 'us-east-1';
  const living = catalogue.filter(
    (model) => isOffered(model, region) && (!isRetired(model, '2026-11-24') || model.family === 'titan-text'),
  );

  const options: fc.Arbitrary<ConverseOptions & { readonly how?: Inference }> = fc.record(
    {
      system: fc.constantFrom<NonNullable<ConverseOptions['system']>>('Be kind.', half, ' ', [
        point,
        { text: 'a' },
        hour,
        point,
        { text: 'b' },
        point,
        { text: 'c' },
        hour,
      ]),
      how: fc.constantFrom(
        { temperature: 0, topP: 0.9 },
        { stopSequences: ['\n', 'END'] },
        { maxTokens: 100, temperature: 1 },
      ),
      additionalModelRequestFields: fc.constantFrom({ top_k: 5 }, { inferenceConfig: { topK: 5 } }),
    },
    { requiredKeys: [] },
  );

  it('is taken by every living model, whatever it was asked with before', async () => {
    const client = createClient(clientFor(endpoint().url));
    const refused: string[] = [];
    for (const model of living) {
      for (const { how = {}, ...asked } of fc.sample(options, { numRuns: 4, seed: 11 })) {
        await converse(client, callableId(model, region), hi, {
          ...asked,
          maxTokens: 8,
          ...how,
        }).catch((error: unknown) => {
          if (!isLibError(error)) throw error;
          refused.push(`${model.id}: ${JSON.stringify({ ...asked, ...how })}: ${error.message}`);
        });
      }
    }
    client.destroy();
    expect(refused).toEqual([]);
  });

  it('tells what was changed with the answer, whole and streamed', async () => {
    const client = createClient(clientFor(endpoint().url));
    const conversation = new Conversation({ client, modelId: nova, system: half });
    const whole = await conversation.send('Hi');
    const streamed = await conversation.stream('Hi').result;
    for (const { repairs } of [whole, streamed])
      expect(repairs.map(({ kind }) => kind)).toEqual(['text-mended']);
    client.destroy();
  });
});
