import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { abortError } from '../base/aws-errors/stopped.ts';
import { type ErrorContext, toLibError } from '../base/aws-errors.ts';
import { isLibError, type LibError } from '../base/errors.ts';
import { withInterrupt } from '../base/interrupt.ts';

export interface CallOptions {
  readonly modelId: string;
  /** Aborts the call, also while it waits to be made again. The kernel's interrupt does so as well. */
  readonly signal?: AbortSignal;
  /** How many times the call is made at most. Default: the client's `maxAttempts`, which is 3 by default. */
  readonly maxAttempts?: number;
  /** Gives a number from 0 up to 1, for the length of the waiting. Default `Math.random`. */
  readonly random?: () => number;
}

/** What one attempt is made with. */
export interface Attempt {
  /** Ends the attempt: the caller's abort and the kernel's interrupt. */
  readonly signal: AbortSignal;
  /** What an error says of the call. */
  readonly context: ErrorContext;
}

/**
 * Makes one call to Bedrock, and makes it again when it failed in a way that may pass. The only retry there is: the
 * SDK's own is switched off for the command.
 *
 * @param send sends the command: `({ signal }) => client.send(command, { abortSignal: signal })`
 * @throws LibError of the last attempt, with the next step in `hint` and the number of attempts in `attempts`
 */
export async function callBedrock<Value>(
  client: BedrockRuntimeClient,
  command: SdkCommand,
  send: (attempt: Attempt) => Promise<Value>,
  options: CallOptions,
): Promise<Retried<Value>> {
  const { modelId, random } = options;
  const signal = withInterrupt(options.signal);
  const maxAttempts = options.maxAttempts ?? (await client.config.maxAttempts());
  const id = randomUUID();
  return withRetry(
    async (attempts) => {
      switchOffSdkRetry(command, { id, attempt: attempts, maxAttempts });
      try {
        return await send({ signal, context: { modelId, attempts } });
      } catch (cause) {
        const region = await client.config.region().catch(() => undefined);
        // Of a reason that is no error, the SDK keeps only the text; of a stream that is stopped before its first event
        // it says that it could not be read. What Bedrock itself has said stands.
        const isStopped =
          signal.aborted && cause instanceof Error && !isLibError(cause) && !('$fault' in cause);
        const known = isStopped ? abortError(cause.message, signal) : cause;
        throw toLibError(known, { modelId, attempts, ...(region !== undefined && { region }) });
      }
    },
    { maxAttempts, signal, ...(random !== undefined && { random }) },
  );
}

/** A command of the SDK, as far as its own handling of a request goes. */
export interface SdkCommand {
  readonly middlewareStack: object;
}

/**
 * Switches the SDK's own retry off for this one command, whatever client sends it: two layers of retry multiply, and
 * the SDK's knows neither 529 nor a stream that fails before its first token. Its two headers are kept: `invocation`
 * is the same for all attempts at one call.
 */
export function switchOffSdkRetry(
  command: SdkCommand,
  invocation: { readonly id: string; readonly attempt: number; readonly maxAttempts: number },
): void {
  const stack = command.middlewareStack as ConverseCommand['middlewareStack'];
  stack.add(
    (next) => (input) => {
      const request = input.request as { headers?: Record<string, string> };
      if (request.headers !== undefined) {
        request.headers['amz-sdk-invocation-id'] = invocation.id;
        request.headers['amz-sdk-request'] = `attempt=${invocation.attempt}; max=${invocation.maxAttempts}`;
      }
      return next(input);
    },
    // The name, step and priority of the SDK's own; others are placed relative to it.
    { name: 'retryMiddleware', step: 'finalizeRequest', priority: 'high', tags: ['RETRY'], override: true },
  );
}

interface RetryOptions {
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
async function withRetry<Value>(
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

/** Milliseconds that the first retry waits at most: Bedrock's own quota recovers slower than a lost connection. */
const throttledBase = 1_000;
const otherBase = 50;
/** Milliseconds that any retry waits at most by itself. */
const longest = 20_000;

/**
 * How long to wait before a retry, in milliseconds: a random share ("full jitter") of a limit that doubles with every
 * retry, so that many callers who failed together do not come back together. Pure, but for what `random` does.
 *
 * @param retry 0 for the first retry, 1 for the second, …
 * @param random gives a number from 0 up to 1
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffDelay(retry: number, throttled: boolean, random: () => number): number {
  const limit = Math.min((throttled ? throttledBase : otherBase) * 2 ** retry, longest);
  return Math.floor(random() * limit);
}

/**
 * How long the answer's headers ask to wait, in milliseconds from `now`: `retry-after` in seconds or as an HTTP date,
 * `x-amz-retry-after` in milliseconds; `undefined` when they do not ask. Pure.
 */
export function retryAfter(headers: Readonly<Record<string, unknown>>, now: number): number | undefined {
  for (const [name, value] of Object.entries(headers)) {
    // Over HTTP/2 there is a number among the headers: `:status`.
    const text = String(value).trim();
    if (name.toLowerCase() === 'x-amz-retry-after') return asDelay(Number(text || Number.NaN));
    if (name.toLowerCase() !== 'retry-after') continue;
    if (/^\d+(\.\d+)?$/.test(text)) return asDelay(Number(text) * 1_000);
    return asDelay(Date.parse(text) - now);
  }
  return undefined;
}

function asDelay(milliseconds: number): number | undefined {
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}
