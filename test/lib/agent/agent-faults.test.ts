import { Agent, type AgentEvent, createClient, type ErrorKind } from 'lib';
import { afterEach, describe, expect, it } from 'vitest';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { converseEvents, event } from '../../scripted-endpoint.ts';
import { failureOf } from '../converse/scripted-conversation.ts';
import { calls, modelId, says, weather, withAgent } from './scripted-agent.ts';

const endpoint = useLocalBedrock('lab');
afterEach(() => endpoint().clearFaults());

const question = 'What is the weather in Osaka?';

const callFaults: readonly (readonly [string, ErrorKind])[] = [
  ['ThrottlingException', 'throttled'],
  ['ServiceUnavailableException', 'overloaded'],
  ['ModelErrorException', 'model'],
  ['ServiceQuotaExceededException', 'quota'],
  ['cut', 'network'],
  ['empty', 'response'],
  ['html', 'overloaded'],
];
const streamFaults: readonly (readonly [string, ErrorKind])[] = [
  ['ThrottlingException:after=2', 'throttled'],
  ['ModelStreamErrorException:after=2', 'model'],
  ['ModelTimeoutException:after=2', 'timeout'],
  ['error-frame:after=2', 'overloaded'],
  ['cut:after=2', 'stream-cut'],
  ['cut-inside:after=2', 'stream-cut'],
  ['bad-checksum:after=2', 'stream-cut'],
  ['no-message-stop', 'stream-cut'],
  ['stall:after=2', 'timeout'],
];

/** An agent; with `before`, the fault meets the call after the first tools have run. */
function agentWith(fault: string, at: 'first' | 'second', model = modelId): Agent {
  if (at === 'first') endpoint().fault(fault);
  return new Agent({
    client: createClient(clientFor(endpoint().url)),
    modelId: model,
    tools: [weather],
    maxAttempts: 1,
    idleTimeoutMs: fault.startsWith('stall') ? 1_000 : 10_000,
    random: () => 0,
    onStep: ({ number }) => {
      if (at === 'second' && number === 1) endpoint().fault(fault);
    },
  });
}

async function expectLegal(agent: Agent): Promise<void> {
  const { messages } = agent;
  expect(messages.map(({ role }) => role)).toEqual(
    messages.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')),
  );
  const used = messages.flatMap(({ content }) => content.flatMap(({ toolUse }) => toolUse?.toolUseId ?? []));
  const answered = messages.flatMap(({ content }) =>
    content.flatMap(({ toolResult }) => toolResult?.toolUseId ?? []),
  );
  expect(answered.sort()).toEqual(used.sort());
  expect(await agent.run('Thank you.')).toMatchObject({ outcome: 'answered' });
}

describe.each(['first', 'second'] as const)('An agent whose %s call fails', (at) => {
  it.each(callFaults)(
    'run: %s is an error of kind %s, and the conversation stays legal',
    async (fault, kind) => {
      const agent = agentWith(fault, at);
      expect((await failureOf(agent.run(question))).kind).toBe(kind);
      expect(agent.messages).toHaveLength(at === 'first' ? 0 : 4);
      await expectLegal(agent);
    },
  );

  it.each(streamFaults)(
    'stream: %s is an error of kind %s, and the conversation stays legal',
    async (fault, kind) => {
      const agent = agentWith(fault, at);
      expect((await failureOf(agent.stream(question).result)).kind).toBe(kind);
      expect(agent.messages).toHaveLength(at === 'first' ? 0 : 4);
      await expectLegal(agent);
    },
  );
});

describe('Agent.stream', () => {
  it('gives the tool call and the answer while they come', async () => {
    const agent = agentWith('slow-start:ms=1', 'first');
    const stream = agent.stream(question);
    const deltas: AgentEvent[] = [];
    for await (const delta of stream) deltas.push(delta);
    const result = await stream.result;
    expect(deltas.some((delta) => delta.type === 'toolUse' && delta.name === 'weather')).toBe(true);
    const text = deltas.map((delta) => (delta.type === 'text' ? delta.text : '')).join('');
    expect(text).toBe(result.steps.map((step) => step.text).join(''));
  });

  it('makes plain calls for a model that cannot stream tools', async () => {
    await withAgent(
      [calls(['a', 'weather', { city: 'Ube' }]), says('Rain.')],
      async (agent, { requests }) => {
        const stream = agent.stream(question);
        const types: string[] = [];
        for await (const { type } of stream) types.push(type);
        expect(types).toEqual([
          'stepStart',
          'toolUse',
          'toolInput',
          'toolStart',
          'toolEnd',
          'stepEnd',
          'stepStart',
          'text',
          'stepEnd',
          'end',
        ]);
        expect(await stream.result).toMatchObject({ outcome: 'answered', text: 'Rain.' });
        expect(requests.map(({ path }) => path.split('/').at(-1))).toEqual(['converse', 'converse']);
      },
      { modelId: 'us.meta.llama3-1-70b-instruct-v1:0' },
    );
  });

  it('stops the run when its loop is left', async () => {
    const agent = agentWith('slow:ms=5', 'first');
    for await (const _ of agent.stream(question)) break;
    await expectLegal(agent);
  });

  it('answers a call whose input was cut at the token limit with an error, and does not run it', async () => {
    const cut = [
      event('messageStart', { role: 'assistant' }),
      event('contentBlockStart', {
        contentBlockIndex: 0,
        start: { toolUse: { toolUseId: 'a', name: 'weather' } },
      }),
      event('contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '{"city":"Ub' } } }),
      event('contentBlockStop', { contentBlockIndex: 0 }),
      event('messageStop', { stopReason: 'max_tokens' }),
      event('metadata', {
        usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
        metrics: { latencyMs: 1 },
      }),
    ];
    await withAgent([{ steps: cut }, { steps: converseEvents(['Sorry.']) }], async (agent) => {
      const result = await agent.stream('Go.').result;
      expect(result.steps[0]?.tools).toMatchObject([{ failure: 'invalid-input' }]);
      expect(result.text).toBe('Sorry.');
    });
  });
});

it('runs that are begun at once wait for each other', async () => {
  await withAgent([calls(['a', 'weather', { city: 'Ube' }]), says('One.'), says('Two.')], async (agent) => {
    const [one, two] = await Promise.all([agent.run('First'), agent.run('Second')]);
    expect([one?.text, two?.text]).toEqual(['One.', 'Two.']);
    expect(agent.messages).toHaveLength(6);
  });
});
