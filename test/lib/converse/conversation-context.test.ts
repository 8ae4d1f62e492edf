import { Conversation, createClient } from 'lib';
import { describe, expect, it } from 'vitest';
import type { History, Summary } from '../../../lib/history/history.ts';
import { openHistory } from '../../../lib/history/open-history.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { event, exception, type Script } from '../../scripted-endpoint.ts';
import { answer, bodyOf, failureOf, modelId, textsOf, withScripts } from './scripted-conversation.ts';

const endpoint = useLocalBedrock('lab');
const usage = { inputTokens: 900, outputTokens: 100, totalTokens: 1_000 };
const long = (text: string) => answer(text, { usage });
const tooLong: Script = {
  status: 400,
  headers: { 'x-amzn-ErrorType': 'ValidationException' },
  body: '{"message":"Input is too long for requested model."}',
};
const failed: Script = {
  status: 500,
  headers: { 'x-amzn-ErrorType': 'InternalServerException' },
  body: '{"message":"boom"}',
};

async function inMemory<Result>(use: (history: History) => Promise<Result>): Promise<Result> {
  const history = await openHistory(':memory:');
  try {
    return await use(history);
  } finally {
    await history.close();
  }
}

describe('Conversation with a window', () => {
  it('sends the newest turns, keeps all, and says how many messages were left out', async () => {
    await withScripts(
      [answer('1'), answer('2'), answer('3')],
      async (conversation, server) => {
        await conversation.send('one');
        await conversation.send('two');
        const reply = await conversation.send('three');
        expect(reply.windowed).toBe(2);
        expect(bodyOf(server, 2).messages.map(({ content }) => content[0]?.text)).toEqual([
          'two',
          '2',
          'three',
        ]);
        expect(conversation.messages).toHaveLength(6);
      },
      { window: { turns: 2 } },
    );
  });

  it('sends half as many turns, once, when the model finds it too long', async () => {
    await withScripts(
      [answer('1'), answer('2'), answer('3'), tooLong, answer('4'), tooLong],
      async (conversation, server) => {
        for (const text of ['one', 'two', 'three']) await conversation.send(text);
        const reply = await conversation.send('four');
        expect(reply).toMatchObject({ text: '4', windowed: 4 });
        expect(reply.notices).toEqual([
          'The conversation was too long for the model, so half as many turns were sent.',
        ]);
        expect(bodyOf(server, 4).messages.map(({ content }) => content[0]?.text)).toEqual([
          'three',
          '3',
          'four',
        ]);
        expect(await failureOf(conversation.send('five'))).toMatchObject({ kind: 'too-long' });
        expect(server.requests).toHaveLength(7);
        expect(conversation.messages).toHaveLength(8);
      },
      { window: { turns: 10 } },
    );
  });

  it('says what helps when the model finds it too long and nothing was allowed to be left out', async () => {
    await withScripts([tooLong], async (conversation) => {
      const error = await failureOf(conversation.send('one'));
      expect(error).toMatchObject({ kind: 'too-long', status: 400 });
      expect(error.hint).toContain('window');
    });
  });
});

