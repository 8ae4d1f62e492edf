import type { ExceptionName } from './exceptions.ts';

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

/** Whether the fault can only happen to an event stream. */
export function needsStream({ kind, after }: Fault): boolean {
  return after !== undefined || onlyInStreams.has(kind);
}

const onlyInStreams: ReadonlySet<string> = new Set<Mishap>([
  'bad-checksum',
  'error-frame',
  'no-message-stop',
  'slow',
]);
