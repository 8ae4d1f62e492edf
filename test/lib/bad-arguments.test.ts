import * as lib from 'lib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clientFor } from '../local-endpoint.ts';

/** Values as they come out of JSON, a form or a row that has no such column, by what they are not. */
const wrong = {
  text: [undefined, null, 42, {}, ['a'], true],
  texts: [undefined, null, 'a', 42, {}, [1], [undefined]],
  list: [undefined, null, 'a', 42, {}],
  labels: [undefined, null, 42, 'a', [1, 2]],
  object: [undefined, null, 'a', 42, [1]],
  objects: [undefined, null, 'a', 42, {}, ['a'], [undefined]],
  function: [undefined, null, 'a', 42, {}],
  numbers: [undefined, null, 'a', 42, {}, ['a']],
  number: [undefined, null, '1', Number.NaN, {}],
  count: [null, '1', Number.NaN, 0, 1.5, {}],
  amount: [null, '1', Number.NaN, -1, {}],
  flag: [null, 'yes', 1],
  signal: [null, new AbortController(), 'stop', 42],
  client: [undefined, null, {}, 'us-east-1', { region: 'us-east-1' }],
  messages: [
    undefined,
    null,
    'Hi',
    [undefined],
    ['Hi'],
    [{ role: 'user', content: 'Hi' }],
    [{ role: 'user' }],
    {},
  ],
  message: [undefined, null, 'Hi', { role: 'user', content: 'Hi' }, {}],
  input: [undefined, null, 42, {}, ['Hi'], [undefined]],
  schema: [undefined, null, 'a', { type: 'object' }],
  history: [null, 'chats.db', 42, {}],
  store: [null, 42, {}],
} as const;
type Kind = keyof typeof wrong;

/** A good value, and what a wrong one is not. With `?` it may be left out. */
type Argument = readonly [
  good: unknown,
  kind: Kind | `${Kind}?`,
  options?: Readonly<Record<string, Kind | `${Kind}?`>>,
];

const client = lib.createClient({ ...clientFor('http://127.0.0.1:1'), maxAttempts: 1 });
const modelId = 'amazon.nova-micro-v1:0';
const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];
const calling = { client: [client, 'client'], modelId: [modelId, 'text'] } as const;
const invoking = {
  maxTokens: 'number?',
  temperature: 'number?',
  stopSequences: 'texts?',
  system: 'text?',
  signal: 'signal?',
} as const;
const asking = {
  ...invoking,
  instruction: 'text?',
  tag: 'text?',
  template: 'text?',
  examples: 'objects?',
} as const;
const conversing = {
  signal: 'signal?',
  maxAttempts: 'amount?',
  maxTokens: 'amount?',
  temperature: 'amount?',
  topP: 'amount?',
  stopSequences: 'texts?',
  idleTimeoutMs: 'amount?',
} as const;
const making = {
  client: 'client',
  modelId: 'text',
  history: 'history?',
  sessionId: 'text?',
  maxAttempts: 'amount?',
  window: 'object?',
  summarize: 'object?',
} as const;
const labels = ['a', 'b'];
const tool = lib.tool({ name: 'now', description: 'The time.', input: { type: 'object' }, run: () => 'now' });
const talk = () => new lib.Conversation({ client, modelId });
const work = () => new lib.Agent({ client, modelId, tools: [tool] });

/** Every function of `lib`: how it is called, and its arguments in their order. */
const functions: Readonly<
  Record<string, readonly [(...given: never[]) => unknown, Readonly<Record<string, Argument>>]>
