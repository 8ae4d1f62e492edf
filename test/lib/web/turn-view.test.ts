import { describe, expect, it } from 'vitest';
import type { HistoryEntry, Summary, Turn } from '../../../lib/history/history.ts';
import { turnViews } from '../../../lib/web/turn-view.ts';

const modelId = 'amazon.nova-lite-v1:0';
const usage = { inputTokens: 1_000, outputTokens: 234, totalTokens: 1_234 };
const asked = (text: string) => ({ role: 'user' as const, content: [{ text }] });
const answered = (text: string) => ({ role: 'assistant' as const, content: [{ text }] });
const called: Turn = {
  messages: [
    asked('What is the weather in Tokyo?'),
    {
      role: 'assistant',
      content: [
        { text: 'I will look.' },
        { toolUse: { toolUseId: 'one', name: 'get_weather', input: { city: 'Tokyo' } } },
        { toolUse: { toolUseId: 'two', name: 'get_time', input: {} } },
      ],
    },
  ],
  modelId,
  usage,
  costUsd: 0.001,
  open: true,
};
const result = (toolUseId: string, text: string, status: 'success' | 'error'): Turn => ({
  messages: [{ role: 'user', content: [{ toolResult: { toolUseId, content: [{ text }], status } }] }],
  open: true,
});

const thought = (...said: string[]) => ({
  role: 'assistant' as const,
  content: [
    { reasoningContent: { reasoningText: { text: 'Let me see.' } } },
    ...said.map((text) => ({ text })),
  ],
});

function viewsOf(...turns: (Turn | Summary)[]) {
  const createdAt = '2026-11-24T00:00:00.000Z';
  return turnViews(turns.map((turn, index): HistoryEntry => ({ ...turn, sequence: index + 1, createdAt })));
}

describe('a turn of a model that thinks', () => {
  it('shows what was said, and not the thoughts', () => {
    const [view] = viewsOf({ messages: [asked('17 + 25?'), thought('42')], stopReason: 'end_turn' });
    expect(view?.parts).toMatchObject([{ text: '42' }]);
    expect(view?.note).toBeUndefined();
  });

  it.each([
    ['max_tokens', 'The model was still thinking when its answer had reached the longest length.'],
    ['end_turn', 'The model has said nothing.'],
  ])('and says nothing (%s) tells why nothing is there', (stopReason, note) => {
    expect(viewsOf({ messages: [asked('17 + 25?'), thought()], stopReason })).toMatchObject([
      { parts: [], note },
    ]);
  });
});

describe('a turn', () => {
  it('is a question and an answer, with the model, the tokens and the cost', () => {
    const [view] = viewsOf({
      messages: [asked('Hello'), answered('**Hi**')],
      modelId,
      usage,
      costUsd: 0.0002,
    });
    expect(view).toEqual({
      question: 'Hello',
      parts: [{ type: 'text', text: '**Hi**', html: '<p><strong>Hi</strong></p>\n' }],
      about: 'Nova Lite · 1,234 tokens · $0.00020',
      modelId,
    });
  });

  it('says that a cost is unknown, and never that it is zero', () => {
    const [view] = viewsOf({ messages: [asked('Hello'), answered('Hi')], modelId: 'somebody.new-v1' });
    expect(view?.about).toBe('somebody.new-v1 · unknown tokens · cost unknown');
  });

  it('with tools shows calls and results where they stand between the words, and the sum of its steps', () => {
    const last: Turn = { messages: [answered('It rains.')], modelId, usage, costUsd: 0.001 };
    const views = viewsOf(called, result('two', 'noon', 'success'), result('one', 'No.', 'error'), last);
    expect(views).toHaveLength(1);
    expect(views[0]?.parts).toMatchObject([
      { type: 'text', text: 'I will look.' },
      {
        type: 'step',
        id: 'one',
        name: 'get_weather',
        input: '{\n  "city": "Tokyo"\n}',
        result: { text: 'No.', isError: true },
      },
      { type: 'step', id: 'two', name: 'get_time', input: '{}', result: { text: 'noon', isError: false } },
      { type: 'text', text: 'It rains.' },
    ]);
    expect(views[0]?.about).toBe('Nova Lite · 2,468 tokens · $0.0020');
    expect(views[0]?.note).toBeUndefined();
  });

  it('that had to be finished says why, and not in the model’s name', () => {
    const repair: Turn = { messages: [answered('(interrupted)')], repair: 'The turn was cut off.' };
    const [view] = viewsOf(
      called,
      result('one', 'rain', 'success'),
      result('two', 'noon', 'success'),
      repair,
    );
    expect(view?.note).toBe('The turn was cut off.');
    expect(view?.parts.map(({ type }) => type)).toEqual(['text', 'step', 'step']);
  });

  it('that is still under way has a call without a result', () => {
    const [view] = viewsOf(called, result('one', 'rain', 'success'));
    expect(view?.parts[2]).toEqual({ type: 'step', id: 'two', name: 'get_time', input: '{}' });
  });

  it('that was cut at its longest length says so', () => {
    const [view] = viewsOf({ messages: [asked('Hello'), answered('Hi')], stopReason: 'max_tokens' });
    expect(view?.note).toContain('cut here');
  });

  it('stays, also when a summary stands for it', () => {
    const turn: Turn = { messages: [asked('Hello'), answered('Hi')] };
    expect(viewsOf(turn, { summary: 'A greeting.', coversTo: 1 }, turn)).toHaveLength(2);
  });
});
