import { tool } from 'lib';
import { expect, it } from 'vitest';
import fc from '../../properties.ts';
import { calls, messagesOf, says, type ToolCall, withAgent } from './scripted-agent.ts';

const input = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
const good = tool({ name: 'good', description: 'Works.', input, run: ({ n }) => `n is ${n}` });
const bad = tool({
  name: 'bad',
  description: 'Fails.',
  input,
  run: () => {
    throw new Error('broken');
  },
});
const slow = tool({
  name: 'slow',
  description: 'Hangs.',
  input,
  timeoutMs: 3,
  run: () => new Promise(() => {}),
});
const asks = tool({
  name: 'asks',
  description: 'Asks.',
  input,
  approve: ({ n }) => Number(n) > 1,
  run: () => '',
});

/** Answers with calls of every kind, right and wrong. */
const call = fc.tuple(
  fc.constantFrom('good', 'bad', 'slow', 'asks', 'missing'),
  fc.oneof(fc.record({ n: fc.integer({ min: 0, max: 3 }) }), fc.constant({}), fc.constant({ n: 'one' })),
);
const answers = fc.array(fc.array(call, { minLength: 1, maxLength: 3 }), { maxLength: 4 });

it('every call is answered exactly once, right after it, whatever the model calls and wherever the run ends', async () => {
  await fc.assert(
    fc.asyncProperty(answers, fc.integer({ min: 1, max: 4 }), async (planned, maxSteps) => {
      const made = planned.map((group, step) =>
        group.map(([name, value], index): ToolCall => [`t${step}-${index}`, name, value]),
      );
      await withAgent(
        [...made.map((group) => calls(...group)), says('Done.')],
        async (agent, server) => {
          const result = await agent.run('Go.');
          expect(result.outcome).toBe(planned.length < maxSteps ? 'answered' : 'limit');
          expect(result.steps).toHaveLength(Math.min(planned.length + 1, maxSteps));
          expectPaired(agent.messages);
          await agent.run('And?');
          for (const [index] of server.requests.entries()) {
            expectPaired(messagesOf(server, index));
          }
        },
        { tools: [good, bad, slow, asks], limits: { maxSteps } },
      );
    }),
    { numRuns: 25 },
  );
});

function expectPaired(
  messages: readonly { readonly role: string; readonly content: readonly unknown[] }[],
): void {
  messages.forEach(({ role, content }, index) => {
    expect(role).toBe(index % 2 === 0 ? 'user' : 'assistant');
    const next = messages[index + 1]?.content ?? [];
    expect(idsOf(next, 'toolResult').sort()).toEqual(idsOf(content, 'toolUse').sort());
  });
}

function idsOf(content: readonly unknown[], kind: 'toolUse' | 'toolResult'): string[] {
  return content.flatMap((block) => {
    const { toolUseId } = (block as Record<string, { toolUseId?: string } | undefined>)[kind] ?? {};
    return toolUseId === undefined ? [] : [toolUseId];
  });
}
