import { describe, expect, it } from 'vitest';
import { createTurnStream } from '../../../lib/converse/conversation.ts';

const piece = (text: string) => ({ type: 'text' as const, text });
const done = { done: true, value: undefined };

describe('createTurnStream', () => {
  it('begins when somebody asks, and once', async () => {
    let runs = 0;
    const stream = createTurnStream(async () => ++runs);
    await new Promise((resolve) => setImmediate(resolve));
    expect(runs).toBe(0);
    expect(await Promise.all([stream.result, stream.result])).toEqual([1, 1]);
    for await (const _ of stream);
    expect(runs).toBe(1);
  });

  it('serves readers that do not wait for each other', async () => {
    const stream = createTurnStream(async (emit) => {
      for (const text of ['a', 'b']) {
        await new Promise((resolve) => setImmediate(resolve));
        emit(piece(text));
      }
    });
    const reader = stream[Symbol.asyncIterator]();
    expect(await Promise.all([reader.next(), reader.next(), reader.next()])).toEqual([
      { done: false, value: piece('a') },
      { done: false, value: piece('b') },
      done,
    ]);
  });

  it('gives every piece before the error that ended the turn', async () => {
    const stream = createTurnStream(async (emit) => {
      emit(piece('a'));
      throw new Error('cut');
    });
    const reader = stream[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ done: false, value: piece('a') });
    await expect(reader.next()).rejects.toThrow('cut');
    await expect(stream.result).rejects.toThrow('cut');
  });

  it('stops the turn when it is left, waits for it, and gives nothing more', async () => {
    const log: string[] = [];
    const stream = createTurnStream(async (emit, signal) => {
      for (const text of ['a', 'b', 'c']) emit(piece(text));
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await new Promise((resolve) => setImmediate(resolve));
      log.push('the turn has ended');
      throw new Error('left');
    });
    for await (const _ of stream) break;
    expect(log).toEqual(['the turn has ended']);
    expect(await stream[Symbol.asyncIterator]().next()).toEqual(done);
    await expect(stream.result).rejects.toThrow('left');
  });
});

it('is the same promise under the name that it had before', async () => {
  const stream = createTurnStream(async () => 1);
  expect(stream.reply).toBe(stream.result);
});
