import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { stoppedError } from '../base/aws-errors/stopped.ts';
import { type ErrorContext, toLibError } from '../base/aws-errors.ts';
import { isLibError, LibError } from '../base/errors.ts';
import { joinSignals } from '../base/interrupt.ts';
import { longestTimer } from '../base/longest-timer.ts';
import { type CallOptions, callBedrock, type SdkCommand } from './call-bedrock.ts';

/** What the SDK gives for a command that streams. */
export interface StreamResponse<Event> {
  readonly events: AsyncIterable<Event> | undefined;
  readonly requestId: string | undefined;
}

export interface StreamCall<Event> extends CallOptions, Pick<StreamGuard<Event>, 'isEnd' | 'textOf'> {
  /** Milliseconds that may pass before the answer begins, and between two events. Default 60,000. */
  readonly idleTimeoutMs?: number;
  /** Whether the event carries a part of the answer: from the first one on nothing is called again. */
  readonly isContent: (event: Event) => boolean;
  /** Sends the command with this signal. */
  readonly send: (signal: AbortSignal) => Promise<StreamResponse<Event>>;
}

export interface OpenStream<Event> {
  /** Guarded: see `guardStream`. Call `return()` on it when it is not read to its end. */
  readonly events: AsyncIterableIterator<Event>;
  /** How many times the call was made. */
  readonly attempts: number;
  readonly requestId: string | undefined;
}

/**
 * Opens a stream and waits for the first piece of the answer. What fails before it and may pass, such as a throttle
 * that comes as the stream's first event, is called again; what comes after it never is.
 *
 * @throws LibError as `callBedrock` and `guardStream` do; of kind `response` when there is no stream in the answer
 */
export async function openStream<Event>(
  client: BedrockRuntimeClient,
  command: SdkCommand,
  call: StreamCall<Event>,
): Promise<OpenStream<Event>> {
  const { isEnd, textOf, isContent, idleTimeoutMs = defaultIdleTimeoutMs } = call;
  const { value, attempts } = await callBedrock(
    client,
    command,
    async ({ signal, context }) => {
      const request = new AbortController();
      const sending = call.send(joinSignals(signal, request.signal));
      const { events, requestId } = await inTime(sending, request, idleTimeoutMs, context);
      if (events === undefined) throw noStream(call.modelId, requestId);
      const guarded = guardStream(events, {
        request,
        signal,
        isEnd,
        textOf,
        context: requestId === undefined ? context : { ...context, requestId },
        idleTimeoutMs,
      });
      return { guarded, head: await readHead(guarded, isContent), requestId };
    },
    call,
  );
  return { events: rejoin(value.head, value.guarded), attempts, requestId: value.requestId };
}

/** What is sent, unless its answer takes longer than the limit to begin: then the request is closed. */
async function inTime<Response>(
  sending: Promise<Response>,
  request: AbortController,
  limit: number,
  context: ErrorContext,
): Promise<Response> {
  let begun = false;
  const giveUp = () => {
    if (!begun) request.abort(streamIdle({ ...context, partialText: '' }, limit));
  };
  // What has arrived while the program was busy is read first.
  const timer = setTimeout(() => setImmediate(giveUp), Math.min(limit, longestTimer));
  try {
    return await sending;
  } catch (error) {
    throw request.signal.aborted ? request.signal.reason : error;
  } finally {
    begun = true;
    clearTimeout(timer);
  }
}

/** The events up to the first piece of the answer, with it. */
async function readHead<Event>(
  events: AsyncIterableIterator<Event>,
  isContent: (event: Event) => boolean,
): Promise<Event[]> {
  const head: Event[] = [];
  for (;;) {
    const { done, value } = await events.next();
    if (done) return head;
    head.push(value);
    if (isContent(value)) return head;
  }
}

