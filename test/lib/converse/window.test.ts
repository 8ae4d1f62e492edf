import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { legalise, type Message } from 'lib';
import { describe, expect, it } from 'vitest';
import { estimateTokens, windowOf } from '../../../lib/converse/context.ts';
import fc from '../../properties.ts';

const user = (text: string): Message => ({ role: 'user', content: [{ text }] });
const assistant = (text: string): Message => ({ role: 'assistant', content: [{ text }] });
const call = (toolUseId: string): Message => ({
  role: 'assistant',
  content: [{ toolUse: { toolUseId, name: 'add', input: {} } }],
});
const result = (...ids: string[]): Message => ({
  role: 'user',
  content: ids.map((toolUseId): ContentBlock => ({ toolResult: { toolUseId, content: [{ text: 'ok' }] } })),
});

describe('windowOf', () => {
  const conversation = [
    user('one'),
    assistant('1'),
    user('two'),
    call('a'),
    result('a'),
    assistant('2'),
    user('three'),
  ];

  it('keeps the newest turns, tool calls with their results', () => {
    expect(windowOf(conversation, { turns: 2 })).toEqual({ messages: conversation.slice(2), leftOut: 2 });
    expect(windowOf(conversation, { turns: 1 })).toEqual({ messages: conversation.slice(6), leftOut: 6 });
  });

  it('keeps everything that fits', () => {
    expect(windowOf(conversation, {})).toEqual({ messages: conversation, leftOut: 0 });
    expect(windowOf(conversation, { turns: 9, tokens: 10_000 })).toEqual({
      messages: conversation,
      leftOut: 0,
    });
  });

  it('keeps what was just said, however little fits', () => {
    expect(windowOf(conversation, { turns: 0, tokens: 1 }).messages).toEqual([user('three')]);
  });

  it('keeps the question of one long turn, and its newest pairs', () => {
    const ids = Array.from({ length: 30 }, (_, index) => `call-${index}`);
    const long = [user('the question'), ...ids.flatMap((id) => [call(id), result(id)])];
    const { messages, leftOut } = windowOf(long, { tokens: 120 });
    expect(messages[0]).toEqual(user('the question'));
    expect(messages.slice(1)).toEqual(long.slice(-(messages.length - 1)));
    expect(messages.length).toBeGreaterThan(2);
    expect(messages.length + leftOut).toBe(long.length);
    expect(estimateTokens(messages)).toBeLessThanOrEqual(120);
    expect(legalise(messages).repairs.map(({ kind }) => kind)).toEqual(['tool-config-added']);
  });

  it('keeps the last pair of a long turn even where it alone is too long', () => {
    const long = [user('q'), call('a'), result('a'), call('b'), result('b')];
    expect(windowOf(long, { tokens: 1 }).messages).toEqual([user('q'), call('b'), result('b')]);
  });

  const turn = fc
    .record({ question: fc.string({ minLength: 1 }), calls: fc.nat(3), answer: fc.string({ minLength: 1 }) })
    .map(({ question, calls, answer }) => ({ question: `q${question}`, calls, answer: `a${answer}` }));

  it('never needs a repair of what it has cut, and keeps the last words of the user', () => {
    fc.assert(
      fc.property(
        fc.array(turn, { maxLength: 6 }),
        turn,
        fc.boolean(),
        fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
        fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
        (turns, last, isOpen, most, tokens) => {
          let id = 0;
          const tools = (count: number) =>
            Array.from({ length: count }, () => `id-${id++}`).flatMap((name) => [call(name), result(name)]);
          const messages = [
            ...turns.flatMap(({ question, calls, answer }) => [
              user(question),
              ...tools(calls),
              assistant(answer),
            ]),
            user(last.question),
            ...(isOpen ? tools(last.calls) : []),
          ];
          const window = windowOf(messages, {
            ...(most !== undefined && { turns: most }),
            ...(tokens !== undefined && { tokens }),
          });
          expect(window.messages).toContainEqual(user(last.question));
          expect(window.messages.length + window.leftOut).toBe(messages.length);
          const { repairs } = legalise(window.messages);
          expect(repairs.filter(({ kind }) => kind !== 'tool-config-added')).toEqual([]);
          const questions = window.messages.filter(({ content }) => content[0]?.text?.startsWith('q'));
          if (most !== undefined) expect(questions.length).toBeLessThanOrEqual(Math.max(1, most));
        },
      ),
    );
  });
});
