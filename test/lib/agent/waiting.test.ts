import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Agent, type AgentResult, askLater, CostMeter, openHistory, type PendingCall, tool } from 'lib';
import { describe, expect, it } from 'vitest';
import { serveScripts } from '../../scripted-endpoint.ts';
import { failureOf } from '../converse/scripted-conversation.ts';
import { newFile } from '../history/drivers.ts';
import { calls, messagesOf, resultsOf, says, weather, withAgent } from './scripted-agent.ts';

/** A tool that asks somebody who is not here, and the rooms that it has booked. */
function bookings() {
  const booked: string[] = [];
  const book = tool({
    name: 'book',
    description: 'Books a room.',
    input: { type: 'object', properties: { room: { type: 'string' } }, required: ['room'] },
    approve: () => askLater,
    run: ({ room }) => {
      booked.push(String(room));
      return `Room ${room} is booked.`;
    },
  });
  return { book, booked };
}

function pendingOf(result: AgentResult): readonly PendingCall[] {
  if (result.outcome !== 'waiting') throw new Error(`The run is ${result.outcome}.`);
  return result.pending;
}

const allow = (pending: readonly PendingCall[]) => ({
  decisions: pending.map((call) => ({ ...call, approval: true })),
});
const bookSeven = calls(['a', 'book', { room: '7' }]);

