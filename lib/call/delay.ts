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