> = {
  resolveModel: [
    lib.resolveModel,
    {
      client: [client, 'client'],
      idOrRole: ['small', 'text'],
      options: [{}, 'object?', { ask: 'flag?', today: 'text?' }],
    },
  ],
  checkAccess: [
    lib.checkAccess,
    {
      client: [client, 'client'],
      modelIds: [[modelId], 'texts'],
      options: [{}, 'object?', { ask: 'flag?', probe: 'flag?' }],
    },
  ],
  createClient: [lib.createClient, { options: [{}, 'object?'] }],
  invokeText: [lib.invokeText, { ...calling, prompt: ['Hi', 'text'], options: [{}, 'object?', invoking] }],
  invokeStream: [
    (...given: never[]) => (lib.invokeStream as (...all: unknown[]) => lib.InvokeStream)(...given).result,
    { ...calling, prompt: ['Hi', 'text'], options: [{}, 'object?', invoking] },
  ],
  buildInvokeBody: [
    lib.buildInvokeBody,
    {
      family: ['nova', 'text'],
      prompt: ['Hi', 'text'],
      options: [{}, 'object?', { maxTokens: 'number?', stopSequences: 'texts?' }],
    },
  ],
  buildConversationBody: [
    lib.buildConversationBody,
    {
      family: ['nova', 'text'],
      messages: [messages, 'messages'],
      options: [{}, 'object?', { maxTokens: 'number?' }],
    },
  ],
  converse: [
    lib.converse,
    { ...calling, messages: [messages, 'messages'], options: [{}, 'object?', conversing] },
  ],
  converseStream: [
    lib.converseStream,
    {
      ...calling,
      messages: [messages, 'messages'],
      onDelta: [() => {}, 'function'],
      options: [{}, 'object?', conversing],
    },
  ],
  Conversation: [
    (options: never) => new lib.Conversation(options),
    { options: [{ client, modelId }, 'object', { ...making, maxCostUsd: 'amount?' }] },
  ],
  'Conversation.send': [
    (...given: never[]) => (talk().send as (...all: unknown[]) => unknown)(...given),
    { input: ['Hi', 'input'], options: [{}, 'object?', { signal: 'signal?' }] },
  ],
  'Conversation.stream': [
    (...given: never[]) => (talk().stream as (...all: unknown[]) => lib.TurnStream<unknown>)(...given).reply,
    { input: ['Hi', 'input'], options: [{}, 'object?', { signal: 'signal?' }] },
  ],
  Agent: [
    (options: never) => new lib.Agent(options),
    {
      options: [
        { client, modelId, tools: [] },
        'object',
        { ...making, tools: 'objects', limits: 'object?', onStep: 'function?' },
      ],
    },
  ],
  'Agent.run': [
    (...given: never[]) => (work().run as (...all: unknown[]) => unknown)(...given),
    { input: ['Hi', 'input'], options: [{}, 'object?', { signal: 'signal?' }] },
  ],
  tool: [
    lib.tool,
    {
      definition: [
        { name: 'now', description: 'The time.', input: { type: 'object' }, run: () => 1 },
        'object',
        {
          name: 'text',
          description: 'text',
          input: 'object',
          run: 'function',
          approve: 'function?',
          timeoutMs: 'amount?',
        },
      ],
    },
  ],
  deniedTopic: [lib.deniedTopic, { topic: ['money', 'text'], words: [['money'], 'texts'] }],
  applyGuardrail: [
    lib.applyGuardrail,
    {
      client: [client, 'client'],
      text: ['Hi', 'text'],
      options: [
        { guardrailIdentifier: 'a', guardrailVersion: '1', source: 'INPUT' },
        'object',
        { guardrailIdentifier: 'text', guardrailVersion: 'text', source: 'text', signal: 'signal?' },
      ],
    },
  ],
  describeFinding: [lib.describeFinding, { finding: [{ policy: 'a', what: 'b', action: 'c' }, 'object'] }],
  CostMeter: [
    (limit: never) => new lib.CostMeter(limit),
    { options: [{}, 'object?', { maxCostUsd: 'amount?' }] },
  ],
  estimateTokens: [lib.estimateTokens, { input: ['Hi', 'input'], modelId: [modelId, 'text?'] }],
  legalise: [
    lib.legalise,
    { messages: [messages, 'messages'], options: [{}, 'object?', { modelId: 'text?' }] },
  ],
  renderTranscript: [lib.renderTranscript, { messages: [messages, 'messages'] }],
  textOf: [lib.textOf, { message: [messages[0], 'message'] }],
  openHistory: [
    lib.openHistory,
    {
      location: [':memory:', 'text'],
      options: [{}, 'object?', { driver: 'text?', abandonedAfterMs: 'amount?' }],
    },
  ],
  transcriptOf: [lib.transcriptOf, { entries: [[], 'objects'] }],
  embed: [
    lib.embed,
    { ...calling, texts: [['Hi'], 'texts'], options: [{}, 'object?', { signal: 'signal?' }] },
  ],
  embedAll: [
    lib.embedAll,
    { ...calling, texts: [['Hi'], 'list'], options: [{}, 'object?', { signal: 'signal?' }] },
  ],
  openVectorStore: [
    lib.openVectorStore,
    { location: [':memory:', 'text'], options: [{}, 'object?', { driver: 'text?', modelId: 'text?' }] },
  ],
  splitText: [
    lib.splitText,
    {
      text: ['Hi', 'text'],
      options: [{}, 'object?', { maxCharacters: 'count?', overlapCharacters: 'amount?' }],
    },
  ],
  classify: [
    lib.classify,
    { ...calling, text: ['Hi', 'text'], options: [{ labels }, 'object', { ...asking, labels: 'labels' }] },
  ],
  classifyPrompt: [
    lib.classifyPrompt,
    { text: ['Hi', 'text'], options: [{ labels }, 'object', { labels: 'labels', examples: 'objects?' }] },
  ],
  classifyAll: [
    lib.classifyAll,
    {
      ...calling,
      texts: [['Hi'], 'list'],
      options: [{ labels }, 'object', { ...asking, labels: 'labels', onProgress: 'function?' }],
    },
  ],
  categorize: [
    lib.categorize,
    {
      ...calling,
      text: ['Hi', 'text'],
      options: [{ categories: labels }, 'object', { ...asking, categories: 'labels' }],
    },
  ],
  regress: [
    lib.regress,
    {
      ...calling,
      text: ['Hi', 'text'],
      options: [
        { minimum: 1, maximum: 5, instruction: 'Stars?' },
        'object',
        { minimum: 'number', maximum: 'number', instruction: 'text', unit: 'text?' },
      ],
    },
  ],
  extract: [
    lib.extract,
    {
      ...calling,
      text: ['Hi', 'text'],
      options: [
        { schema: z.object({ a: z.string() }) },
        'object',
        { ...asking, schema: 'schema', jsonSchema: 'object?' },
      ],
    },
  ],
  tweetSentiment: [
    lib.tweetSentiment,
    { ...calling, tweet: ['Hi', 'text'], options: [{}, 'object?', invoking] },
  ],
  accuracy: [lib.accuracy, { predictions: [['a'], 'list'], labels: [['a'], 'texts'] }],
  confusion: [
    lib.confusion,
    { predictions: [['a'], 'list'], labels: [['a'], 'texts'], order: [['a'], 'texts?'] },
  ],
  meanAbsoluteError: [lib.meanAbsoluteError, { predictions: [[1], 'list'], labels: [[1], 'numbers'] }],
  mapAll: [
    lib.mapAll,
    {
      inputs: [[1], 'list'],
      fn: [async () => 1, 'function'],
      options: [{}, 'object?', { signal: 'signal?', onProgress: 'function?' }],
    },
  ],
  mapAllSettled: [
    lib.mapAllSettled,
    {
      inputs: [[1], 'list'],
      fn: [async () => 1, 'function'],
      options: [{}, 'object?', { signal: 'signal?', concurrency: 'count?' }],
    },
  ],
  fence: [lib.fence, { name: ['text', 'text'], texts: [['Hi'], 'texts'] }],
  fillTemplate: [
    lib.fillTemplate,
    { template: ['{{a}}', 'text'], variables: [{ a: 1 }, 'object?'], name: ['x', 'text?'] },
  ],
  renderPrompt: [lib.renderPrompt, { path: ['x.hbs', 'text'], variables: [{}, 'object?'] }],
  loadTextFile: [lib.loadTextFile, { path: ['x.txt', 'text'] }],
  preflight: [lib.preflight, { modelIds: [[modelId], 'texts'] }],
  checkExercise: [lib.checkExercise, { name: ['1', 'text'], requirements: [[], 'objects'] }],
  expectError: [
    lib.expectError,
    { kind: ['request', 'text'], action: [() => {}, 'function'], context: [{}, 'object?'] },
  ],
  allowNoAnswer: [lib.allowNoAnswer, { action: [async () => 1, 'function'] }],
  allowRefusal: [lib.allowRefusal, { modelId: [modelId, 'text'], action: [async () => 1, 'function'] }],
  showPlot: [
    lib.showPlot,
    {
      draw: [() => ({}), 'function'],
      about: [
        { title: 'a', description: 'b', rows: [] },
        'object',
        { title: 'text', description: 'text', rows: 'objects' },
      ],
    },
  ],
  showMarkdown: [lib.showMarkdown, { markdown: ['a', 'text'] }],
  showTable: [lib.showTable, { rows: [[], 'objects'], options: [{}, 'object?', { caption: 'text?' }] }],
  confusionRows: [
    lib.confusionRows,
    { matrix: [{ labels: [], counts: [], unknown: [] }, 'object', { labels: 'texts', counts: 'list' }] },
  ],
  progress: [lib.progress, { title: ['a', 'text'], total: [1, 'number'] }],
  showCost: [lib.showCost, { meter: [new lib.CostMeter(), 'object?'], title: ['a', 'text?'] }],
  countCost: [lib.countCost, { client: [lib.createClient(), 'object'] }],
  limitCost: [lib.limitCost, { maxCostUsd: [undefined, 'amount?'] }],
  showTrace: [lib.showTrace, { result: [{ steps: [] }, 'object', { steps: 'objects' }] }],
  traceSvg: [lib.traceSvg, { result: [{ steps: [] }, 'object', { steps: 'objects' }] }],
  traceText: [lib.traceText, { result: [{ steps: [] }, 'object', { steps: 'objects' }] }],
  startChat: [
    lib.startChat,
    {
      options: [
        {},
        'object?',
        { client: 'client?', modelId: 'text?', history: 'store?', port: 'amount?', suggestions: 'texts?' },
      ],
    },
  ],
};

