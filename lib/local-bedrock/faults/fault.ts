import { type ExceptionForm, type ExceptionName, exceptions, isExceptionName } from './exceptions.ts';

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

const orderKeys: readonly Key[] = ['times', 'operation', 'model'];

/** The most each number may be, so that no fault holds a request for longer than a person would wait. */
const limits: Partial<Record<Key, { readonly least: number; readonly most: number }>> = {
  after: { least: 0, most: 100_000 },
  ms: { least: 1, most: 600_000 },
  'retry-after': { least: 0, most: 3_600 },
  originalStatusCode: { least: 100, most: 599 },
  times: { least: 1, most: 1_000_000 },
};

/** The longest specification, in characters. */
const longestSpec = 2_000;

/** Whether the fault can only happen to an event stream. */
export function needsStream({ kind, after }: Fault): boolean {
  return after !== undefined && kind !== 'cut-inside'
    ? true
    : kind === 'bad-checksum' || kind === 'slow' || kind === 'no-message-stop' || kind === 'error-frame';
}

/**
 * Reads `KIND[:KEY=VALUE[,KEY=VALUE…]]`, such as `ThrottlingException:retry-after=2` or `cut:after=3`. `message` comes
 * last and takes the rest of the text, commas and all.
 *
 * @throws Error that says what is wrong and what can be given
 */
export function parseFault(spec: string): FaultOrder {
  const text = spec.trim();
  if (text.length > longestSpec) throw new Error(`A fault is at most ${longestSpec} characters long.`);
  const [kind = '', rest = ''] = text.split(/:(.*)/s);
  if (!isExceptionName(kind) && !isMishap(kind)) {
    throw new Error(`There is no fault "${kind}". There are: ${faultNames.join(', ')}.`);
  }
  const values = readValues(kind, rest);
  const after = numberOf(values, 'after');
  const milliseconds = numberOf(values, 'ms');
  const retryAfter = numberOf(values, 'retry-after');
  const times = numberOf(values, 'times');
  const { message, code, operation, model } = Object.fromEntries(values);
  return {
    fault: {
      spec: text,
      kind,
      members: membersOf(kind, values),
      ...(after === undefined ? {} : { after }),
      ...(milliseconds === undefined ? {} : { milliseconds }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(message === undefined ? {} : { message }),
      ...(code === undefined ? {} : { code }),
    },
    ...(times === undefined ? {} : { times }),
    ...(operation === undefined ? {} : { operation }),
    ...(model === undefined ? {} : { modelId: model }),
  };
}

export const faultNames: readonly string[] = [...Object.keys(exceptions), ...Object.keys(mishaps)];

function isMishap(kind: string): kind is Mishap {
  return Object.hasOwn(mishaps, kind);
}

function readValues(kind: ExceptionName | Mishap, rest: string): Map<string, string> {
  const values = new Map<string, string>();
  const allowed = [...keysOf(kind), ...orderKeys];
  let left = rest;
  while (left !== '') {
    const [, key = '', value = '', more = ''] =
      /^message=/.test(left) || !left.includes(',')
        ? (/^([^=]*)=(.*)$/s.exec(left) ?? ['', left])
        : (/^([^=,]*)=([^,]*),(.*)$/s.exec(left) ?? ['', left]);
    if (!allowed.some((name) => name === key)) {
      throw new Error(`"${key}" is not something ${kind} takes. It takes: ${allowed.join(', ')}.`);
    }
    values.set(key, value);
    left = more;
  }
  return values;
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

function numberOf(values: ReadonlyMap<string, string>, key: Key): number | undefined {
  const text = values.get(key);
  if (text === undefined) return undefined;
  const { least, most } = limits[key] ?? { least: 0, most: Number.MAX_SAFE_INTEGER };
  if (!/^\d+$/.test(text) || Number(text) < least || Number(text) > most) {
    throw new Error(`${key}=${text} is not a whole number from ${least} to ${most}.`);
  }
  return Number(text);
}

function membersOf(
  kind: ExceptionName | Mishap,
  values: ReadonlyMap<string, string>,
): Record<string, string | number> {
  if (isMishap(kind)) return {};
  const form: ExceptionForm = exceptions[kind];
  return Object.fromEntries(
    Object.entries(form.members ?? {}).map(([name, usual]) => [
      name,
      typeof usual === 'number' ? (numberOf(values, name as Key) ?? usual) : (values.get(name) ?? usual),
    ]),
  );
}
