import { tool } from 'lib';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../converse/scripted-conversation.ts';
import { calls, messagesOf, says, weather, withAgent } from './scripted-agent.ts';

const again = calls(['a', 'weather', { city: 'Ube' }]);

describe('The limits of an agent', () => {
  it('end a loop that does not end, without running tools whose results nobody would read', async () => {
    let runs = 0;
    const count = tool({ ...weather, run: () => ++runs });
    await withAgent(
      [
        again,
        calls(['b', 'weather', { city: 'Ube' }]),
        calls(['c', 'weather', { city: 'Ube' }]),
        says('Now.'),
      ],
      async (agent, server) => {
        const result = await agent.run('Go.');
        expect(result).toMatchObject({ outcome: 'limit', limit: 'steps' });
        expect(runs).toBe(2);
        expect(result.steps.at(-1)?.tools).toMatchObject([{ failure: 'not-run', status: 'error' }]);
        expect(await agent.run('And now?')).toMatchObject({ outcome: 'answered', text: 'Now.' });
        expect(messagesOf(server, 3).map(({ role }) => role)).toEqual([
          ...Array.from({ length: 4 }, () => ['user', 'assistant']).flat(),
          'user',
        ]);
      },
      { tools: [count], limits: { maxSteps: 3 } },
    );
  });

  it('count the tokens of a run', async () => {
    await withAgent(
      [again, calls(['b', 'weather', { city: 'Ube' }])],
      async (agent, { requests }) => {
        expect(await agent.run('Go.')).toMatchObject({ outcome: 'limit', limit: 'tokens' });
        expect(requests).toHaveLength(2);
      },
      { limits: { totalTokens: 150 } },
    );
  });

  it('end a run that takes too long, in a tool or in a call', async () => {
    const hangs = tool({ ...weather, run: () => new Promise(() => {}) });
    for (const scripts of [[again], [{ steps: ['stall' as const] }]]) {
      await withAgent(
        scripts,
        async (agent) => {
          expect(await agent.run('Go.')).toMatchObject({ outcome: 'limit', limit: 'time' });
          expect(agent.messages.at(-1)?.role).not.toBe('user');
        },
        { tools: [hangs], limits: { maxMs: 60 } },
      );
    }
  });

  it('do not make the call that could cost too much', async () => {
    await withAgent(
      [again],
      async (agent, { requests }) => {
        expect(await agent.run('Go.')).toMatchObject({ outcome: 'limit', limit: 'cost', steps: [] });
        expect(requests).toHaveLength(0);
        expect(agent.messages).toEqual([]);
      },
      { limits: { maxCostUsd: 1e-9 } },
    );
  });

  it('refuse a model without a known price, and a limit that allows nothing', async () => {
    await withAgent(
      [again],
      async (agent) => {
        expect(await failureOf(agent.run('Go.'))).toMatchObject({ kind: 'limit' });
      },
      { modelId: 'maker.unknown-v1:0', limits: { maxCostUsd: 1 } },
    );
    await expect(withAgent([again], async () => {}, { limits: { maxSteps: 0 } })).rejects.toThrow(
      'maxSteps is 0',
    );
  });
});

it('options by the names that they had before are told by the new ones', async () => {
  const stale = (options: object) => withAgent([again], async () => {}, options);
  await expect(stale({ limits: { maxTokens: 5 } })).rejects.toMatchObject({
    kind: 'request',
    hint: expect.stringContaining('limits.totalTokens'),
  });
  await expect(stale({ idleTimeout: 5 })).rejects.toMatchObject({
    kind: 'request',
    hint: expect.stringContaining('idleTimeoutMs'),
  });
});