/** These say something of whatever they are given: an error is described, what is not known has no price. */
const takeAnything: Readonly<Record<string, (value: unknown) => unknown>> = {
  describeError: lib.describeError,
  isLibError: lib.isLibError,
  toLibError: lib.toLibError,
  show: (value) => lib.show(value === undefined ? '' : value),
  LibError: (value) => new lib.LibError('a', { kind: 'unknown', hint: '', cause: value }),
  findModel: lib.findModel as (value: unknown) => unknown,
  findFamily: lib.findFamily as (value: unknown) => unknown,
  costOf: (value) => lib.costOf({ inputTokens: value as number, outputTokens: 1 }, modelId),
  hasPrice: (value) => lib.hasPrice(String(value)),
  formatDollars: lib.formatDollars as (value: unknown) => unknown,
  personalData: (value) => lib.personalData(String(value)),
};

const everything = Object.values(wrong).flat();
const ruleOf = (kind: string) => kind.replace('?', '') as Kind;
const valuesOf = (kind: string) =>
  wrong[ruleOf(kind)].filter((value) => !(kind.endsWith('?') && value === undefined));

/** One call for each wrong value of each argument and of each option, all others right. */
const calls = Object.entries(functions).flatMap(([name, [call, given]]) => {
  const good = Object.values(given).map(([value]) => value);
  return Object.entries(given).flatMap(([argument, [value, kind, options = {}]], index) => {
    const direct = valuesOf(kind).map((bad) => ({ name, call, argument, bad, all: good.with(index, bad) }));
    const inner = Object.entries(options).flatMap(([option, rule]) =>
      valuesOf(rule).map((bad) => ({
        name,
        call,
        argument: option,
        bad,
        all: good.with(index, { ...(value as object), [option]: bad }),
      })),
    );
    return [...direct, ...inner];
  });
});

