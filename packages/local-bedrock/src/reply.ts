/** What an operation answers: everything of an HTTP response except what every response has. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or an event stream: one whole frame an item, sent as it comes. */
  readonly body: string | AsyncIterable<Uint8Array>;
}

/** A JSON reply with status 200. `headers` are added to `Content-Type`. */
export function jsonReply(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}
