import { setTimeout as delay } from 'node:timers/promises';
import { isLibError } from '../base/errors.ts';

/** What an account allows. Left out, only throttling says so. */
export interface PaceLimits {
  /** Calls that may begin in a minute. */
  readonly requestsPerMinute?: number;
  /** Tokens of a minute, in and out, as the results' `usage` tells them; calls under way count as the average one. */
  readonly tokensPerMinute?: number;
}

/** Lets work begin no faster than an account allows, and slower for a while after it was throttled. */
export interface Pace {
  /** Waits until one more may begin. */
  begin(signal: AbortSignal): Promise<void>;
  /** Says how one that has begun has ended; `true` when it was throttled and is to be done again. */
  end(outcome: { readonly result: unknown } | { readonly error: unknown }, tries: number): boolean;
}

const minuteMs = 60_000;
/** How often one input is done again because it was throttled. */
const mostTries = 10;
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** The slowest share of the pace that throttling leads to. */
const slowest = 1 / 64;

/** The parameters beside the limits are for tests: the time in milliseconds, how to wait, and chance. */
export function createPace(
  { requestsPerMinute, tokensPerMinute }: PaceLimits,
  now: () => number = () => performance.now(),
  wait: (ms: number, signal: AbortSignal) => Promise<unknown> = (ms, signal) =>
    delay(ms, undefined, { signal }).catch(() => undefined),
  random: () => number = Math.random,
): Pace {
  /** The share of the limits that is used: halved when throttled, and slowly taken back. */
  let share = 1;
  /** When the next call may begin, by the calls and by the tokens of those before it. */
  let callAt = 0;
  let tokensAt = 0;
  let pauseUntil = 0;
  let pauseMs = firstPauseMs;
  const average = { tokens: 0, calls: 0 };
  /** Tokens that calls under way were taken to have, oldest first. */
  const reserved: number[] = [];

  function charge(tokens: number): void {
    if (tokensPerMinute !== undefined) tokensAt += (tokens / (tokensPerMinute * share)) * minuteMs;
  }

  return {
    async begin(signal) {
      for (;;) {
        const readyAt = Math.max(callAt, tokensAt, pauseUntil);
        if (signal.aborted || readyAt <= now()) break;
        await wait(readyAt - now(), signal);
      }
      // What was not used is not saved up: a service counts by short windows.
      if (requestsPerMinute !== undefined)
        callAt = Math.max(callAt, now()) + minuteMs / (requestsPerMinute * share);
      tokensAt = Math.max(tokensAt, now());
      const guess = average.calls === 0 ? 0 : average.tokens / average.calls;
      reserved.push(guess);
      charge(guess);
    },
    end(outcome, tries) {
      const guess = reserved.shift() ?? 0;
      const tokens = tokensOf('result' in outcome ? outcome.result : outcome.error);
      if (tokens !== undefined) {
        average.tokens += tokens;
        average.calls += 1;
      }
      charge((tokens ?? 0) - guess);
      if (!('error' in outcome) || !isThrottled(outcome.error)) {
        share = Math.min(1, share * 1.02);
        pauseMs = firstPauseMs;
        return false;
      }
      // Calls that were under way at the same time are told of the same throttling.
      if (now() >= pauseUntil) {
        share = Math.max(slowest, share / 2);
        pauseUntil = now() + pauseMs * (0.75 + random() / 2);
        pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      }
      return tries < mostTries;
    },
  };
}

function isThrottled(error: unknown): boolean {
  return isLibError(error) && error.kind === 'throttled';
}

/** Of a result, or an error, that has a `usage`. */
function tokensOf(value: unknown): number | undefined {
  const { usage } = (value ?? {}) as { usage?: { totalTokens?: unknown } };
  return typeof usage?.totalTokens === 'number' ? usage.totalTokens : undefined;
}