describe('a wrong argument', () => {
  it.each(Object.keys(functions))('of %s is told by a LibError that names it', async (wanted) => {
    const unsaid: string[] = [];
    for (const { name, call, argument, bad, all } of calls.filter(({ name }) => name === wanted)) {
      const outcome = await (async () => call(...(all as never[])))().then(
        () => 'was taken',
        (error: unknown) => {
          if (!lib.isLibError(error)) return String(error);
          const said = `${error.message} ${error.hint}`;
          return error.kind !== 'network' && said.includes(argument) ? '' : said;
        },
      );
      if (outcome !== '')
        unsaid.push(`${name}(${argument} = ${JSON.stringify(bad) ?? String(bad)}): ${outcome}`);
    }
    expect(unsaid).toEqual([]);
  });

  it.each(Object.entries(takeAnything))('of %s is answered', (_, call) => {
    for (const value of everything) expect(() => call(value)).not.toThrow();
  });

  it('is tried on every function of lib', () => {
    const all = Object.entries(lib).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));
    expect(all.filter((name) => !(name in functions) && !(name in takeAnything))).toEqual([]);
  });
});

describe('an option by the name that it had before', () => {
  const callers: Readonly<Record<string, (options: object) => unknown>> = {
    converse: (options) => lib.converse(client, modelId, messages, options),
    Conversation: async (options) => new lib.Conversation({ client, modelId, ...options }),
    Agent: async (options) => new lib.Agent({ client, modelId, tools: [], ...options }),
    startChat: (options) => lib.startChat({ client, ...options }),
  };
  const before = [
    ['inference', { maxTokens: 100 }, /maxTokens/],
    ['idleTimeout', 1_000, /idleTimeoutMs/],
    ['costMeter', {}, /meter/],
  ] as const;

  it.each(
    Object.entries(callers).flatMap(([caller, call]) =>
      before.map(([name, value, hint]) => [caller, name, () => call({ [name]: value }), hint] as const),
    ),
  )('%s refuses %s, and names the new one', async (caller, name, call, hint) => {
    await expect(call()).rejects.toMatchObject({
      kind: 'request',
      message: `${caller} has no option ${name} any more`,
      hint: expect.stringMatching(hint),
    });
  });
});
