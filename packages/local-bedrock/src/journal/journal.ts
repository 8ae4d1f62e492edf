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

/** An entry as it is written. `at`: when the request came, in milliseconds since 1970. */
export type Entry = { at: number } & {
  -readonly [Key in keyof Omit<JournalEntry, 'body' | 'time'>]: JournalEntry[Key];
};

/** An entry that is being written, with the request's body as it came; absent: it has none. */
export interface OpenEntry {
  readonly entry: Entry;
  rawBody: Buffer | undefined;
  /** Its place in the journal. */
  readonly place: number;
}

export interface Journal {
  /** Opens an entry. It may be written to until `close`. */
  open(entry: Entry): OpenEntry;
  /** The entry is complete: it goes to the sinks. */
  close(open: OpenEntry): void;
  /** The last requests, oldest first, also those still being answered. */
  entries(): readonly JournalEntry[];
  clear(): void;
}

/** How many requests are kept. */
const journalLength = 1_000;

/** The longest body that is kept, in bytes. */
const longestBody = 16 * 1024;

/** A place in the journal: an entry that is still open, or the bytes of one that was closed. */
interface Place {
  open: OpenEntry | undefined;
  /** The entry as JSON, and behind it the request's body. Used again and again, and as long as the longest so far. */
  bytes: Buffer;
  entryLength: number;
  bodyLength: number;
}

/**
 * A journal in memory of the last 1,000 requests; `sinks` get each entry when its answer has ended.
 *
 * Closed entries are kept as bytes, not as objects: objects that live for 1,000 requests make V8 enlarge the space
 * for young objects again and again, by a hundred megabytes for less than one of entries.
 */
export function createJournal(sinks: readonly ((entry: JournalEntry) => void)[]): Journal {
  const places: Place[] = [];
  let next = 0;
  // Not yet written.
  const closed: OpenEntry[] = [];
  const writeClosed = () => {
    for (const open of closed) {
      const place = places[open.place];
      if (place?.open === open) write(place, open);
    }
    closed.length = 0;
  };
  return {
    open(entry) {
      // A ring: the oldest entry gives its place to the newest.
      places[next] ??= { open: undefined, bytes: nothing, entryLength: 0, bodyLength: 0 };
      const open = { entry, rawBody: undefined, place: next };
      (places[next] as Place).open = open;
      next = (next + 1) % journalLength;
      return open;
    },
    close(open) {
      if ((open.rawBody?.length ?? 0) > longestBody) open.rawBody = undefined;
      if (closed.push(open) === together) writeClosed();
      if (sinks.length === 0) return;
      const told = finished(open);
      for (const sink of sinks) sink(told);
    },
    entries() {
      const isFull = places.length === journalLength;
      return (isFull ? [...places.slice(next), ...places.slice(0, next)] : places).map(read);
    },
    clear() {
      places.length = 0;
      next = 0;
    },
  };
}

const nothing = Buffer.alloc(0);

/** How many closed entries are written at once: code that runs again and again costs a fifth of what it costs alone. */
const together = 32;

/** What the bytes of a place grow by. */
const step = 512;

function write(place: Place, { entry, rawBody = nothing }: OpenEntry): void {
  const text = JSON.stringify(entry);
  place.open = undefined;
  // A character takes three bytes at most. To count them costs as much as to write them.
  const length = text.length * 3 + rawBody.length;
  if (place.bytes.length < length) place.bytes = Buffer.allocUnsafeSlow(Math.ceil(length / step) * step);
  place.entryLength = place.bytes.write(text);
  place.bodyLength = rawBody.copy(place.bytes, place.entryLength);
}

function read({ open, bytes, entryLength, bodyLength }: Place): JournalEntry {
  if (open !== undefined) return finished(open);
  const entry: Entry = JSON.parse(bytes.toString('utf8', 0, entryLength));
  return finished({ entry, rawBody: bytes.subarray(entryLength, entryLength + bodyLength) });
}

function finished({ entry, rawBody = nothing }: Pick<OpenEntry, 'entry' | 'rawBody'>): JournalEntry {
  const { at, ...told } = entry;
  const body = parsed(rawBody);
  return { time: new Date(at).toISOString(), ...told, ...(body !== undefined && { body }) };
}

function parsed(rawBody: Buffer): unknown {
  if (rawBody.length === 0 || rawBody.length > longestBody) return undefined;
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * One line a request: `12:00:00 Converse amazon.nova-micro-v1:0 200 12 in 30 out 5 ms`. What the request named may hold
 * anything; control characters are left out.
 */
export function logLine(entry: JournalEntry): string {
  const { time, operation, method, path, modelId, status, error, inputTokens, outputTokens } = entry;
  const what = operation === 'UnknownOperation' ? `${method} ${path}` : operation;
  return [
    time.slice(11, 19),
    what,
    modelId,
    status ?? 'no answer',
    error,
    inputTokens === undefined ? undefined : `${inputTokens} in`,
    outputTokens === undefined ? undefined : `${outputTokens} out`,
    entry.milliseconds === undefined ? undefined : `${entry.milliseconds} ms`,
    entry.fault === undefined ? undefined : `fault ${entry.fault}`,
    entry.ended,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
    .replaceAll(/\p{Cc}/gu, '');
}
