import { setTimeout as sleep } from 'node:timers/promises';
import { toLibError } from '../base/aws-errors.ts';
import { isLibError, type LibError } from '../base/errors.ts';
import { backoffDelay, retryAfter } from './delay.ts';

export interface RetryOptions {
  /** How many times the call is made at most; 1: never again. */
  readonly maxAttempts: number;
  /** Ends the waiting between two attempts. */
  readonly signal?: AbortSignal;
  /** Gives a number from 0 up to 1. Default `Math.random`. */
  readonly random?: () => number;
}

export interface Retried<Value> {
  readonly value: Value;
  /** How many times the call was made. */
  readonly attempts: number;
}

/** Milliseconds: a service that asks to wait longer is not waited for. The caller is told instead. */
const longestWait = 60_000;

/**
 * Calls again what failed and may succeed unchanged: throttled or overloaded (429, 500, 502, 503, 504, 529, a model
 * that is not ready), no connection, or a connection lost before an answer. Not what the model ran out of time on:
 * that was paid for, and would be again.
 *
 * @param attempt makes the call; it is given 1, 2, 3, … and throws a LibError
 * @throws LibError the last attempt's, as it is; `aborted` when `signal` ends the waiting
 */
export async function withRetry<Value>(
  attempt: (number: number) => Promise<Value>,
  options: RetryOptions,
): Promise<Retried<Value>> {
  const { maxAttempts, signal, random = Math.random } = options;
  for (let attempts = 1; ; attempts++) {
    try {
      return { value: await attempt(attempts), attempts };
    } catch (error) {
      const delay = delayBefore(error, attempts - 1, random);
      if (delay === undefined || !(attempts < maxAttempts)) throw error;
      await wait(delay, signal, attempts);
    }
  }
}

/** Milliseconds until the call is made again; `undefined`: it is not. */
function delayBefore(error: unknown, retry: number, random: () => number): number | undefined {
  if (!isLibError(error)) return undefined;
  const { $metadata, $response } = causeOf(error);
  // The SDK has noticed that this computer's clock is wrong, and signs with the right time from now on.
  if ($metadata?.clockSkewCorrected) return 0;
  if (!mayPass(error)) return undefined;
  const asked = retryAfter($response?.headers ?? {}, Date.now()) ?? 0;
  if (asked > longestWait) return undefined;
  return Math.max(asked, backoffDelay(retry, error.kind === 'throttled', random));
}

function mayPass({ kind, retryable, message }: LibError): boolean {
  if (!retryable) return false;
  // A stream is called again only before its first token; what breaks off later does not come here.
  if (['throttled', 'overloaded', 'network', 'stream-cut'].includes(kind)) return true;
  return (
    kind === 'timeout' && /did not establish a connection|did not get a response|ETIMEDOUT/.test(message)
  );
}

interface SdkError {
  readonly $metadata?: { readonly clockSkewCorrected?: boolean };
  readonly $response?: { readonly headers?: Readonly<Record<string, unknown>> };
}

function causeOf(error: LibError): SdkError {
  return (error.cause ?? {}) as SdkError;
}

async function wait(delay: number, signal: AbortSignal | undefined, attempts: number): Promise<void> {
  try {
    await sleep(delay, undefined, signal === undefined ? {} : { signal });
  } catch (cause) {
    throw toLibError(cause, { attempts });
  }
}