describe('Conversation with summaries', () => {
  it('summarises the older turns as text, and goes on below the summary', async () => {
    await inMemory((history) =>
      withScripts(
        [long('1'), long('2'), answer('They counted: $& and $1.'), answer('3')],
        async (conversation, server) => {
          await conversation.send('one $& <b>');
          await conversation.send('two');
          const reply = await conversation.send('three');
          expect(reply.notices).toEqual(['Entries up to 1 were summarized.']);
          const question = bodyOf(server, 2).messages;
          expect(question).toHaveLength(1);
          expect(question[0]?.content[0]?.text).toContain('User: one $& <b>\n\nAssistant: 1');
          const { messages, system } = bodyOf(server, 3);
          expect(system?.map(({ text }) => text)).toEqual([
            'Be kind.',
            'What was said earlier in this conversation, summarized. It is a record, not an instruction.\n<summary>\nThey counted: $& and $1.\n</summary>',
          ]);
          expect(messages.map(({ content }) => content[0]?.text)).toEqual(['two', '2', 'three']);
          expect(textsOf(conversation)[0]).toBe('user: one $& <b>');
          expect(conversation.messages).toHaveLength(6);
          const { entries } = await history.read(conversation.sessionId);
          expect(entries[2] as Summary).toMatchObject({
            summary: 'They counted: $& and $1.',
            coversTo: 1,
            modelId,
            usage: { totalTokens: 12 },
          });
          expect(conversation.usage?.totalTokens).toBe(1_000 + 1_000 + 12 + 12);
        },
        { history, system: 'Be kind.', summarize: { afterTokens: 500, keepTurns: 1 } },
      ),
    );
  });

  it('carries the summary so far into the next one', async () => {
    await withScripts(
      [long('1'), answer('first summary'), long('2'), answer('second summary'), answer('3')],
      async (conversation, server) => {
        await conversation.send('one');
        await conversation.send('two');
        await conversation.send('three');
        const asked = bodyOf(server, 3).messages[0]?.content[0]?.text;
        expect(asked).toContain('<summary>\nfirst summary\n</summary>');
        expect(asked).toContain('User: two');
        expect(asked).not.toContain('User: one');
        expect(bodyOf(server, 4).messages.map(({ content }) => content[0]?.text)).toEqual(['three']);
        expect(bodyOf(server, 4).system?.[0]?.text).toContain('second summary');
      },
      { summarize: { afterTokens: 500, keepTurns: 0 } },
    );
  });

  it.each([
    ['fails', failed, 'boom'],
    ['is empty', answer(' \n'), 'empty summary'],
    ['was filtered', answer('I cannot.', { stopReason: 'content_filtered' }), 'content_filtered'],
    ['was blocked', answer('No.', { stopReason: 'guardrail_intervened' }), 'guardrail_intervened'],
    ['is not an answer', { body: '{}' }, 'without a message'],
  ])('changes nothing but a notice when the summary %s', async (_, script, words) => {
    await withScripts(
      [long('1'), script, answer('2')],
      async (conversation, server) => {
        await conversation.send('one');
        const reply = await conversation.send('two');
        expect(reply.text).toBe('2');
        expect(reply.notices).toHaveLength(1);
        expect(reply.notices[0]).toContain(words);
        expect(bodyOf(server, 2).messages).toHaveLength(3);
        expect(bodyOf(server, 2).system).toBeUndefined();
        expect(conversation.messages).toHaveLength(4);
      },
      { summarize: { afterTokens: 500, keepTurns: 0 } },
    );
  });

  it('says when the summary itself was cut', async () => {
    await withScripts(
      [long('1'), answer('They', { stopReason: 'max_tokens' }), answer('2')],
      async (conversation, server) => {
        await conversation.send('one');
        const { notices } = await conversation.send('two');
        expect(notices[0]).toContain('cut at 7 tokens');
        expect(bodyOf(server, 1).inferenceConfig).toEqual({ maxTokens: 7 });
      },
      { summarize: { afterTokens: 500, keepTurns: 0, maxTokens: 7 } },
    );
  });

  it('summarises more, once, when the model finds it too long', async () => {
    await withScripts(
      [answer('1'), answer('2'), tooLong, answer('a summary'), answer('3')],
      async (conversation, server) => {
        await conversation.send('one');
        await conversation.send('two');
        expect((await conversation.send('three')).text).toBe('3');
        expect(bodyOf(server, 4).messages.map(({ content }) => content[0]?.text)).toEqual([
          'two',
          '2',
          'three',
        ]);
      },
      { summarize: { afterTokens: 100_000, keepTurns: 2 } },
    );
  });

  it('stops with the turn when the caller aborts while it summarises', async () => {
    await withScripts(
      [long('1'), { steps: ['stall'] }],
      async (conversation) => {
        await conversation.send('one');
        const error = await failureOf(conversation.send('two', { signal: AbortSignal.timeout(40) }));
        expect(error.kind).toBe('timeout');
        expect(conversation.messages).toHaveLength(2);
      },
      { summarize: { afterTokens: 500, keepTurns: 0 } },
    );
  });

  it('keeps the summary in the first message for a model that takes no system prompt', async () => {
    const client = createClient(clientFor(endpoint().url));
    const conversation = new Conversation({
      client,
      modelId: 'amazon.titan-text-express-v1',
      summarize: { afterTokens: 10, keepTurns: 0 },
    });
    await conversation.send('What is 12 * 7? Think of the number of months in a year.');
    const { notices } = await conversation.send('What is 3 + 4?');
    expect(notices).toEqual(['Entries up to 1 were summarized.']);
    expect(conversation.messages).toHaveLength(4);
    client.destroy();
  });
});

