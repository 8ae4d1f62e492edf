import { LibError } from '../errors.ts';
import type { ErrorContext } from './rule.ts';

/**
 * What a signal has ended: `aborted`, or `timeout` where the signal's own time was up (`AbortSignal.timeout`). Whoever
 * called `abort` finds the reason they gave in `cause`.
 *
 * @param reason the signal's
 */
export function stoppedError(
  message: string,
  reason: unknown,
  context: ErrorContext,
  again = 'Run the cell again when you want the answer.',
): LibError {
  const { modelId, requestId, partialText, attempts } = context;
  const isTimeout = reason instanceof Error && reason.name === 'TimeoutError';
  return new LibError(isTimeout ? `${message}: the time that its signal allowed was up` : message, {
    kind: isTimeout ? 'timeout' : 'aborted',
    hint: isTimeout
      ? 'Allow more time (AbortSignal.timeout), or ask for fewer tokens.'
      : `The call was stopped. ${again}`,
    awsName: 'AbortError',
    ...(modelId !== undefined && { modelId }),
    ...(requestId !== undefined && { requestId }),
    ...(partialText !== undefined && { partialText }),
    ...(attempts !== undefined && { attempts }),
    cause: reason,
  });
}

/** Why something was aborted: the SDK and Node put the signal's reason into an error of their own. */
export function reasonOf(error: unknown): unknown {
  return (error as Error).cause ?? error;
}

/** An AbortError that says why, for a signal that has ended something. */
export function abortError(message: string, signal: AbortSignal): Error {
  return Object.assign(new Error(message, { cause: signal.reason }), { name: 'AbortError' });
}