describe('A run that waits for a person', () => {
  it('ends, and goes on with the decision after its program is gone', async () => {
    const file = newFile();
    const server = await serveScripts(bookSeven);
    const program = join(import.meta.dirname, 'waiting-agent.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [program, server.url, file, 's'], {
      timeout: 60_000,
    });
    await server.close();
    const result = JSON.parse(stdout) as AgentResult;
    expect(result).toMatchObject({
      outcome: 'waiting',
      pending: [{ toolUseId: 'a', name: 'book', input: { room: '7' } }],
      steps: [{ number: 1, tools: [] }],
      explanation: 'The run waits for a decision on book.',
    });

    const { book, booked } = bookings();
    const history = await openHistory(file);
    await withAgent(
      [says('Done.')],
      async (agent, next) => {
        expect(await agent.pendingCalls()).toEqual(pendingOf(result));
        const end = await agent.run(allow(pendingOf(result)));
        expect(end).toMatchObject({ outcome: 'answered', text: 'Done.', notices: [] });
        expect(end.steps[0]?.tools).toMatchObject([{ name: 'book', text: 'Room 7 is booked.' }]);
        // The model's first call was paid for in the first run.
        expect(end.usage?.totalTokens).toBe(110);
        expect(agent.usage?.totalTokens).toBe(220);
        expect(booked).toEqual(['7']);
        expect(messagesOf(next, 0).map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
        expect(resultsOf(next, 0)).toEqual([
          { toolUseId: 'a', status: 'success', text: 'Room 7 is booked.' },
        ]);
        expect(await agent.pendingCalls()).toEqual([]);
      },
      { history, sessionId: 's', tools: [book] },
    );
    await history.close();
  });

  it('a tool may change the input that it is given, also after its program is gone', async () => {
    const history = await openHistory(':memory:');
    const sort = tool({
      name: 'book',
      description: 'Books rooms.',
      input: { type: 'object' },
      approve: () => askLater,
      run: ({ rooms }) => (rooms as string[]).sort().join(),
    });
    const options = { history, sessionId: 's', tools: [sort] };
    const pending = await withAgent(
      [calls(['a', 'book', { rooms: ['9', '7'] }])],
      async (agent) => pendingOf(await agent.run('Book two rooms.')),
      options,
    );
    await withAgent(
      [says('Done.')],
      async (agent) => {
        const { steps } = await agent.run(allow(pending));
        expect(steps[0]?.tools).toMatchObject([{ status: 'success', text: '7,9' }]);
      },
      options,
    );
    await history.close();
  });

  it('a call that was refused is not run, and the model is told the reason', async () => {
    const { book, booked } = bookings();
    await withAgent(
      [bookSeven, says('I could not.')],
      async (agent, server) => {
        const [call] = pendingOf(await agent.run('Book.'));
        if (call === undefined) throw new Error('Nothing waits.');
        await agent.run({ decisions: [{ ...call, approval: 'Too dear.' }] });
        expect(booked).toEqual([]);
        expect(resultsOf(server, 1)[0]).toMatchObject({ status: 'error' });
        expect(resultsOf(server, 1)[0]?.text).toContain('Too dear.');
      },
      { tools: [book] },
    );
  });

  it('other calls of the answer run at once, and those without a decision go on waiting', async () => {
    const { book, booked } = bookings();
    const answer = calls(
      ['a', 'book', { room: '1' }],
      ['b', 'weather', { city: 'Ube' }],
      ['c', 'book', { room: '2' }],
    );
    await withAgent(
      [answer, says('Both are booked.')],
      async (agent, server) => {
        const first = await agent.run('Book two rooms.');
        expect(first.steps[0]?.tools).toMatchObject([{ name: 'weather', status: 'success' }]);
        const [one, two] = pendingOf(first);
        if (one === undefined || two === undefined) throw new Error('Two calls should wait.');
        const second = await agent.run(allow([two]));
        expect(pendingOf(second)).toEqual([one]);
        expect(booked).toEqual(['2']);
        expect(await agent.run(allow([one]))).toMatchObject({ outcome: 'answered' });
        expect(booked).toEqual(['2', '1']);
        expect(
          resultsOf(server, 1)
            .map(({ toolUseId }) => toolUseId)
            .sort(),
        ).toEqual(['a', 'b', 'c']);
        expect(server.requests).toHaveLength(2);
      },
      { tools: [book, weather] },
    );
  });

  it('a decision on something else than what waits is refused, and nothing runs', async () => {
    const { book, booked } = bookings();
    await withAgent(
      [bookSeven, says('Done.')],
      async (agent) => {
        const [call] = pendingOf(await agent.run('Book.'));
        if (call === undefined) throw new Error('Nothing waits.');
        const wrong = [
          [{ ...call, input: { room: '8' } }],
          [{ ...call, input: { room: '7', more: 1 } }],
          [{ ...call, name: 'cancel' }],
          [{ ...call, toolUseId: 'b' }],
          [call, call],
        ];
        for (const decided of wrong) {
          expect((await failureOf(agent.run(allow(decided)))).kind).toBe('conflict');
        }
        const odd = [
          [],
          [{ ...call, approval: 1 }],
          [{ ...call, approval: undefined }],
          [{ approval: true }],
          'yes',
          undefined,
        ];
        for (const decisions of odd) {
          const failure = await failureOf(agent.run({ decisions } as never));
          expect([failure.kind, /decision|approval|toolUseId/.test(failure.message)]).toEqual([
            'request',
            true,
          ]);
        }
        expect(booked).toEqual([]);
        // The order of members is not what was decided on.
        expect(await agent.run(allow([call]))).toMatchObject({ outcome: 'answered' });
        expect((await failureOf(agent.run(allow([call])))).kind).toBe('conflict');
        expect(booked).toEqual(['7']);
      },
      { tools: [book] },
    );
  });

  it('of two programs that are given the decision, one runs the call', async () => {
    const file = newFile();
    const { book, booked } = bookings();
    const [one, other] = [await openHistory(file), await openHistory(file)];
    const options = { sessionId: 's', tools: [book] };
    await withAgent(
      [bookSeven, says('Done.'), says('Done.')],
      async (agent, server) => {
        const pending = pendingOf(await agent.run('Book.'));
        const { clientOver } = await import('../../scripted-endpoint.ts');
        const client = clientOver('HTTP/1.1', server.url);
        const second = new Agent({
          client,
          modelId: 'amazon.nova-micro-v1:0',
          history: other,
          ...options,
        });
        expect(await second.pendingCalls()).toEqual(pending);
        const ends = await Promise.allSettled([agent.run(allow(pending)), second.run(allow(pending))]);
        expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({
          reason: { kind: 'conflict' },
        });
        expect(booked).toEqual(['7']);
        client.destroy();
      },
      { history: one, ...options },
    );
    await one.close();
    await other.close();
  });

  it('the conversation may go on without a decision: the call is given up, and the next turn is well', async () => {
    const { book, booked } = bookings();
    await withAgent(
      [bookSeven, says('Yes?'), says('Good.')],
      async (agent, server) => {
        const pending = pendingOf(await agent.run('Book.'));
        const next = await agent.run('Something else.');
        expect(next).toMatchObject({
          outcome: 'answered',
          notices: [expect.stringContaining('waited for a decision')],
        });
        expect(messagesOf(server, 1).map(({ role }) => role)).toEqual([
          'user',
          'assistant',
          'user',
          'assistant',
          'user',
        ]);
        expect((await failureOf(agent.run(allow(pending)))).kind).toBe('conflict');
        expect(await agent.run('And?')).toMatchObject({ outcome: 'answered', notices: [] });
        expect(booked).toEqual([]);
      },
      { tools: [book] },
    );
  });

  it('what was stopped while it ran after the decision does not wait any more, and never runs again', async () => {
    const stop = new AbortController();
    let runs = 0;
    const slow = tool({
      name: 'book',
      description: 'Books.',
      input: { type: 'object' },
      approve: () => askLater,
      run: () => {
        runs++;
        stop.abort();
        return new Promise(() => {});
      },
    });
    await withAgent(
      [bookSeven, says('It may be booked.')],
      async (agent, server) => {
        const pending = pendingOf(await agent.run('Book.'));
        expect((await failureOf(agent.run(allow(pending), { signal: stop.signal }))).kind).toBe('aborted');
        expect(await agent.pendingCalls()).toEqual([]);
        expect((await failureOf(agent.run(allow(pending)))).kind).toBe('conflict');
        expect(await agent.run('What now?')).toMatchObject({ outcome: 'answered' });
        expect(messagesOf(server, 1)).toHaveLength(5);
        expect(runs).toBe(1);
      },
      { tools: [slow] },
    );
  });

  it('is told of while it happens', async () => {
    const { book } = bookings();
    await withAgent(
      [bookSeven, says('Done.')],
      async (agent) => {
        const typesOf = async (input: Parameters<Agent['run']>[0]) => {
          const types: string[] = [];
          const result = await agent.run(input, { onEvent: ({ type }) => void types.push(type) });
          return { types, result };
        };
        const first = await typesOf('Book.');
        expect(first.types).toEqual(['stepStart', 'approvalAsked', 'stepEnd', 'end']);
        const second = await typesOf(allow(pendingOf(first.result)));
        expect(second.types).toEqual([
          'stepStart',
          'toolStart',
          'toolEnd',
          'stepEnd',
          'stepStart',
          'stepEnd',
          'end',
        ]);
      },
      { tools: [book] },
    );
  });
});

