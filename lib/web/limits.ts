/** What one page may be asked for. */
export interface ChatLimits {
  /** Bytes of one message. Default 64 KiB. */
  readonly bodyBytes?: number;
  /** Messages of one visitor a minute. Default 20. */
  readonly turnsPerMinute?: number;
  /** Answers that may be under way at once, of all visitors. Default 4. */
  readonly streams?: number;
}

export const defaultLimits = { bodyBytes: 64 * 1024, turnsPerMinute: 20, streams: 4 };

/** Whether one more may pass within the last minute. */
export function createRate(perMinute: number, now: () => number = Date.now): (visitor: string) => boolean {
  const passed = new Map<string, number[]>();
  return (visitor) => {
    const since = now() - 60_000;
    for (const [name, times] of passed) if ((times.at(-1) ?? 0) <= since) passed.delete(name);
    const recent = (passed.get(visitor) ?? []).filter((time) => time > since);
    if (recent.length >= perMinute) return false;
    passed.set(visitor, [...recent, now()]);
    return true;
  };
}
