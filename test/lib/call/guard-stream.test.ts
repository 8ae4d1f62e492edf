import { ConverseStreamCommand, type ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import { isLibError } from 'lib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withInterrupt } from '../../../lib/base/interrupt.ts';
import { guardStream, openStream } from '../../../lib/call/open-stream.ts';
import { arrivesMeanwhile } from '../../arrives-meanwhile.ts';
import {
  clientOver,
  converseEvents,
  errorFrame,
  event,
  exception,
  type Step,
  serveScripts,
  transports,
  untilArrived,
} from '../../scripted-endpoint.ts';
import { interrupt } from '../cells.ts';

const modelId = 'amazon.nova-micro-v1:0';
const start = event('messageStart', { role: 'assistant' });
const delta = (text: string) => event('contentBlockDelta', { contentBlockIndex: 0, delta: { text } });
const hello = [start, delta('Hel'), delta('lo')];
const stop = event('messageStop', { stopReason: 'end_turn' });

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

async function open(
  transport: (typeof transports)[number],
  steps: readonly Step[],
  options: { signal?: AbortSignal; idleTimeoutMs?: number } = {},
) {
  const server = await serveScripts({ steps });
  const request = new AbortController();
  const client = clientOver(transport, server.url);
  const { stream, $metadata } = await client.send(
    new ConverseStreamCommand({ modelId, messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }),
    { abortSignal: request.signal },
  );
  if (stream === undefined) throw new Error('no stream');
  const events = guardStream<ConverseStreamOutput>(stream, {
    request,
    ...options,
    isEnd: (item) => item.messageStop !== undefined,
    textOf: (item) => item.contentBlockDelta?.delta?.text ?? '',
    context: { modelId, requestId: $metadata.requestId ?? '' },
  });
  const [seen] = server.requests;
  if (seen === undefined) throw new Error('no request');
  const close = async () => {
    client.destroy();
    await server.close();
  };
  return { events, closed: seen.closed, close };
}

async function failureOf(events: AsyncIterable<unknown>) {
  try {
    for await (const _ of events);
  } catch (error) {
    if (isLibError(error)) return error;
    throw error;
  }
  throw new Error('The stream ended as if the answer were whole.');
}

describe.each(transports)('guardStream over %s', (transport) => {
  it('gives every event of a whole answer', async () => {
    const { events, closed, close } = await open(transport, converseEvents(['Hel', 'lo']));
    const kinds: string[] = [];
    for await (const item of events) kinds.push(...Object.keys(item));
    expect(kinds).toEqual([
      'messageStart',
      'contentBlockDelta',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(await closed).toMatchObject({ finished: true });
    await close();
  });

  it.each([
    ['ends in order', 'end' as const],
    ['breaks', 'cut' as const],
  ])('is cut when the connection %s before the end of the answer', async (_, last) => {
    const { events, close } = await open(transport, [...hello, last]);
    expect(await failureOf(events)).toMatchObject({
      kind: 'stream-cut',
      partialText: 'Hello',
      requestId: 'request-1',
      modelId,
      retryable: true,
    });
    await close();
  });

  it('is cut inside a frame', async () => {
    const { events, close } = await open(transport, [...hello, delta('x').subarray(0, 30), 'cut']);
    expect(await failureOf(events)).toMatchObject({ kind: 'stream-cut', partialText: 'Hello' });
    await close();
  });

  it('is cut by a damaged frame', async () => {
    const damaged = Uint8Array.from(delta('lo'));
    const place = damaged.length - 10;
    damaged[place] = (damaged[place] ?? 0) ^ 1;
    const { events, close } = await open(transport, [start, delta('Hel'), damaged, stop]);
    expect(await failureOf(events)).toMatchObject({
      kind: 'stream-cut',
      message: 'The answer arrived damaged',
      partialText: 'Hel',
    });
    await close();
  });

  it('takes an answer whose token counts got lost as whole', async () => {
    const { events, close } = await open(transport, [...hello, stop, 'cut']);
    let last: ConverseStreamOutput | undefined;
    for await (const item of events) last = item;
    expect(last?.messageStop?.stopReason).toBe('end_turn');
    await close();
  });

  it.each([
    ['throttlingException', 'Too many requests, please wait before trying again.', 'throttled', true],
    ['serviceUnavailableException', 'Bedrock is unable to process your request.', 'overloaded', true],
    ['internalServerException', 'The system encountered an unexpected error.', 'overloaded', true],
    ['modelStreamErrorException', 'The model failed.', 'model', false],
    ['validationException', 'Input is too long for requested model.', 'too-long', false],
    ['modelTimeoutException', 'The model took too long.', 'timeout', true],
    ['somethingNewException', 'Never seen before.', 'unknown', false],
  ])('turns a %s into an error that keeps the request id', async (type, message, kind, retryable) => {
    const { events, close } = await open(transport, [...hello, exception(type, { message }), 'stall']);
    expect(await failureOf(events)).toMatchObject({
      kind,
      message,
      retryable,
      requestId: 'request-1',
      partialText: 'Hello',
    });
    await close();
  });

  it('turns a frame of the kind `error` into an error', async () => {
    const { events, close } = await open(transport, [...hello, errorFrame('InternalFailure', 'It broke.')]);
    expect(await failureOf(events)).toMatchObject({
      message: 'It broke.',
      awsName: 'InternalFailure',
      partialText: 'Hello',
    });
    await close();
  });

  it('closes the request when the loop is left early', async () => {
    const { events, closed, close } = await open(transport, [...hello, 'stall']);
    for await (const item of events) if (item.contentBlockDelta) break;
    expect(await closed).toMatchObject({ finished: false });
    expect(await events.next()).toEqual({ done: true, value: undefined });
    await close();
  });

  it('closes the request when the body of the loop throws', async () => {
    const { events, closed, close } = await open(transport, [...hello, 'stall']);
    const mistake = new Error('the reader’s own mistake');
    const loop = async () => {
      for await (const item of events) if (item.contentBlockDelta) throw mistake;
    };
    await expect(loop()).rejects.toBe(mistake);
    expect(await closed).toMatchObject({ finished: false });
    await close();
  });

  it('closes the request of a stream that nobody ever reads', async () => {
    const { events, closed, close } = await open(transport, [...hello, 'stall']);
    await events.return?.();
    expect(await closed).toMatchObject({ finished: false });
    await close();
  });

  it('fails with `aborted` and closes the request when the caller aborts', async () => {
    const controller = new AbortController();
    const { events, closed, close } = await open(transport, [...hello, 'stall'], {
      signal: controller.signal,
    });
    void untilArrived().then(() => controller.abort());
    expect(await failureOf(events)).toMatchObject({ kind: 'aborted', partialText: 'Hello' });
    expect(await closed).toMatchObject({ finished: false });
    await close();
  });

  it('fails with `aborted` between two events as well, and only once', async () => {
    const controller = new AbortController();
    const { events, close } = await open(transport, [...hello, 'stall'], { signal: controller.signal });
    await events.next();
    controller.abort();
    await expect(events.next()).rejects.toMatchObject({ kind: 'aborted' });
    expect(await events.next()).toEqual({ done: true, value: undefined });
    await close();
  });

  it('fails with `aborted` when the kernel is interrupted', async () => {
    const { events, closed, close } = await open(transport, [...hello, 'stall'], { signal: withInterrupt() });
    void untilArrived().then(interrupt);
    expect(await failureOf(events)).toMatchObject({ kind: 'aborted', partialText: 'Hello' });
    expect(await closed).toMatchObject({ finished: false });
    await close();
  });

  it('fails with `timeout` and closes the request when nothing more comes', async () => {
    const { events, closed, close } = await open(transport, [...hello, 'stall'], { idleTimeoutMs: 100 });
    const error = await failureOf(events);
    expect(error).toMatchObject({ kind: 'timeout', retryable: true, partialText: 'Hello' });
    expect(error.message).toContain('0.1 s');
    expect(await closed).toMatchObject({ finished: false });
    await close();
  });

  it('does not count the time that the reader takes', async () => {
    const { events, close } = await open(transport, converseEvents(['Hel', 'lo']), { idleTimeoutMs: 30 });
    let text = '';
    for await (const item of events) {
      text += item.contentBlockDelta?.delta?.text ?? '';
      if (item.contentBlockDelta) await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(text).toBe('Hello');
    await close();
  });
});

describe('guardStream', () => {
  const guard = { isEnd: (item: string) => item === '.', textOf: (item: string) => item };

  it('serves readers that do not wait for each other, in order', async () => {
    async function* source() {
      yield* ['a', 'b', '.'];
    }
    const events = guardStream(source(), { ...guard, request: new AbortController() });
    const results = await Promise.all([events.next(), events.next(), events.next(), events.next()]);
    expect(results.map(({ value }) => value)).toEqual(['a', 'b', '.', undefined]);
  });

  it('tells of a source that does not end when its request is closed', async () => {
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const controller = new AbortController();
    const request = new AbortController();
    const events = guardStream<string>(silent, { ...guard, request, signal: controller.signal });
    const waiting = events.next();
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toMatchObject({ kind: 'aborted' });
    expect(request.signal.aborted).toBe(true);
  });

  it('lets go of the caller’s signal when the answer is whole', async () => {
    async function* source() {
      yield '.';
    }
    const controller = new AbortController();
    const request = new AbortController();
    for await (const _ of guardStream(source(), { ...guard, request, signal: controller.signal }));
    controller.abort();
    expect(request.signal.aborted).toBe(false);
  });

  it('reads what has arrived while the program was busy, before it calls the stream idle', async () => {
    const { arrival, beBusy } = arrivesMeanwhile(50);
    async function* source() {
      yield 'a';
      await arrival;
      yield '.';
    }
    const events = guardStream(source(), { ...guard, request: new AbortController(), idleTimeoutMs: 10 });
    await events.next();
    const next = events.next();
    await new Promise((resolve) => setImmediate(resolve));
    beBusy();
    expect(await next).toEqual({ done: false, value: '.' });
  });

  it('takes an answer that began while the program was busy', async () => {
    const { arrival, beBusy } = arrivesMeanwhile(50);
    async function* source() {
      yield '.';
    }
    const { events } = await openStream(
      clientOver('HTTP/1.1', 'http://127.0.0.1:1'),
      new ConverseStreamCommand({ modelId, messages: [] }),
      {
        ...guard,
        modelId,
        idleTimeoutMs: 10,
        isContent: () => true,
        send: async (signal) => {
          setImmediate(beBusy);
          await arrival;
          signal.throwIfAborted();
          return { events: source(), requestId: undefined };
        },
      },
    );
    expect(await events.next()).toEqual({ done: false, value: '.' });
  });

  it('fails, and closes the request, when an event cannot be read', async () => {
    async function* source() {
      yield 'a';
    }
    const request = new AbortController();
    const textOf = () => {
      throw new SyntaxError('not JSON');
    };
    const events = guardStream(source(), { ...guard, textOf, request });
    await expect(events.next()).rejects.toMatchObject({
      kind: 'stream-cut',
      message: 'The answer arrived damaged',
    });
    expect(request.signal.aborted).toBe(true);
  });
});
