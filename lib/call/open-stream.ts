import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { ErrorContext } from '../base/aws-errors.ts';
import { LibError } from '../base/errors.ts';
import { joinSignals } from '../base/interrupt.ts';
import { longestTimer } from '../base/longest-timer.ts';
import type { SdkCommand } from './call-bedrock.ts';
import { type CallOptions, callBedrock } from './call-bedrock.ts';
import { defaultIdleTimeoutMs, guardStream, type StreamGuard, streamIdle } from './guard-stream.ts';

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
  const timer = setTimeout(
    () => request.abort(streamIdle({ ...context, partialText: '' }, limit)),
    Math.min(limit, longestTimer),
  );
  try {
    return await sending;
  } catch (error) {
    throw request.signal.aborted ? request.signal.reason : error;
  } finally {
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