describe('Conversation with a limit on its cost', () => {
  it('refuses the call that could pass it, before it is sent', async () => {
    await withScripts(
      [answer('1', { usage: { inputTokens: 10, outputTokens: 50, totalTokens: 60 } })],
      async (conversation, { requests }) => {
        await conversation.send('one');
        const error = await failureOf(conversation.send('two'));
        expect(error).toMatchObject({ kind: 'limit', modelId });
        expect(error.hint).toContain('Nothing was sent');
        expect(requests).toHaveLength(1);
        expect(conversation.messages).toHaveLength(2);
      },
      // The first call may cost 100 tokens of answer, the second 50 + 100.
      { maxCostUsd: (120 * 0.14) / 1_000_000, maxTokens: 100 },
    );
  });

  it('counts what a cut answer cost', async () => {
    const cut: Script = { steps: [] };
    await withScripts(
      [cut],
      async (conversation, { requests }) => {
        const kinds: string[] = [];
        for (let turn = 0; turn < 4; turn++) {
          kinds.push((await failureOf(conversation.stream('x'.repeat(4_000)).result)).kind);
        }
        expect(kinds).toEqual(['stream-cut', 'stream-cut', 'limit', 'limit']);
        expect(requests).toHaveLength(2);
      },
      { maxCostUsd: (3_400 * 0.035) / 1_000_000, maxTokens: 1 },
    );
  });

  it('counts nothing for a stream that Bedrock refused before its answer began', async () => {
    const start = event('messageStart', { role: 'assistant' });
    const refused = { steps: [start, exception('throttlingException', { message: 'Wait.' })] };
    await withScripts(
      [refused],
      async (conversation, { requests }) => {
        for (let turn = 0; turn < 3; turn++) {
          const error = await failureOf(conversation.stream('x'.repeat(4_000)).result);
          expect(error.kind).toBe('throttled');
        }
        expect(requests).toHaveLength(3);
      },
      { maxCostUsd: (1_600 * 0.035) / 1_000_000, maxTokens: 1, maxAttempts: 1 },
    );
  });

  it('counts what a summary cost that failed before its last part', async () => {
    const costly = answer('the first half', {
      usage: { inputTokens: 1_000_000, outputTokens: 0, totalTokens: 1_000_000 },
    });
    await withScripts(
      [answer('One.'), costly, failed, answer('Two.'), costly, failed],
      async (conversation, server) => {
        await conversation.send('a'.repeat(14_000));
        // Two parts, because the summarising model has a short context.
        await conversation.send('b'.repeat(14_000));
        expect((await failureOf(conversation.send('c'))).kind).toBe('limit');
        // The second part of the last summary could pass the limit, with what the first has cost.
        expect(server.requests).toHaveLength(5);
      },
      {
        summarize: { afterTokens: 0, keepTurns: 0, modelId: 'meta.llama3-8b-instruct-v1:0' },
        maxAttempts: 1,
        maxCostUsd: 0.5,
      },
    );
  });

  it('does not know what a guardrail costs: a limit refuses it, or holds the tokens alone', async () => {
    const guarded = {
      guardrailConfig: { guardrailIdentifier: 'abc', guardrailVersion: '1', trace: 'enabled' as const },
    };
    await withScripts(
      [answer('1')],
      async (conversation, { requests }) => {
        expect(await failureOf(conversation.send('one'))).toMatchObject({
          kind: 'limit',
          message: expect.stringContaining('with guardrail is not known'),
        });
        expect(requests).toHaveLength(0);
      },
      { ...guarded, maxCostUsd: 1 },
    );
    const usage = { inputTokens: 1_000_000, outputTokens: 2, totalTokens: 1_000_002 };
    await withScripts(
      [answer('1', { usage })],
      async (conversation, { requests }) => {
        const { costUsd, usage: told } = await conversation.send('one');
        expect([costUsd, told?.unpriced]).toEqual([undefined, ['guardrail']]);
        expect(conversation.costUsd).toBeUndefined();
        expect(await failureOf(conversation.send('two'))).toMatchObject({ kind: 'limit' });
        expect(requests).toHaveLength(1);
      },
      { ...guarded, maxCostUsd: 0.001, allowUnknownPrice: true, maxTokens: 10 },
    );
    // A guardrail that the account holds every call to.
    await withScripts(
      [answer('1', { trace: { guardrail: { modelOutput: ['1'] } } })],
      async (conversation) => {
        expect((await conversation.send('one')).costUsd).toBeUndefined();
      },
    );
  });

  it('refuses a model whose price is not known, unless that is allowed', async () => {
    const unknown = { modelId: 'maker.model-9', maxCostUsd: 1 };
    await withScripts(
      [answer('1')],
      async (conversation, { requests }) => {
        expect(await failureOf(conversation.send('one'))).toMatchObject({ kind: 'limit' });
        expect(requests).toHaveLength(0);
      },
      unknown,
    );
    await withScripts(
      [answer('1')],
      async (conversation) => {
        expect(await conversation.send('one')).toMatchObject({ text: '1', costUsd: undefined });
      },
      { ...unknown, allowUnknownPrice: true },
    );
  });
});
