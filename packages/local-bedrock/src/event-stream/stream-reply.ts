import { internalError, Refusal } from '../http/refusal.ts';
import type { Reply } from '../http/reply.ts';
import type { AnswerEvent } from '../words/answer.ts';
import { exceptionFrame } from './frame.ts';

/** A reply whose body is an event stream. `headers` are added to `Content-Type`. */
export function streamReply(
  body: AsyncIterable<Uint8Array>,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/vnd.amazon.eventstream', ...headers },
    body,
  };
}

/**
 * Waits for the first event, so that what is refused before it is refused with a status of its own and not inside a
 * stream; then gives all events, the first one too.
 */
export async function begin(events: AsyncIterable<AnswerEvent>): Promise<AsyncIterable<AnswerEvent>> {
  const iterator = events[Symbol.asyncIterator]();
  let next: IteratorResult<AnswerEvent> | undefined = await iterator.next();
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const current = next ?? (await iterator.next());
        next = undefined;
        return current;
      },
      return: async () => {
        await iterator.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}

/**
 * The frames of an answer: `write` gives the frames of each event. What is thrown after the first frame ends the
 * stream with an exception frame. `modeled` holds the exceptions that the operation's stream has, in lower camel case.
 */
export function framesOf(
  events: AsyncIterable<AnswerEvent>,
  write: (event: AnswerEvent) => readonly Uint8Array[],
  modeled: ReadonlySet<string>,
): AsyncIterable<Uint8Array> {
  // Not an async generator: delegating to a list of frames costs one of those several microseconds a frame.
  const iterator = events[Symbol.asyncIterator]();
  let frames: readonly Uint8Array[] = [];
  let position = 0;
  let isOver = false;
  const fill = async () => {
    position = 0;
    frames = [];
    try {
      const result = await iterator.next();
      if (result.done) isOver = true;
      else frames = write(result.value);
    } catch (error) {
      isOver = true;
      if (!(error instanceof Refusal)) {
        process.emitWarning(`Local Bedrock failed in a stream: ${describe(error)}`);
      }
      frames = [failure(error, modeled)];
    }
  };
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    while (position === frames.length && !isOver) await fill();
    const value = frames[position];
    position += 1;
    return value === undefined ? { done: true, value } : { done: false, value };
  };
  const end = async (): Promise<IteratorResult<Uint8Array>> => {
    isOver = true;
    frames = [];
    await iterator.return?.();
    return { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
}

function failure(error: unknown, modeled: ReadonlySet<string>): Uint8Array {
  const refusal = error instanceof Refusal ? error : internalError(error);
  const { errorName, message, members } = refusal;
  const name =
    errorName === 'ModelErrorException'
      ? 'modelStreamErrorException'
      : `${errorName.charAt(0).toLowerCase()}${errorName.slice(1)}`;
  const { originalStatusCode, originalMessage } = members;
  const streamed =
    name === 'modelStreamErrorException'
      ? { originalMessage: originalMessage ?? message, originalStatusCode }
      : {};
  return exceptionFrame(
    modeled.has(name) ? name : 'internalServerException',
    JSON.stringify({ message, ...streamed }),
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