function rejoin<Event>(head: Event[], rest: AsyncIterableIterator<Event>): AsyncIterableIterator<Event> {
  return {
    next: () => {
      const value = head.shift();
      return value === undefined ? rest.next() : Promise.resolve({ done: false, value });
    },
    return: (value) => {
      head.length = 0;
      return rest.return?.(value) ?? Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function noStream(modelId: string, requestId: string | undefined): LibError {
  return new LibError(`${modelId} answered without a stream`, {
    kind: 'response',
    hint: 'Check whether something stands between this computer and Bedrock, and AWS_ENDPOINT_URL_BEDROCK_RUNTIME.',
    modelId,
    ...(requestId !== undefined && { requestId }),
  });
}

export interface StreamGuard<Event> {
  /** Closes the request: the controller whose signal it was sent with. */
  readonly request: AbortController;
  /** Stops the stream: the caller's signal joined with the kernel's interrupt, as `withInterrupt` gives it. */
  readonly signal?: AbortSignal;
  /** Milliseconds that may pass between two events. Default 60,000. */
  readonly idleTimeoutMs?: number;
  /** Whether the answer is whole with this event, such as Converse's `messageStop`. Others may follow it. */
  readonly isEnd: (event: Event) => boolean;
  /** The piece of text in an event, or an empty one. Put together they are an error's `partialText`. */
  readonly textOf: (event: Event) => string;
  /** What an error says of the call: model, region and request id. */
  readonly context?: ErrorContext;
}

/** Milliseconds between two events after which a stream counts as dead. */
export const defaultIdleTimeoutMs = 60_000;

/**
 * The events of an SDK's stream, such that a loop over them either sees the whole answer or throws. The SDK's own
 * loop ends in silence when the connection is cut or aborted (always on HTTP/2), waits for ever on a stalled one, and
 * leaves the request open, and billed, when the loop is left early.
 *
 * - Leaving the loop, an abort, an interrupt and a failure close the request.
 * - Each failure is a LibError with the request id and, in `partialText`, what had arrived.
 *
 * Call `return()` on an iterator that is not read to its end. It may be called at any time.
 *
 * @throws LibError from `next()`: `stream-cut` without the end of the answer, `timeout` after the idle limit,
 *   `aborted`, or what Bedrock sent instead of an event (`throttled`, `overloaded`, `model`, `request`, …)
 */
export function guardStream<Event>(
  events: AsyncIterable<Event>,
  guard: StreamGuard<Event>,
): AsyncIterableIterator<Event> {
  const { request, signal, idleTimeoutMs = defaultIdleTimeoutMs, isEnd, textOf } = guard;
  const source = events[Symbol.asyncIterator]();
  /** Those that wait for an event. More than one only when `next` is called without waiting for the last. */
  const waiting = new Set<Waiter<Event>>();
  let text = '';
  let received = 0;
  let whole = false;
  let over = false;
  /** Told to the next that asks, once. */
  let failure: LibError | undefined;

  const context = (): ErrorContext => ({ ...guard.context, partialText: text });
  const onAbort = () => close(streamAborted(context(), signal?.reason));
  // A loop whose body takes long is not the stream's fault: the limit counts only while somebody waits, and what has
  // arrived while the program was busy is read first. After the end of the answer only its token counts can be missing.
  const timer = setTimeout(
    () => {
      const before = received;
      setImmediate(() => {
        const isIdle = waiting.size > 0 && received === before;
        if (isIdle) close(whole ? undefined : streamIdle(context(), idleTimeoutMs));
      });
    },
    Math.min(idleTimeoutMs, longestTimer),
  );
  timer.unref();
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });

  function end(error?: LibError): void {
    over = true;
    failure = error;
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    for (const waiter of waiting) deliverEnd(waiter);
    waiting.clear();
  }

  /** Ends the stream from this side. What the source still says is of no interest. */
  function close(error?: LibError): void {
    if (over) return;
    end(error);
    request.abort();
    source.return?.().then(ignore, ignore);
  }

  function deliverEnd(waiter: Waiter<Event>): void {
    const error = failure;
    failure = undefined;
    if (error === undefined) waiter.resolve({ done: true, value: undefined });
    else waiter.reject(error);
  }

  function onResult(result: IteratorResult<Event>, waiter: Waiter<Event>): void {
    if (over) return;
    if (result.done) {
      end(whole ? undefined : streamCut(context()));
      return;
    }
    received++;
    try {
      text += textOf(result.value);
      whole ||= isEnd(result.value);
    } catch (cause) {
      close(streamError(cause, context()));
      return;
    }
    waiting.delete(waiter);
    waiter.resolve(result);
  }

  function onFailure(cause: unknown): void {
    const error = streamError(cause, context());
    // Of a whole answer a broken connection takes nothing but the token counts.
    const harmless = whole && (error.kind === 'stream-cut' || error.kind === 'timeout');
    close(harmless ? undefined : error);
  }

  return {
    next: () =>
      new Promise((resolve, reject) => {
        const waiter = { resolve, reject };
        if (over) return deliverEnd(waiter);
        waiting.add(waiter);
        timer.refresh();
        source.next().then((result) => onResult(result, waiter), onFailure);
      }),
    return: async () => {
      close();
      failure = undefined;
      return { done: true, value: undefined };
    },
    throw: async (cause) => {
      close();
      throw isLibError(cause) ? cause : streamError(cause, context());
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

interface Waiter<Event> {
  readonly resolve: (result: IteratorResult<Event>) => void;
  readonly reject: (error: LibError) => void;
}

function ignore(): void {}

/**
 * What a stream threw, as a `LibError`. A connection that breaks while the answer comes is a `stream-cut` whatever the
 * transport calls it: on HTTP/1.1 it is a reset, on HTTP/2 often nothing at all.
 */
export function streamError(cause: unknown, context: ErrorContext): LibError {
  const error = toLibError(cause, context);
  const broken = error.kind === 'network' || /aborted|terminated|premature close/i.test(error.message);
  if (broken && error.kind !== 'aborted') return streamCut(context, cause);
  const damaged = cause instanceof SyntaxError || /checksum/i.test(error.message);
  if (damaged) return streamCut(context, cause, 'The answer arrived damaged');
  return error;
}

/** The stream is over, but the event that ends an answer has not come. */
export function streamCut(
  context: ErrorContext,
  cause?: unknown,
  message = 'The answer broke off before its end',
): LibError {
  return new LibError(message, {
    ...context,
    kind: 'stream-cut',
    hint: 'What had arrived is in partialText, and is not to be taken for an answer. Call again.',
    retryable: true,
    ...(cause !== undefined && { cause }),
  });
}

export function streamIdle(context: ErrorContext, limit: number): LibError {
  return new LibError(`No further part of the answer came for ${limit / 1000} s`, {
    ...context,
    kind: 'timeout',
    hint: 'What had arrived is in partialText. Call again; for a model that pauses longer, raise idleTimeoutMs.',
    retryable: true,
  });
}

export function streamAborted(context: ErrorContext, reason: unknown): LibError {
  const again = 'What had arrived is in partialText. Run the cell again when you want the whole answer.';
  return stoppedError('The answer was stopped before its end', reason, context, again);
}
