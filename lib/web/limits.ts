/** What one page may be asked for. */
export interface ChatLimits {
  /** Bytes of one message. Default 64 KiB. */
  readonly bodyBytes?: number;
  /** Messages of one visitor a minute; those who keep no cookie count as one. Default 20. */
  readonly turnsPerMinute?: number;
  /** Messages of all visitors together a minute: a new cookie brings no more. Default three times `turnsPerMinute`. */
  readonly turnsPerMinuteOfAll?: number;
  /** Answers that may be under way at once, of all visitors. Default 4. */
  readonly streams?: number;
  /** Milliseconds that a visitor has to decide on a tool before it is refused. Default 5 minutes. */
  readonly approvalMs?: number;
}

/** The limits with what was left out. Pure. */
export function withDefaults({
  bodyBytes = 64 * 1024,
  turnsPerMinute = 20,
  turnsPerMinuteOfAll = 3 * turnsPerMinute,
  streams = 4,
  approvalMs = 5 * 60_000,
}: ChatLimits): Required<ChatLimits> {
  return { bodyBytes, turnsPerMinute, turnsPerMinuteOfAll, streams, approvalMs };
}

/** Whether one more may pass within the last minute, by a clock that nobody sets. */
export function createRate(
  perMinute: number,
  now: () => number = () => performance.now(),
): (visitor: string) => boolean {
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
