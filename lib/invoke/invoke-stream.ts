import {
  type BedrockRuntimeClient,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { costOf, type TokenUsage } from 'bedrock-models';
import { refuseOldOptions } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';
import { wellFormed } from '../base/message.ts';
import { answerAttributes, beginSpan, type OpenSpan } from '../base/telemetry.ts';
import type { ModelRef } from '../models/model-ref.ts';
import { buildInvokeBody, families } from './families.ts';
import { type InvokeTextOptions, type InvokeTextResult, invokeSpan } from './invoke-text.ts';
import { checkCall, completeUsage, estimateBody, familyOf, refuseEmptyPrompt } from './shared-rules.ts';
import { type ReadChunk, readChunks } from './stream-chunks.ts';

export interface InvokeStreamOptions extends InvokeTextOptions {
  /** Milliseconds that may pass before the answer begins, and between two of its parts. Default 60,000. */
  readonly idleTimeoutMs?: number;
}

/** A further piece of the answer. */
export interface TextDelta {
  readonly type: 'text';
  readonly text: string;
}

export interface InvokeStream extends AsyncIterable<TextDelta> {
  /**
   * The whole answer with its tokens and cost, once the stream has ended; `raw` is the list of its chunks. It may be
   * asked for at any time: without a loop it reads the stream by itself. It fails as the loop does, and with
   * `aborted` when the loop was left early.
   */
  readonly result: Promise<InvokeTextResult>;
}

/**
 * One prompt in, one text out, piece by piece, through InvokeModelWithResponseStream. The call is made when the first
 * piece is asked for. Put together the pieces are the result's `text`. The stream can be read once.
 *
 * Leaving the loop, an abort and the kernel's interrupt close the request, so that no further word is generated and
 * billed.
 *
 * @throws LibError of kind `request` at once for an argument of the wrong kind; from the loop, with what had arrived in `partialText`: `stream-cut` when the stream ends without
 *   the end of the answer, `timeout` after the idle limit, `aborted`, and whatever `invokeText` throws
 */
export function invokeStream(
  client: BedrockRuntimeClient,
  model: ModelRef,
  prompt: string,
  options: InvokeStreamOptions = {},
): InvokeStream {
  const modelId = checkCall('invokeStream', client, model, prompt, options);
  const left = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
  const pieces = watchedPieces(client, modelId, prompt, { ...options, signal });
  let succeed: (result: InvokeTextResult) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const result = new Promise<InvokeTextResult>((resolve, reject) => {
    succeed = resolve;
    fail = reject;
  });
  // Nobody need ask for the result: its failure is then the loop's alone.
  result.catch(() => {});
  const waiting: TextDelta[] = [];
  let text = '';
  let isRead = false;

  /** Reads one piece further; `undefined` at the end. */
  async function read(): Promise<TextDelta | undefined> {
    try {
      const { done, value } = await pieces.next();
      if (!done) {
        text += value.text;
        return value;
      }
      if (value !== undefined) succeed(value);
      return undefined;
    } catch (error) {
      fail(error);
      throw error;
    }
  }

  async function readAll(): Promise<void> {
    for (let piece = await read(); piece !== undefined; piece = await read()) waiting.push(piece);
  }

  let reading: Promise<void> | undefined;
  const iterator: AsyncIterator<TextDelta> = {
    next: async () => {
      isRead = true;
      if (reading !== undefined) await reading;
      const value = waiting.shift() ?? (await read());
      return value === undefined ? { done: true, value: undefined } : { done: false, value };
    },
    return: async () => {
      fail(leftEarly(modelId, text));
      left.abort();
      await pieces.return(undefined);
      return { done: true, value: undefined };
    },
  };
  return {
    get result() {
      // A loop that begins in the same breath reads by itself.
      setImmediate(() => {
        if (isRead || reading !== undefined) return;
        reading = readAll();
        reading.catch(() => {});
      });
      return result;
    },
    [Symbol.asyncIterator]: () => iterator,
  };
}

/** The pieces, in a span that ends with them: at the end, with an error, an abort, or when the loop is left. */
async function* watchedPieces(
  client: BedrockRuntimeClient,
  modelId: string,
  prompt: string,
  options: InvokeStreamOptions & { readonly signal: AbortSignal },
): AsyncGenerator<TextDelta, InvokeTextResult | undefined> {
  const family = familyOf(modelId, options.family);
  const estimate = () =>
    estimateBody(buildInvokeBody(family, prompt, { ...options, modelId }), modelId, options.maxTokens);
  const spending = options.meter?.begin(estimate());
  const read = { text: '' };
  const span = await beginSpan(() => invokeSpan(modelId, prompt, options, true));
  const { signal } = options;
  // Nobody may ever ask for the next piece.
  const onAbort = () => span.fail(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  let result: InvokeTextResult | undefined;
  try {
    result = yield* readPieces(client, modelId, prompt, options, span, read);
    spending?.answered(result?.usage);
    return result;
  } catch (error) {
    spending?.failed(error);
    span.fail(error);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    // A loop that is left early is billed for what it has read.
    spending?.failed(leftEarly(modelId, read.text));
    if (result === undefined) span.fail(leftEarly(modelId, ''));
    span.end();
  }
}

async function* readPieces(
  client: BedrockRuntimeClient,
  modelId: string,
  prompt: string,
  options: InvokeStreamOptions,
  span: OpenSpan,
  read: { text: string },
): AsyncGenerator<TextDelta, InvokeTextResult | undefined> {
  const name = familyOf(modelId, options.family);
  refuseEmptyPrompt(prompt);
  // Loaded with the first stream: whoever imports `lib` for something else need not wait for it.
  const { openStream } = await import('../call/open-stream.ts');
  if ('idleTimeout' in options)
    refuseOldOptions('invokeStream', options, { idleTimeout: 'It is named idleTimeoutMs.' });
  const { signal, idleTimeoutMs } = options;
  const written = buildInvokeBody(name, prompt, { ...options, modelId });
  const { streamBody = (body) => body } = families[name];
  const command = new InvokeModelWithResponseStreamCommand({
    modelId,
    contentType: 'application/json',
    accept: 'application/json',
    body: JSON.stringify(wellFormed(streamBody(written))),
  });
  const started = performance.now();
  const call = {
    modelId,
    ...(signal !== undefined && { signal }),
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
    isEnd: ({ stopReason }: ReadChunk) => stopReason !== undefined,
    isContent: ({ text }: ReadChunk) => text !== undefined,
    textOf: ({ text = '' }: ReadChunk) => text,
    send: async (abortSignal: AbortSignal) => {
      const { body, $metadata } = await client.send(command, { abortSignal });
      return { events: body && readChunks(body, families[name], modelId), requestId: $metadata.requestId };
    },
  };
  const { events, attempts, requestId } = await span.inside(() =>
    openStream<ReadChunk>(client, command, call),
  );
  const trim = trimmedPieces();
  const raw: unknown[] = [];
  let text = '';
  let stopReason = '';
  let fromBody: Partial<TokenUsage> = {};
  let metrics: Partial<TokenUsage> = {};
  try {
    for await (const chunk of events) {
      raw.push(chunk.raw);
      stopReason = chunk.stopReason ?? stopReason;
      fromBody = { ...fromBody, ...chunk.usage };
      metrics = { ...metrics, ...chunk.metrics };
      const piece = trim(chunk.text ?? '');
      text += piece;
      read.text = text;
      if (piece !== '') yield { type: 'text', text: piece };
    }
  } finally {
    await events.return?.();
  }
  const latencyMs = Math.round(performance.now() - started);
  const usage = completeUsage({ ...metrics, ...fromBody });
  const costUsd = usage && costOf(usage, modelId);
  span.tell(() => answerAttributes({ text, stopReason, usage, costUsd, attempts, requestId }));
  return { text, stopReason, usage, costUsd, latencyMs, modelId, raw };
}

function leftEarly(modelId: string, partialText: string): LibError {
  return new LibError('The loop over the stream was left before its end', {
    kind: 'aborted',
    hint: 'What had arrived is in partialText. Read the stream to its end to get a result.',
    modelId,
    partialText,
  });
}

/**
 * Takes the white space around a text away while it comes in pieces: gives a function that is called with each piece
 * and gives what of the text is certain to be inside. White space at a piece's end waits for a word after it; what
 * still waits at the end was the text's end. Put together, the pieces are the text's `trim()`.
 */
export function trimmedPieces(): (piece: string) => string {
  let begun = false;
  let waiting = '';
  return (piece) => {
    const text = begun ? waiting + piece : piece.trimStart();
    if (text === '') return '';
    const inside = text.trimEnd();
    if (inside === '') {
      waiting = text;
      return '';
    }
    begun = true;
    waiting = text.slice(inside.length);
    return inside;
  };
}
