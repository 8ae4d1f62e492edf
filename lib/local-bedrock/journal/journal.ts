/** One answered request, as tests and logs see it. */
export interface JournalEntry {
  /** When it came, as ISO 8601. */
  readonly time: string;
  readonly requestId: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly protocol: 'HTTP/1.1' | 'HTTP/2';
  /** The API's name, or `UnknownOperation`. */
  readonly operation: string;
  /** What the path names: a model's id or ARN, or a guardrail. */
  readonly modelId?: string;
  /** The request's body, parsed, unless it is no JSON or longer than 16 KiB. */
  readonly body?: unknown;
  /** Absent: nothing was sent. */
  readonly status?: number;
  /** The error's name, when the request was refused. */
  readonly error?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Frames of an event stream that were sent. */
  readonly frames?: number;
  /** From the request's arrival to the end of its answer, in milliseconds; absent while it is being sent. */
  readonly milliseconds?: number;
  /** The fault that was put into the answer. */
  readonly fault?: string;
  /** How it ended, when not with a whole answer: the client went away, or the fault cut the connection. */
  readonly ended?: 'client left' | 'cut';
}

/** An entry that is being written. */
export type OpenEntry = { -readonly [Key in keyof Omit<JournalEntry, 'body'>]: JournalEntry[Key] } & {
  rawBody?: Buffer;
};

export interface Journal {
  /** Opens an entry. It may be written to until `close`. */
  open(entry: OpenEntry): OpenEntry;
  /** The entry is complete: it goes to the sinks. */
  close(entry: OpenEntry): void;
  /** The last requests, oldest first, also those still being answered. */
  entries(): readonly JournalEntry[];
  clear(): void;
}

/** How many requests are kept. */
export const journalLength = 1_000;

/** The longest body that is kept, in bytes. */
const longestBody = 16 * 1024;

/** A journal in memory of the last 1,000 requests; `sinks` get each entry when its answer has ended. */
export function createJournal(sinks: readonly ((entry: JournalEntry) => void)[]): Journal {
  const kept: OpenEntry[] = [];
  let next = 0;
  return {
    open(entry) {
      if (entry.rawBody !== undefined && entry.rawBody.length > longestBody) delete entry.rawBody;
      // A ring: the oldest entry gives its place to the newest.
      kept[next] = entry;
      next = (next + 1) % journalLength;
      return entry;
    },
    close(entry) {
      for (const sink of sinks) sink(finished(entry));
    },
    entries() {
      const inOrder = kept.length < journalLength ? kept : [...kept.slice(next), ...kept.slice(0, next)];
      return inOrder.map(finished);
    },
    clear() {
      kept.length = 0;
      next = 0;
    },
  };
}

function finished({ rawBody, ...entry }: OpenEntry): JournalEntry {
  const body = parsed(rawBody);
  return body === undefined ? entry : { ...entry, body };
}

function parsed(rawBody: Buffer | undefined): unknown {
  if (rawBody === undefined || rawBody.length === 0) return undefined;
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}