describe('What an agent offers', () => {
  const configOf = (server: { requests: readonly { body: unknown }[] }, index: number) =>
    (server.requests[index]?.body as { toolConfig?: Record<string, unknown> } | undefined)?.toolConfig;

  it('a tool that has to be called is one in the first step only: later, the model must be able to answer', async () => {
    const lite = { modelId: 'amazon.nova-lite-v1:0' };
    const scripts = [calls(['a', 'weather', { city: 'Ube' }]), says('Rain.'), says('Hello.')];
    await withAgent(
      scripts,
      async (agent, server) => {
        await agent.run('Weather?', { toolChoice: { tool: 'weather' } });
        await agent.run('Hi.');
        expect([0, 1, 2].map((index) => configOf(server, index)?.toolChoice)).toEqual([
          { tool: { name: 'weather' } },
          undefined,
          { any: {} },
        ]);
        for (const toolChoice of [{ tool: 'unknown' }, 'weather', null]) {
          const failure = await failureOf(agent.run('Hi.', { toolChoice: toolChoice as never }));
          expect(failure.message).toContain('toolChoice');
        }
      },
      { ...lite, toolChoice: 'any' },
    );
  });

  it('tools are cached on request, at the end of all of them', async () => {
    const claude = { modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' };
    for (const [cacheTools, cachePoint] of [
      [true, { type: 'default' }],
      ['1h', { type: 'default', ttl: '1h' }],
    ] as const) {
      await withAgent(
        [says('Hi.')],
        async (agent, server) => {
          await agent.run('Hi.');
          expect((configOf(server, 0)?.tools as unknown[] | undefined)?.at(-1)).toEqual({ cachePoint });
        },
        { ...claude, cacheTools },
      );
    }
  });

  it('its calls count in a meter with those of others, and are held to their limit', async () => {
    const meter = new CostMeter({ maxCostUsd: 0.000_3 });
    await withAgent(
      [says('Hi.')],
      async (agent, server) => {
        await agent.run('Hi.', {});
        expect(meter.calls).toBe(1);
        const result = await agent.run(`Read this: ${'word '.repeat(20_000)}`);
        expect(result).toMatchObject({ outcome: 'limit', limit: 'cost' });
        expect(server.requests).toHaveLength(1);
      },
      { meter },
    );
  });
});
