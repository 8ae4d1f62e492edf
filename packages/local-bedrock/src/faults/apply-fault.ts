import { errorFrame, exceptionFrame, frameHeader, framePayload } from '../event-stream/frame.ts';
import { errorEvent, openAiError } from '../http/openai-error.ts';
import { Refusal, refusalReply } from '../http/refusal.ts';
import type { Reply } from '../http/reply.ts';
import {
  type ExceptionForm,
  type ExceptionName,
  exceptions,
  isExceptionName,
  statusOf,
} from './exceptions.ts';
import { ConnectionCut, type Fault, needsStream, type StreamForm } from './fault.ts';

/**
 * An answer with the fault in it; `undefined`: there is none to send. `produce` gives the answer without the fault and
 * may throw a `Refusal`, which then is the answer, `refuse` writes one that is the fault: a call that is refused anyway has no stream to interrupt.
 * Throws `ConnectionCut` where the connection is to end before the answer.
 */
export async function applyFault(
  fault: Fault,
  form: StreamForm | undefined,
  produce: () => Reply | Promise<Reply>,
  signal: AbortSignal,
  refuse: (refusal: Refusal) => Reply = refusalReply,
): Promise<Reply | undefined> {
  if (needsStream(fault) || (form !== undefined && fault.kind === 'cut-inside')) {
    const reply = await produce();
    if (typeof reply.body === 'string') return reply;
    const kind = kinds[form ?? 'frames'];
    return { ...reply, body: withStreamFault(reply.body, fault, kind, signal) };
  }
  if (isExceptionName(fault.kind)) return exceptionReply(fault, fault.kind, refuse);
  switch (fault.kind) {
    case 'stall':
      await untilAborted(signal);
      return undefined;
    case 'cut':
      throw new ConnectionCut();
    case 'empty':
      return {
        status: 200,
        headers: { 'Content-Type': form === undefined ? 'application/json' : kinds[form].contentType },
        body: '',
      };
    case 'html':
      return { status: 502, headers: { 'Content-Type': 'text/html' }, body: proxyPage };
    case 'cut-inside':
      return halfOf(await produce());
    case 'slow-start':
      await wait(fault.milliseconds ?? 1_000, signal);
      return await produce();
    default:
      return await produce();
  }
}

const proxyPage =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n';

/** What a fault must know of a form of stream. */
interface StreamKind {
  readonly contentType: string;
  /** Whether a frame is the message's end. */
  readonly isEnd: (frame: Uint8Array) => boolean;
  readonly error: (name: string, message: string) => Uint8Array;
  readonly exception: (name: ExceptionName, message: string, members: Fault['members']) => Uint8Array;
}

const kinds: Readonly<Record<StreamForm, StreamKind>> = {
  frames: {
    contentType: 'application/vnd.amazon.eventstream',
    isEnd: isEndFrame,
    error: errorFrame,
    exception: (name, message, members) => {
      const { frame = name }: ExceptionForm = exceptions[name];
      return exceptionFrame(frame, JSON.stringify({ message, ...members }));
    },
  },
  'server-sent-events': {
    contentType: 'text/event-stream',
    isEnd: (frame) => /"finish_reason":"|^data: \[DONE\]/.test(Buffer.from(frame).toString('utf8')),
    error: (name, message) => errorEvent({ code: name, message, status: 500 }),
    exception: (name, message) => errorEvent({ code: name, message, status: statusOf(name) }),
  },
};

function exceptionReply(fault: Fault, name: ExceptionName, refuse: (refusal: Refusal) => Reply): Reply {
  const { members, retryAfter } = fault;
  const message = fault.message ?? exceptions[name].text;
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
  if (name !== 'overloaded_error') return refuse(new Refusal(name, message, { members, headers }));
  return {
    status: statusOf(name),
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(
      refuse === refusalReply ? { message } : openAiError({ code: name, message, status: 529 }),
    ),
  };
}

