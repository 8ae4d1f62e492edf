import { type ExceptionForm, type ExceptionName, exceptions } from './exceptions.ts';

/** What can go wrong on the way, besides the API's own exceptions. */
export type Mishap =
  | 'stall'
  | 'cut'
  | 'cut-inside'
  | 'bad-checksum'
  | 'empty'
  | 'html'
  | 'slow-start'
  | 'slow'
  | 'no-message-stop'
  | 'error-frame';

export type Key =
  | 'after'
  | 'ms'
  | 'message'
  | 'retry-after'
  | 'originalStatusCode'
  | 'originalMessage'
  | 'resourceName'
  | 'code'
  | 'times'
  | 'operation'
  | 'model';

/** One thing to go wrong with one answer. */
export interface Fault {
  /** The fault as it was asked for. */
  readonly spec: string;
  readonly kind: ExceptionName | Mishap;
  /** In a stream: how many whole frames are sent before. */
  readonly after?: number;
  readonly milliseconds?: number;
  readonly message?: string;
  readonly retryAfter?: number;
  /** The name in a frame of `:message-type` `error`. */
  readonly code?: string;
  /** Members of an exception beside its message. */
  readonly members: Readonly<Record<string, string | number>>;
}

/** A fault, and the requests it is meant for. */
export interface FaultOrder {
  readonly fault: Fault;
  /** How many matching requests it applies to; absent: not said. */
  readonly times?: number;
  /** Only this operation, such as `ConverseStream`. */
  readonly operation?: string;
  /** Only this model: an id, or an id without its inference profile's prefix. */
  readonly modelId?: string;
}

/** How an operation streams: AWS's frames, or OpenAI's server-sent events. */
export type StreamForm = 'frames' | 'server-sent-events';

/** Whether the fault can happen to an answer that is streamed in this form; `undefined`: one that is sent whole. */
export function suits(fault: Fault, form: StreamForm | undefined): boolean {
  if (fault.kind === 'bad-checksum') return form === 'frames';
  return form !== undefined || !needsStream(fault);
}

/** Whether the fault can only happen to a stream. */
export function needsStream({ kind, after }: Fault): boolean {
  return after !== undefined || onlyInStreams.has(kind);
}

const onlyInStreams: ReadonlySet<string> = new Set<Mishap>([
  'bad-checksum',
  'error-frame',
  'no-message-stop',
  'slow',
]);

/** What each mishap does, for people, and which keys it takes. */
export const mishaps: Readonly<Record<Mishap, { readonly does: string; readonly keys: readonly Key[] }>> = {
  stall: {
    does: 'sends nothing, or with after=N that many frames of a stream, and then waits until the client goes',
    keys: ['after'],
  },
  cut: {
    does: 'ends the connection before the answer, or with after=N between two frames of a stream',
    keys: ['after'],
  },
  'cut-inside': {
    does: 'ends the connection inside the body: halfway, or in a stream inside the frame after N (default 1)',
    keys: ['after'],
  },
  'bad-checksum': {
    does: 'stream: the frame after N (default 1) carries a checksum that is wrong',
    keys: ['after'],
  },
  empty: { does: 'status 200 with an empty body', keys: [] },
  html: { does: 'the HTML page of a proxy, with status 502', keys: [] },
  'slow-start': { does: 'waits before the first byte, ms=1000 by default', keys: ['ms'] },
  slow: { does: 'stream: waits before every frame, ms=100 by default', keys: ['ms'] },
  'no-message-stop': {
    does: 'stream: ends cleanly, but without its end (messageStop); with after=N after that many frames',
    keys: ['after'],
  },
  'error-frame': {
    does: 'stream: a frame of :message-type error, with code and message, after N frames (default 1)',
    keys: ['after', 'code', 'message'],
  },
};

export const faultNames: readonly string[] = [...Object.keys(exceptions), ...Object.keys(mishaps)];

export function isMishap(kind: string): kind is Mishap {
  return Object.hasOwn(mishaps, kind);
}

/** The keys that a kind of fault takes, besides those that say which requests are meant. */
export function keysOf(kind: ExceptionName | Mishap): readonly Key[] {
  if (isMishap(kind)) return mishaps[kind].keys;
  const form: ExceptionForm = exceptions[kind];
  return [
    ...(form.frame === undefined ? [] : (['after'] as const)),
    'retry-after',
    ...(Object.keys(form.members ?? {}) as Key[]),
    'message',
  ];
}

/** Thrown in place of the rest of an answer: what was sent is delivered, then the connection ends without an end. */
export class ConnectionCut extends Error {
  constructor() {
    super('The connection is cut on purpose.');
    this.name = 'ConnectionCut';
  }
}
