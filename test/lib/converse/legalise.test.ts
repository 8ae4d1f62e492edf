import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { legalise, type Message } from 'lib';
import { describe, expect, it } from 'vitest';

const user = (...content: ContentBlock[]): Message => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });
const text = (words: string): ContentBlock => ({ text: words });
const call = (toolUseId: string, input: object = {}): ContentBlock =>
  ({ toolUse: { toolUseId, name: 'add', input } }) as ContentBlock;
const result = (toolUseId: string, ...content: object[]): ContentBlock =>
  ({ toolResult: { toolUseId, content } }) as ContentBlock;
const document = (name: string): ContentBlock => ({
  document: { format: 'txt', name, source: { text: 'words' } },
});
const unfinished = (toolUseId: string): ContentBlock => ({
  toolResult: {
    toolUseId,
    content: [{ text: 'There is no result: the tool call was not finished.' }],
    status: 'error',
  },
});

/** The legal transcript and the kinds of its repairs, without the note that tools were offered. */
function legal(messages: readonly Message[], modelId?: string) {
  const { messages: after, repairs } = legalise(messages, modelId === undefined ? {} : { modelId });
  return {
    messages: after,
    kinds: repairs.map(({ kind }) => kind).filter((kind) => kind !== 'tool-config-added'),
  };
}

