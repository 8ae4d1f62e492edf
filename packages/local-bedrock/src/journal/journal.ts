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
const journalLength = 1_000;

/** The longest body that an entry may be given, in bytes. */
export const longestBody = 16 * 1024;

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
  const placeOf = new Map<OpenEntry, Place>();
  let next = 0;
  return {
    open(entry) {
      if (entry.rawBody !== undefined && entry.rawBody.length > longestBody) delete entry.rawBody;
      // A ring: the oldest entry gives its place to the newest.
      places[next] ??= { open: undefined, bytes: Buffer.alloc(0), entryLength: 0, bodyLength: 0 };
      const place = places[next] as Place;
      if (place.open !== undefined) placeOf.delete(place.open);
      place.open = entry;
      placeOf.set(entry, place);
      next = (next + 1) % journalLength;
      return entry;
    },
    close(entry) {
      const place = placeOf.get(entry);
      placeOf.delete(entry);
      if (place !== undefined) write(place, entry);
      if (sinks.length === 0) return;
      const told = finished(entry);
      for (const sink of sinks) sink(told);
    },
    entries() {
      const isFull = places.length === journalLength;
      return (isFull ? [...places.slice(next), ...places.slice(0, next)] : places).map(read);
    },
    clear() {
      places.length = 0;
      placeOf.clear();
      next = 0;
    },
  };
}

/** What the bytes of a place grow by. */
const step = 512;

function write(place: Place, { rawBody, ...entry }: OpenEntry): void {
  const text = JSON.stringify(entry);
  place.open = undefined;
  place.entryLength = Buffer.byteLength(text);
  place.bodyLength = rawBody?.length ?? 0;
  const length = place.entryLength + place.bodyLength;
  if (place.bytes.length < length) place.bytes = Buffer.allocUnsafeSlow(Math.ceil(length / step) * step);
  place.bytes.write(text);
  rawBody?.copy(place.bytes, place.entryLength);
}

function read({ open, bytes, entryLength, bodyLength }: Place): JournalEntry {
  if (open !== undefined) return finished(open);
  const entry: OpenEntry = JSON.parse(bytes.toString('utf8', 0, entryLength));
  return finished({ ...entry, rawBody: bytes.subarray(entryLength, entryLength + bodyLength) });
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