/** The first half of a body whose length was announced whole. */
function halfOf(reply: Reply): Reply {
  const { body } = reply;
  if (typeof body !== 'string') return reply;
  const bytes = Buffer.from(body);
  async function* half() {
    yield bytes.subarray(0, Math.ceil(bytes.length / 2));
    throw new ConnectionCut();
  }
  return { ...reply, headers: { ...reply.headers, 'Content-Length': String(bytes.length) }, body: half() };
}

/**
 * An event stream with the fault in it. A stream that has fewer frames than the fault waits for gets it at its end.
 * Throws `ConnectionCut` where the connection is to end.
 */
async function* withStreamFault(
  frames: AsyncIterable<Uint8Array>,
  fault: Fault,
  kind: StreamKind,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  if (fault.kind === 'slow') yield* slowly(frames, fault.milliseconds ?? 100, signal);
  else if (fault.kind === 'no-message-stop') yield* withoutEnd(frames, fault.after, kind);
  else yield* interrupted(frames, fault, kind, signal);
}

async function* slowly(frames: AsyncIterable<Uint8Array>, milliseconds: number, signal: AbortSignal) {
  for await (const frame of frames) {
    await wait(milliseconds, signal);
    if (signal.aborted) return;
    yield frame;
  }
}

/** The first `after` frames, or everything before the end; a stream that has no such frame loses its last one. */
async function* withoutEnd(
  frames: AsyncIterable<Uint8Array>,
  after: number | undefined,
  { isEnd }: StreamKind,
) {
  let sent = 0;
  let held: Uint8Array | undefined;
  for await (const frame of frames) {
    if (after === undefined) {
      if (held !== undefined) yield held;
      if (isEnd(frame)) return;
      held = frame;
    } else {
      if (sent === after) return;
      yield frame;
      sent += 1;
    }
  }
}

/** Whether the frame is the message's end: Converse's own, or Nova's inside a chunk. Other families end in their last. */
function isEndFrame(frame: Uint8Array): boolean {
  const event = frameHeader(frame, ':event-type');
  if (event !== 'chunk') return event === 'messageStop';
  const { bytes } = JSON.parse(framePayload(frame).toString('utf8'));
  return Buffer.from(bytes, 'base64').includes('{"messageStop":');
}

async function* interrupted(
  frames: AsyncIterable<Uint8Array>,
  fault: Fault,
  kind: StreamKind,
  signal: AbortSignal,
) {
  const after = fault.after ?? 1;
  let sent = 0;
  for await (const frame of frames) {
    if (sent === after) {
      if (fault.kind === 'cut-inside') {
        yield frame.subarray(0, Math.ceil(frame.length / 2));
        throw new ConnectionCut();
      }
      if (fault.kind !== 'bad-checksum') {
        yield* ending(fault, kind, signal);
        return;
      }
      yield withBadChecksum(frame);
    } else {
      yield frame;
    }
    sent += 1;
  }
  if (sent <= after) yield* ending(fault, kind, signal);
}

/** What comes in place of the rest of the stream. */
async function* ending(fault: Fault, kind: StreamKind, signal: AbortSignal): AsyncIterable<Uint8Array> {
  if (fault.kind === 'stall') return await untilAborted(signal);
  if (fault.kind === 'cut' || fault.kind === 'cut-inside') throw new ConnectionCut();
  if (fault.kind === 'error-frame') {
    yield kind.error(
      fault.code ?? 'InternalFailure',
      fault.message ?? exceptions.InternalServerException.text,
    );
  } else if (isExceptionName(fault.kind)) {
    yield kind.exception(fault.kind, fault.message ?? exceptions[fault.kind].text, fault.members);
  }
}

function withBadChecksum(frame: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 0xff;
  return copy;
}

/** Waits that long, or until the signal aborts. */
export function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}

/** Waits until the signal aborts. */
function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
