import { type ErrorContext, toLibError } from '../base/aws-errors.ts';
import { LibError } from '../base/errors.ts';

/**
 * What a stream threw, as a `LibError`. A connection that breaks while the answer comes is a `stream-cut` whatever the
 * transport calls it: on HTTP/1.1 it is a reset, on HTTP/2 often nothing at all.
 */
export function streamError(cause: unknown, context: ErrorContext): LibError {
  const error = toLibError(cause, context);
  const broken = error.kind === 'network' || /aborted|terminated|premature close/i.test(error.message);
  if (broken && error.kind !== 'aborted') return streamCut(context, cause);
  if (/checksum/i.test(error.message)) return streamCut(context, cause, 'The answer arrived damaged');
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
    ...(cause === undefined ? {} : { cause }),
  });
}

export function streamIdle(context: ErrorContext, limit: number): LibError {
  return new LibError(`No further part of the answer came for ${limit / 1000} s`, {
    ...context,
    kind: 'timeout',
    hint: 'What had arrived is in partialText. Call again; for a model that pauses longer, raise idleTimeout.',
    retryable: true,
  });
}

export function streamAborted(context: ErrorContext, cause: unknown): LibError {
  return new LibError('The answer was stopped before its end', {
    ...context,
    kind: 'aborted',
    hint: 'What had arrived is in partialText. Run the cell again when you want the whole answer.',
    cause,
  });
}
