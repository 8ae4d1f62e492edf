import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { Conversation, createClient, type Delta, type Reply } from 'lib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { converseEvents, event, exception, type Script, transports } from '../../scripted-endpoint.ts';
import { interrupt } from '../cells.ts';
import { answer, bodyOf, failureOf, modelId, textsOf, withScripts } from './scripted-conversation.ts';

const endpoint = useLocalBedrock('lab');
const clientOf = () => createClient(clientFor(endpoint().url));

const rejections: unknown[] = [];
const note = (reason: unknown) => rejections.push(reason);
beforeEach(() => {
  process.on('unhandledRejection', note);
});
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off('unhandledRejection', note);
  expect(rejections.splice(0)).toEqual([]);
});

const hello = [
  event('messageStart', { role: 'assistant' }),
  event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hel' } }),
  event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'lo' } }),
];

async function textOfStream(stream: AsyncIterable<Delta>) {
  let text = '';
  for await (const delta of stream) if (delta.type === 'text') text += delta.text;
  return text;
}

describe('Conversation.send', () => {
  it('gives a message that nobody can change afterwards, neither here nor in what is sent next', async () => {
    const toolUse = { toolUseId: 'a', name: 'look', input: { where: ['here'] } };
    const message = { role: 'assistant', content: [{ text: 'Hi.' }, { toolUse }] };
    await withScripts([answer('', { output: { message } })], async (conversation) => {
      const reply = await conversation.send('Hello');
      const content = reply.message.content as ContentBlock[];
      expect(() => content.push({ text: 'more' })).toThrow(TypeError);
      const input = content[1]?.toolUse?.input as { where: string[] } | undefined;
      expect(() => input?.where.push('there')).toThrow(TypeError);
      expect(conversation.messages[1]).toEqual(message);
    });
  });

  it('gives the answer, what it took and what it cost', async () => {
    const conversation = new Conversation({ client: clientOf(), modelId });
    const reply = await conversation.send('What is 12 * 7?');
    expect(reply).toMatchObject({
      stopReason: 'end_turn',
      modelId,
      attempts: 1,
      repairs: [],
      windowed: 0,
      notices: [],
      invalidToolInputs: [],
      message: { role: 'assistant', content: [{ text: reply.text }] },
    });
    expect(reply.text).toContain('84');
    expect(reply.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(reply.usage?.totalTokens).toBeGreaterThan(0);
    expect(reply.costUsd).toBeGreaterThan(0);
    expect(reply.latencyMs).toBeGreaterThanOrEqual(0);
    expect(conversation.usage).toEqual(reply.usage);
    expect(conversation.costUsd).toBe(reply.costUsd);
  });

  it('sends what was said before, the system prompt and a limit on the answer', async () => {
    await withScripts(
      [answer('Hi, Ada.'), answer('Ada.')],
      async (conversation, server) => {
        await conversation.send('I am Ada.');
        await conversation.send([{ text: 'Who am I?' }]);
        const { messages, system, inferenceConfig } = bodyOf(server, 1);
        expect(messages).toEqual([
          { role: 'user', content: [{ text: 'I am Ada.' }] },
          { role: 'assistant', content: [{ text: 'Hi, Ada.' }] },
          { role: 'user', content: [{ text: 'Who am I?' }] },
        ]);
        expect(system).toEqual([{ text: 'Be kind.' }]);
        expect(inferenceConfig).toEqual({ maxTokens: 512, temperature: 0 });
        expect(conversation.usage).toEqual({ inputTokens: 20, outputTokens: 4, totalTokens: 24 });
      },
      { system: 'Be kind.', temperature: 0 },
    );
  });

  it('says when the answer was cut at the limit', async () => {
    const conversation = new Conversation({ client: clientOf(), modelId, maxTokens: 3 });
    expect(await conversation.send('Tell me everything about stars.')).toMatchObject({
      stopReason: 'max_tokens',
      usage: { outputTokens: 3 },
    });
  });

  it.each([[''], [' \n\t'], [[]], [[{ text: ' ' }]], [[{ cachePoint: { type: 'default' as const } }]]])(
    'refuses the blank input %j before it is sent',
    async (input) => {
      await withScripts([answer('Hello')], async (conversation, { requests }) => {
        expect(await failureOf(conversation.send(input))).toMatchObject({ kind: 'request' });
        expect(await failureOf(conversation.stream(input).result)).toMatchObject({ kind: 'request' });
        expect(requests).toHaveLength(0);
      });
    },
  );

  it.each([[undefined], [null], [5], [['Hi']], [{ text: 'Hi' }], [[null]]])(
    'tells what it was given in place of an input: %j',
    async (input) => {
      await withScripts([answer('Hello')], async (conversation, { requests }) => {
        for (const turn of [conversation.send(input as never), conversation.stream(input as never).result])
          expect(await failureOf(turn)).toMatchObject({
            kind: 'request',
            message: expect.stringContaining('a text or a list of content blocks'),
          });
        expect(requests).toHaveLength(0);
      });
    },
  );

  it('shows its messages, and lets nobody change them', async () => {
    const conversation = new Conversation({ client: clientOf(), modelId });
    const input = [{ text: 'What is 1 + 1?' }];
    await conversation.send(input);
    const [first] = conversation.messages;
    expect(Object.isFrozen(conversation.messages)).toBe(true);
    expect(Object.isFrozen(first?.content[0])).toBe(true);
    expect(() => (conversation.messages as unknown[]).push('x')).toThrow(TypeError);
    input[0] = { text: 'changed' };
    expect(textsOf(conversation)[0]).toBe('user: What is 1 + 1?');
    expect(conversation.messages).toBe(conversation.messages);
  });

  it('takes one turn after the other, in the order they were begun', async () => {
    const slow: Script = { steps: [{ wait: 30 }, ...converseEvents(['one'])] };
    await withScripts([slow, answer('two'), answer('three')], async (conversation, server) => {
      const replies = await Promise.all([
        conversation.stream('first').result,
        conversation.send('second'),
        conversation.send('third'),
      ]);
      expect(replies.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
      expect(textsOf(conversation)).toEqual([
        'user: first',
        'assistant: one',
        'user: second',
        'assistant: two',
        'user: third',
        'assistant: three',
      ]);
      expect(bodyOf(server, 2).messages).toHaveLength(5);
    });
  });

  it('goes on after a turn that failed, which leaves nothing behind', async () => {
    const refused: Script = {
      status: 400,
      headers: { 'x-amzn-ErrorType': 'ValidationException' },
      body: '{"message":"No."}',
    };
    await withScripts([answer('one'), refused, answer('three')], async (conversation, server) => {
      await conversation.send('first');
      const before = conversation.messages;
      const [failed, third] = await Promise.allSettled([
        conversation.send('second'),
        conversation.send('third'),
      ]);
      expect(failed).toMatchObject({ status: 'rejected', reason: { kind: 'request', message: 'No.' } });
      expect(third.status).toBe('fulfilled');
      expect(bodyOf(server, 2).messages.map(({ content }) => content[0]?.text)).toEqual([
        'first',
        'one',
        'third',
      ]);
      expect(before).toHaveLength(2);
      expect(conversation.messages).toHaveLength(4);
    });
  });

  it.each([
    ['an empty 200', { body: '' }],
    ['an answer without a stop reason', answer('Hello', { stopReason: undefined })],
    ['an answer without a message', answer('', { output: {} })],
  ])('does not take %s for an answer', async (_, script) => {
    await withScripts([script], async (conversation) => {
      expect(await failureOf(conversation.send('Hi'))).toMatchObject({
        kind: 'response',
        requestId: 'request-1',
      });
      expect(conversation.messages).toEqual([]);
    });
  });

  it('remembers an answer that says nothing, and still sends a legal transcript', async () => {
    const silent = answer('', { output: { message: { role: 'assistant', content: [] } } });
    await withScripts([silent, answer('two')], async (conversation, server) => {
      expect(await conversation.send('first')).toMatchObject({ text: '', repairs: [] });
      const { repairs } = await conversation.send('second');
      expect(repairs.map(({ kind }) => kind)).toEqual(['empty-message-dropped', 'roles-merged']);
      expect(bodyOf(server, 1).messages).toEqual([
        { role: 'user', content: [{ text: 'first' }, { text: 'second' }] },
      ]);
    });
  });

  it('does not know a total of which it does not know a part', async () => {
    await withScripts([answer('one'), answer('two', { usage: undefined })], async (conversation) => {
      expect(conversation.usage).toEqual({ inputTokens: 0, outputTokens: 0, totalTokens: 0 });
      expect(conversation.costUsd).toBe(0);
      await conversation.send('first');
      expect(conversation.costUsd).toBeGreaterThan(0);
      expect(await conversation.send('second')).toMatchObject({ usage: undefined, costUsd: undefined });
      expect(conversation.usage).toBeUndefined();
      expect(conversation.costUsd).toBeUndefined();
    });
  });

  it('stops when the caller aborts, also while it waits for its turn', async () => {
    await withScripts([{ steps: ['stall'] }], async (conversation) => {
      const controller = new AbortController();
      const waiting = new AbortController();
      const first = failureOf(conversation.stream('first', { signal: controller.signal }).result);
      const second = failureOf(conversation.send('second', { signal: waiting.signal }));
      waiting.abort();
      expect(await second).toMatchObject({ kind: 'aborted' });
      controller.abort();
      expect(await first).toMatchObject({ kind: 'aborted' });
      expect(conversation.messages).toEqual([]);
    });
  });

  it('stops when the kernel is interrupted', async () => {
    await withScripts([{ steps: ['stall'] }, answer('Hello')], async (conversation, { requests }) => {
      const turns = [failureOf(conversation.send('first')), failureOf(conversation.send('second'))];
      await expect.poll(() => requests.length).toBe(1);
      interrupt();
      expect((await Promise.all(turns)).map(({ kind }) => kind)).toEqual(['aborted', 'aborted']);
      expect((await conversation.send('third')).text).toBe('Hello');
      expect(requests).toHaveLength(2);
    });
  });
});

describe.each(transports)('Conversation.stream over %s', (transport) => {
  const scripted = <Result>(
    scripts: readonly Script[],
    use: Parameters<typeof withScripts<Result>>[1],
    options: Parameters<typeof withScripts>[2] = {},
  ) => withScripts(scripts, use, options, transport);

  it('gives the pieces as they come, and then the reply that send would give', async () => {
    await scripted([{ steps: converseEvents(['Hel', '', 'lo']) }], async (conversation) => {
      const stream = conversation.stream('Hi');
      const deltas: Delta[] = [];
      for await (const delta of stream) deltas.push(delta);
      expect(deltas).toEqual([
        { type: 'text', text: 'Hel' },
        { type: 'text', text: 'lo' },
      ]);
      const reply: Reply = await stream.result;
      expect(reply).toMatchObject({
        text: 'Hello',
        message: { role: 'assistant', content: [{ text: 'Hello' }] },
        stopReason: 'end_turn',
        usage: { inputTokens: 10, outputTokens: 3, totalTokens: 13 },
        attempts: 1,
        requestId: 'request-1',
      });
      expect(textsOf(conversation)).toEqual(['user: Hi', 'assistant: Hello']);
    });
  });

  it('gives the reply to who only asks for that, and the pieces to a loop that comes later', async () => {
    await scripted([{ steps: converseEvents(['Hel', 'lo']) }], async (conversation, { requests }) => {
      const stream = conversation.stream('Hi');
      expect(requests).toHaveLength(0);
      expect((await stream.result).text).toBe('Hello');
      expect(await textOfStream(stream)).toBe('Hello');
      expect(requests).toHaveLength(1);
    });
  });

  it('stops the answer when the loop is left, and is as before when the loop is over', async () => {
    await scripted([{ steps: [...hello, 'stall'] }, answer('two')], async (conversation, { requests }) => {
      const stream = conversation.stream('first');
      for await (const _ of stream) break;
      expect(await failureOf(stream.result)).toMatchObject({ kind: 'aborted' });
      expect(await requests[0]?.closed).toMatchObject({ finished: false });
      expect(conversation.messages).toEqual([]);
      expect((await conversation.send('second')).text).toBe('two');
    });
  });

  it.each([
    ['ends in order without its end', ['end' as const], 'stream-cut'],
    ['is cut', ['cut' as const], 'stream-cut'],
    ['is cut inside a frame', [hello[1]?.subarray(0, 20) ?? new Uint8Array(), 'cut' as const], 'stream-cut'],
    [
      'is throttled',
      [exception('throttlingException', { message: 'Too many tokens, please wait before trying again.' })],
      'throttled',
    ],
    ['fails in the model', [exception('modelStreamErrorException', { message: 'No.' })], 'model'],
    ['fails in a way never seen', [exception('newException', { message: 'No.' })], 'unknown'],
    ['stalls', ['stall' as const], 'timeout'],
  ])('leaves nothing behind when the answer %s', async (_, end, kind) => {
    await scripted(
      [{ steps: [...hello, ...end] }],
      async (conversation, { requests }) => {
        const stream = conversation.stream('Hi');
        const error = await failureOf(textOfStream(stream));
        expect(error).toMatchObject({ kind, partialText: 'Hello', requestId: 'request-1', modelId });
        expect(await failureOf(stream.result)).toBe(error);
        expect(conversation.messages).toEqual([]);
        expect(requests).toHaveLength(1);
      },
      { idleTimeoutMs: kind === 'timeout' ? 1_000 : 10_000, maxAttempts: 3 },
    );
  });

  it.each([
    ['throttle', 'throttlingException'],
    ['lack of capacity', 'serviceUnavailableException'],
    ['failure', 'internalServerException'],
  ])('calls again after a %s that comes before the first token', async (_, type) => {
    const throttled: Script = {
      steps: [event('messageStart', { role: 'assistant' }), exception(type, { message: 'Wait.' })],
    };
    await scripted(
      [throttled, { steps: converseEvents(['Hello']) }],
      async (conversation) => {
        const stream = conversation.stream('Hi');
        expect(await textOfStream(stream)).toBe('Hello');
        expect(await stream.result).toMatchObject({ attempts: 2 });
      },
      { maxAttempts: 2 },
    );
  });

  it('stops when the caller aborts, with what had arrived', async () => {
    await scripted([{ steps: [...hello, 'stall'] }], async (conversation, { requests }) => {
      const controller = new AbortController();
      const stream = conversation.stream('Hi', { signal: controller.signal });
      let seen = '';
      const loop = async () => {
        for await (const delta of stream) {
          if (delta.type === 'text') seen += delta.text;
          if (seen === 'Hello') controller.abort();
        }
      };
      expect(await failureOf(loop())).toMatchObject({ kind: 'aborted', partialText: 'Hello' });
      expect(await requests[0]?.closed).toMatchObject({ finished: false });
      expect(conversation.messages).toEqual([]);
    });
  });

  it('is not disturbed by a reply that nobody looks at', async () => {
    await scripted([{ steps: [...hello, 'cut'] }], async (conversation) => {
      const stream = conversation.stream('Hi');
      await expect(textOfStream(stream)).rejects.toMatchObject({ kind: 'stream-cut' });
      void conversation.stream('never begun');
    });
  });
});
