import type { ContentBlock, ToolConfiguration } from '@aws-sdk/client-bedrock-runtime';
import { createClient, isLibError, type Message } from 'lib';
import { describe, expect, it } from 'vitest';
import type { Window } from '../../../lib/converse/context.ts';
import { callModel } from '../../../lib/converse/model-call.ts';
import { createBudget, createSession } from '../../../lib/converse/session.ts';
import { openHistory } from '../../../lib/history/open-history.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import fc from '../../properties.ts';

const endpoint = useLocalBedrock('lab');

const toolConfig: ToolConfiguration = {
  tools: [
    {
      toolSpec: {
        name: 'add',
        description: 'Adds two numbers.',
        inputSchema: {
          json: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } },
        },
      },
    },
  ],
};

/** What happens next in a conversation. */
const event = fc.oneof(
  fc.record({
    type: fc.constant('turn' as const),
    words: fc.constantFrom('What is 2 + 3?', 'Hello!', '<b>"$&'),
  }),
  // A turn in which a model calls tools, some of which give nothing, or are never run: the program ends in between.
  fc.record({
    type: fc.constant('tools' as const),
    calls: fc.integer({ min: 1, max: 3 }),
    answered: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({
    type: fc.constant('fault' as const),
    fault: fc.constantFrom('cut:after=2', 'ThrottlingException:after=2', 'no-message-stop', 'empty'),
    streamed: fc.boolean(),
  }),
  fc.constant({ type: 'restart' as const }),
);

const window: fc.Arbitrary<Window> = fc.record(
  { turns: fc.integer({ min: 1, max: 3 }), tokens: fc.integer({ min: 5, max: 200 }) },
  { requiredKeys: [] },
);

const modelIds = [
  'us.anthropic.claude-haiku-4-5-20251001-v1:0',
  'amazon.nova-lite-v1:0',
  'us.meta.llama3-3-70b-instruct-v1:0',
];

/** The model, too, may call the tool: its turn is finished by what comes next. */
function openWhenCalling({ content }: Message): { open?: true } {
  return content.some(({ toolUse }) => toolUse !== undefined) ? { open: true } : {};
}

describe('any sequence of turns, tool calls, cuts and summaries', () => {
  it.each(modelIds)('leaves a transcript that the endpoint takes (%s)', async (modelId) => {
    const client = createClient(clientFor(endpoint().url));
    let id = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 7 }),
        window,
        fc.integer({ min: 20, max: 300 }),
        async (events, limits, afterTokens) => {
          const history = await openHistory(':memory:');
          let session = createSession(history, 'ada');
          const settings = () => ({
            client,
            modelId,
            session,
            budget: createBudget({}),
            window: limits,
            summarize: { afterTokens, keepTurns: 1 },
            maxTokens: 40,
            toolConfig,
          });
          const signal = new AbortController().signal;
          const say = (added: readonly Message[], streamed = false) =>
            callModel(settings(), { added, signal, ...(streamed ? { onDelta: () => {} } : {}) });

          for (const next of [...events, { type: 'turn', words: 'And 1 + 1?' } as const]) {
            await session.load();
            if (next.type === 'restart') {
              session = createSession(history, 'ada');
            } else if (next.type === 'turn') {
              const question: Message = { role: 'user', content: [{ text: next.words }] };
              const { message } = await say([question]);
              await session.append({ messages: [question, message], modelId, ...openWhenCalling(message) });
            } else if (next.type === 'tools') {
              const ids = Array.from({ length: next.calls }, () => `tooluse_${id++}`);
              const calls = ids.map((toolUseId) => ({ toolUse: { toolUseId, name: 'add', input: {} } }));
              const question: Message = { role: 'user', content: [{ text: 'Add up.' }] };
              await session.append({
                messages: [question, { role: 'assistant', content: calls }],
                modelId,
                open: true,
              });
              if (next.answered === 0) continue;
              const results = ids
                .slice(0, next.answered)
                .map((toolUseId): ContentBlock => ({ toolResult: { toolUseId, content: [] } }));
              const added: Message = { role: 'user', content: results };
              const { message } = await say([added]);
              await session.append({ messages: [added, message], modelId, ...openWhenCalling(message) });
            } else {
              const before = session.entries.filter((entry) => 'messages' in entry);
              endpoint().fault(next.fault, { operation: next.streamed ? 'ConverseStream' : 'Converse' });
              try {
                await say([{ role: 'user', content: [{ text: 'Lost words.' }] }], next.streamed);
              } catch (error) {
                if (!isLibError(error) || error.kind === 'request') throw error;
              }
              endpoint().clearFaults();
              expect(session.entries.filter((entry) => 'messages' in entry)).toEqual(before);
            }
          }
          const { repairs, entries } = await history.read('ada');
          expect(repairs).toEqual([]);
          expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
          await history.close();
        },
      ),
      { numRuns: 25 },
    );
    client.destroy();
  });
});