describe('legalise', () => {
  it('leaves a legal transcript alone', () => {
    const messages = [
      user(text('Hi')),
      assistant(text('I add.'), call('a'), call('b')),
      user(result('a', { text: '1' }), result('b', { json: { sum: 2 } }), text('Go on.')),
      assistant(text('Done.')),
      user(text('Thanks'), { cachePoint: { type: 'default' } }),
    ];
    expect(legal(messages)).toEqual({ messages, kinds: [] });
  });

  it('looks again at a message that has changed since it was found legal', () => {
    const block = { text: 'Hi' };
    const messages = [user(block), assistant(text('Hello')), user(text('So?'))];
    expect(legal(messages).kinds).toEqual([]);
    block.text = ' ';
    expect(legal(messages).kinds).toEqual([
      'blank-text-dropped',
      'empty-message-dropped',
      'first-turn-added',
    ]);
  });

  it('repairs what stands between frozen messages as it does between others', () => {
    const messages = [
      assistant(text('Welcome!')),
      user(text('Hi')),
      user(text('There')),
      assistant(text('a\ud83d')),
    ];
    const frozen = messages.map(({ role, content }) =>
      Object.freeze({ role, content: Object.freeze(content.map((block) => Object.freeze(block))) }),
    );
    const nova = 'amazon.nova-lite-v1:0';
    for (const round of [1, 2]) expect(legal(frozen, nova), `round ${round}`).toEqual(legal(messages, nova));
    expect(legal(frozen, nova).kinds).toContain('roles-merged');
  });

  it('puts messages of the same role together', () => {
    expect(legal([user(text('a')), user(text('b')), assistant(text('c')), assistant(text('d'))])).toEqual({
      messages: [user(text('a'), text('b')), assistant(text('c'), text('d'))],
      kinds: ['roles-merged', 'roles-merged'],
    });
  });

  it('leaves out what is blank, and then puts together what became neighbours', () => {
    expect(legal([user(text('a')), assistant(text('\n\n')), user(text(' '), text('b'))])).toEqual({
      messages: [user(text('a'), text('b'))],
      kinds: ['blank-text-dropped', 'blank-text-dropped', 'empty-message-dropped', 'roles-merged'],
    });
    expect(legal([])).toEqual({ messages: [], kinds: [] });
  });

  it('lets the user begin', () => {
    expect(legal([assistant(text('Welcome!')), user(text('Hi'))])).toEqual({
      messages: [
        user(text('(The beginning of this conversation is not shown.)')),
        assistant(text('Welcome!')),
        user(text('Hi')),
      ],
      kinds: ['first-turn-added'],
    });
  });

  it('answers tool calls that nobody answered, all of a parallel set, also at the very end', () => {
    expect(
      legal([user(text('Hi')), assistant(call('a'), call('b')), user(result('b', { text: '2' }))]),
    ).toEqual({
      messages: [
        user(text('Hi')),
        assistant(call('a'), call('b')),
        user(result('b', { text: '2' }), unfinished('a')),
      ],
      kinds: ['tool-result-added'],
    });
    expect(legal([user(text('Hi')), assistant(call('a'))])).toEqual({
      messages: [user(text('Hi')), assistant(call('a')), user(unfinished('a'))],
      kinds: ['tool-result-added'],
    });
  });

  it('puts a result whose call is not there into words', () => {
    expect(legal([user(result('a', { text: '42' }, { json: { b: 1 } }), text('Hi'))])).toEqual({
      messages: [user(text('[The tool answered: 42\n{"b":1}]'), text('Hi'))],
      kinds: ['tool-result-as-text'],
    });
  });

  it('puts results in front of words', () => {
    expect(
      legal([user(text('Hi')), assistant(call('a')), user(text('So?'), result('a', { text: '1' }))]),
    ).toEqual({
      messages: [user(text('Hi')), assistant(call('a')), user(result('a', { text: '1' }), text('So?'))],
      kinds: ['tool-result-first'],
    });
  });

  it('fills empty results and wraps what is no object', () => {
    const { messages, kinds } = legal([
      user(text('Hi')),
      assistant(call('a'), call('b'), call('c')),
      user(result('a'), result('b', { text: ' ' }), result('c', { json: [1, { __type: 'x' }] })),
    ]);
    expect(messages[2]).toEqual(
      user(
        result('a', { text: '(no output)' }),
        result('b', { text: '(no output)' }),
        result('c', { json: { result: [1, { _type: 'x' }] } }),
      ),
    );
    expect(kinds).toEqual(['tool-result-filled', 'tool-result-filled', 'tool-result-wrapped']);
  });

  it('gives every call an id of its own, and its result the same', () => {
    const { messages } = legal([
      user(text('Hi')),
      assistant(call('a')),
      user(result('a', { text: '1' })),
      assistant(call('a'), call('not legal!')),
      user(result('a', { text: '2' }), result('not legal!', { text: '3' })),
    ]);
    expect(messages.slice(3)).toEqual([
      assistant(call('a_2'), call('not_legal_')),
      user(result('a_2', { text: '2' }), result('not_legal_', { text: '3' })),
    ]);
  });

  it('offers a tool that does nothing where the transcript has tool calls and the caller no tools', () => {
    const messages = [user(text('Hi')), assistant(call('a')), user(result('a', { text: '1' }))];
    const { toolConfig, repairs } = legalise(messages);
    expect(toolConfig?.tools?.[0]?.toolSpec?.name).toBe('no_tool');
    expect(repairs.map(({ kind }) => kind)).toEqual(['tool-config-added']);
    const own = { tools: [{ toolSpec: { name: 'add', inputSchema: { json: { type: 'object' } } } }] };
    expect(legalise(messages, { toolConfig: own })).toEqual({ messages, toolConfig: own, repairs: [] });
    expect(legalise([user(text('Hi'))]).toolConfig).toBeUndefined();
  });

  it('puts tools into words for a model that takes none', () => {
    const messages = [user(text('Hi')), assistant(call('a', { n: 1 })), user(result('a', { text: '1' }))];
    expect(legal(messages, 'amazon.titan-text-express-v1').messages).toEqual([
      user(text('Hi')),
      assistant(text('[Called the tool add with {"n":1}]')),
      user(text('[The tool answered: 1]')),
    ]);
  });

  it('keeps words and tools apart for Llama, also for one newer than the catalogue', () => {
    const messages = [
      user(text('Hi')),
      assistant(text('I add.'), call('a')),
      user(result('a', { text: '1' }), text('So?')),
    ];
    const apart = [
      user(text('Hi')),
      assistant(text('I add.')),
      user(text('Go on.')),
      assistant(call('a')),
      user(result('a', { text: '1' })),
      assistant(text('I have the results.')),
      user(text('So?')),
    ];
    for (const modelId of ['us.meta.llama3-3-70b-instruct-v1:0', 'us.meta.llama9-1b-instruct-v1:0']) {
      expect(legal(messages, modelId)).toEqual({
        messages: apart,
        kinds: ['tool-turn-split', 'tool-turn-split'],
      });
    }
    expect(legal(messages, 'amazon.nova-lite-v1:0').kinds).toEqual([]);
  });

  it('gives documents legal names of their own, and words beside them', () => {
    const { messages, kinds } = legal([
      user(document('Q3  report.pdf'), document('Q3 report pdf'), document('レポート')),
      assistant(text('Read.')),
      user(text('And this?'), document('Résumé (final)')),
    ]);
    expect(
      messages.flatMap(({ content }) => content.map((block) => block.document?.name ?? block.text)),
    ).toEqual([
      'Q3 report pdf',
      'Q3 report pdf (2)',
      'The document "document" is named "レポート".',
      'document',
      'Read.',
      'And this?',
      'Resume (final)',
    ]);
    expect(kinds).toEqual(['document-renamed', 'document-renamed', 'document-renamed', 'document-renamed']);
  });

  it('leaves out reasoning that is not signed, and keeps what is, also with an empty text', () => {
    const signed: ContentBlock = { reasoningContent: { reasoningText: { text: '', signature: 's' } } };
    const unsigned: ContentBlock = { reasoningContent: { reasoningText: { text: 'hm' } } };
    expect(legal([user(text('Hi')), assistant(signed, unsigned, text('Yes')), user(text('So?'))])).toEqual({
      messages: [user(text('Hi')), assistant(signed, text('Yes')), user(text('So?'))],
      kinds: ['reasoning-dropped'],
    });
  });

  it('leaves out cache points that may not stand where they do, and the oldest of too many', () => {
    const point: ContentBlock = { cachePoint: { type: 'default' } };
    const misplaced = legal([user(point, text('a'), point, point), assistant(point)]);
    expect(misplaced.messages).toEqual([user(text('a'), point)]);
    const thought = { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2ln' } } };
    const behind = legal([user(text('a')), assistant(thought, point, text('b'), point), user(text('c'))]);
    expect(behind.messages[1]).toEqual(assistant(thought, text('b'), point));
    const many = Array.from({ length: 6 }, (_, index) =>
      index % 2 === 0 ? user(text(`${index}`), point) : assistant(text(`${index}`), point),
    );
    const { messages, repairs } = legalise(many, { cachePointsElsewhere: 1 });
    expect(messages.map(({ content }) => content.length)).toEqual([1, 1, 1, 2, 2, 2]);
    expect(repairs).toHaveLength(3);
    expect(legal([user(text('a'), point)], 'us.meta.llama3-3-70b-instruct-v1:0').messages).toEqual([
      user(text('a')),
    ]);
  });

  it('lets a model go on with its own words only where it does', () => {
    const messages = [user(text('Hi')), assistant(text('The answer is  '))];
    expect(legal(messages, 'us.anthropic.claude-haiku-4-5-20251001-v1:0')).toEqual({
      messages: [user(text('Hi')), assistant(text('The answer is'))],
      kinds: ['trailing-space-trimmed'],
    });
    expect(legal(messages, 'us.anthropic.claude-sonnet-4-6')).toEqual({
      messages: [...messages, user(text('Go on.'))],
      kinds: ['last-turn-added'],
    });
    // What is newer than the catalogue is like the newest in it.
    expect(legal(messages, 'anthropic.claude-saga-9').kinds).toEqual(['last-turn-added']);
  });

  it('puts pictures of earlier turns into words for a model that reads none, and leaves that of now', () => {
    const picture: ContentBlock = { image: { format: 'png', source: { bytes: new Uint8Array([1]) } } };
    const messages = [
      user(picture, text('This?')),
      assistant(text('A cat.')),
      user(picture, text('And this?')),
    ];
    expect(legal(messages, 'amazon.nova-micro-v1:0')).toEqual({
      messages: [user(text('[picture]'), text('This?')), ...messages.slice(1)],
      kinds: ['block-as-text'],
    });
    expect(legal(messages, 'amazon.nova-lite-v1:0').kinds).toEqual([]);
  });

  it('keeps what a tool of the service did, call and result in one message', () => {
    const messages = [
      user(text('Hi')),
      assistant(
        { toolUse: { toolUseId: 's', name: 'search', input: {}, type: 'server_tool_use' } },
        { toolResult: { toolUseId: 's', type: 'search_result', content: [{ text: 'found' }] } },
        text('Found.'),
      ),
      user(text('Thanks')),
    ];
    expect(legal(messages)).toEqual({ messages, kinds: [] });
  });
});
