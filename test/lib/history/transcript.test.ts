import { describe, expect, it } from 'vitest';
import type { HistoryEntry, Summary, Turn } from '../../../lib/history/history.ts';
import { repairOf, transcriptOf } from '../../../lib/history/transcript.ts';
import { assistant, toolCall, toolResult, turn, user } from './messages.ts';

function log(...entries: (Turn | Summary)[]): HistoryEntry[] {
  return entries.map((entry, index) => ({
    ...entry,
    sequence: index + 1,
    createdAt: '2026-01-01T00:00:00.000Z',
  }));
}

/** The log as it is after a crash was repaired. */
function repaired(...entries: (Turn | Summary)[]): HistoryEntry[] {
  const repair = repairOf(log(...entries));
  return log(...entries, ...(repair ? [repair] : []));
}

const interrupted = expect.objectContaining({
  role: 'assistant',
  content: [{ text: expect.stringContaining('interrupted') }],
});

function errorFor(toolUseId: string) {
  return {
    toolResult: { toolUseId, content: [{ text: expect.stringContaining('ended before') }], status: 'error' },
  };
}

describe('the transcript', () => {
  it('is all messages of the turns in order, and empty for an empty log', () => {
    expect(transcriptOf([])).toEqual({ messages: [], unfinished: [] });
    expect(transcriptOf(log(turn('a', 'b'), turn('c', 'd')))).toEqual({
      messages: [user('a'), assistant('b'), user('c'), assistant('d')],
      unfinished: [],
    });
  });

  it('begins after what the last summary covers, which need not be all that was before it', () => {
    const entries = log(
      turn('a', 'b'),
      turn('c', 'd'),
      { summary: 'first', coversTo: 1 },
      turn('e', 'f'),
      { summary: 'second', coversTo: 2 },
      turn('g', 'h'),
    );
    expect(transcriptOf(entries)).toEqual({
      summary: 'second',
      messages: [user('e'), assistant('f'), user('g'), assistant('h')],
      unfinished: [],
    });
  });

  it('puts the parts of a turn together, and the results of tools that were stored one by one', () => {
    const entries = log(
      { messages: [user('time and weather?')], open: true },
      { messages: [toolCall('t', 'w')], open: true },
      { messages: [toolResult('t', 'noon')], open: true },
      { messages: [toolResult('w', 'rain'), assistant('Noon, rain.')] },
      turn('thanks', 'welcome'),
    );
    expect(transcriptOf(entries).messages).toEqual([
      user('time and weather?'),
      toolCall('t', 'w'),
      { role: 'user', content: [...toolResult('t', 'noon').content, ...toolResult('w', 'rain').content] },
      assistant('Noon, rain.'),
      user('thanks'),
      assistant('welcome'),
    ]);
  });

  it('keeps a turn that is still open apart', () => {
    const entries = log(
      turn('a', 'b'),
      { messages: [user('c')], open: true },
      { messages: [toolCall('t')], open: true },
    );
    expect(transcriptOf(entries)).toEqual({
      messages: [user('a'), assistant('b')],
      unfinished: [user('c'), toolCall('t')],
    });
  });
});

describe('the repair', () => {
  it.each([
    ['an empty log', []],
    ['finished turns', [turn('a', 'b'), turn('c', 'd')]],
    [
      'a turn whose tools all answered',
      [{ messages: [user('a'), toolCall('t'), toolResult('t', 'x'), assistant('b')] }],
    ],
    ['a log that ends with a summary', [turn('a', 'b'), { summary: 's', coversTo: 1 }]],
    ['what a summary covers', [{ messages: [user('a')] }, { summary: 's', coversTo: 1 }]],
  ])('finds nothing to do for %s', (_what, entries) => {
    expect(repairOf(log(...(entries as Turn[])))).toBeUndefined();
  });

  it('leaves a question that nobody answered out of the transcript, and the words in the log', () => {
    for (const lost of [{ messages: [user('lost')], open: true } as const, { messages: [user('lost')] }]) {
      const entries = repaired(turn('a', 'b'), lost);
      expect(entries).toHaveLength(3);
      expect(entries[1]).toMatchObject(lost);
      expect(entries[2]).toMatchObject({ messages: [], repair: expect.stringContaining('entry 2') });
      expect(transcriptOf(entries)).toEqual({ messages: [user('a'), assistant('b')], unfinished: [] });
    }
  });

  it('answers each tool call that has no result, with an error, and finishes the turn', () => {
    for (const open of [{ open: true } as const, {}]) {
      const entries = repaired({ messages: [user('q'), toolCall('t', 'w')], ...open });
      expect(transcriptOf(entries)).toEqual({
        messages: [
          user('q'),
          toolCall('t', 'w'),
          { role: 'user', content: [errorFor('t'), errorFor('w')] },
          interrupted,
        ],
        unfinished: [],
      });
    }
  });

  it('keeps the results that had arrived, and answers only the others', () => {
    const entries = repaired(
      { messages: [user('q'), toolCall('t', 'w')], open: true },
      { messages: [toolResult('w', 'rain')], open: true },
    );
    expect(transcriptOf(entries).messages).toEqual([
      user('q'),
      toolCall('t', 'w'),
      { role: 'user', content: [...toolResult('w', 'rain').content, errorFor('t')] },
      interrupted,
    ]);
  });

  it('finishes a turn whose results were there and whose answer was not', () => {
    const entries = repaired(
      { messages: [user('q'), toolCall('t')], open: true },
      { messages: [toolResult('t', 'noon')], open: true },
    );
    expect(transcriptOf(entries).messages).toEqual([
      user('q'),
      toolCall('t'),
      toolResult('t', 'noon'),
      interrupted,
    ]);
  });

  it('finishes a turn that was only not closed', () => {
    const entries = repaired({ messages: [user('q'), assistant('a')], open: true });
    expect(transcriptOf(entries)).toEqual({ messages: [user('q'), assistant('a')], unfinished: [] });
  });

  it('is done once: what was repaired needs no repair', () => {
    for (const entries of [
      repaired({ messages: [user('q')], open: true }),
      repaired({ messages: [user('q'), toolCall('t')], open: true }),
      repaired({ messages: [user('q')] }),
    ]) {
      expect(repairOf(entries)).toBeUndefined();
    }
  });

  it('still leaves the question out when the conversation has gone on', () => {
    const entries = [...repaired({ messages: [user('lost')], open: true }), ...log(turn('a', 'b'))];
    const numbered = entries.map((entry, index) => ({ ...entry, sequence: index + 1 }));
    expect(transcriptOf(numbered).messages).toEqual([user('a'), assistant('b')]);
  });
});
