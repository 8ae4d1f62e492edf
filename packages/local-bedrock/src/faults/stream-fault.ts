import { errorFrame, exceptionFrame } from '../event-stream/frame.ts';
import { frameHeader, framePayload } from '../event-stream/read-frame.ts';
import { ConnectionCut } from './connection-cut.ts';
import { type ExceptionForm, exceptions, isExceptionName } from './exceptions.ts';
import type { Fault } from './fault.ts';
import { untilAborted, wait } from './wait.ts';

/**
 * An event stream with the fault in it. A stream that has fewer frames than the fault waits for gets it at its end.
 * Throws `ConnectionCut` where the connection is to end.
 */
export async function* withStreamFault(
  frames: AsyncIterable<Uint8Array>,
  fault: Fault,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  if (fault.kind === 'slow') yield* slowly(frames, fault.milliseconds ?? 100, signal);
  else if (fault.kind === 'no-message-stop') yield* withoutEnd(frames, fault.after);
  else yield* interrupted(frames, fault, signal);
}

async function* slowly(frames: AsyncIterable<Uint8Array>, milliseconds: number, signal: AbortSignal) {
  for await (const frame of frames) {
    await wait(milliseconds, signal);
    if (signal.aborted) return;
    yield frame;
  }
}

/** The first `after` frames, or everything before the end; a stream that has no such frame loses its last one. */
async function* withoutEnd(frames: AsyncIterable<Uint8Array>, after: number | undefined) {
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
function isEnd(frame: Uint8Array): boolean {
  const event = frameHeader(frame, ':event-type');
  if (event !== 'chunk') return event === 'messageStop';
  const { bytes } = JSON.parse(framePayload(frame).toString('utf8'));
  return Buffer.from(bytes, 'base64').includes('{"messageStop":');
}

async function* interrupted(frames: AsyncIterable<Uint8Array>, fault: Fault, signal: AbortSignal) {
  const after = fault.after ?? 1;
  let sent = 0;
  for await (const frame of frames) {
    if (sent === after) {
      if (fault.kind === 'cut-inside') {
        yield frame.subarray(0, Math.ceil(frame.length / 2));
        throw new ConnectionCut();
      }
      if (fault.kind !== 'bad-checksum') {
        yield* ending(fault, signal);
        return;
      }
      yield withBadChecksum(frame);
    } else {
      yield frame;
    }
    sent += 1;
  }
  if (sent <= after) yield* ending(fault, signal);
}

/** What comes in place of the rest of the stream. */
async function* ending(fault: Fault, signal: AbortSignal): AsyncIterable<Uint8Array> {
  if (fault.kind === 'stall') return await untilAborted(signal);
  if (fault.kind === 'cut' || fault.kind === 'cut-inside') throw new ConnectionCut();
  if (fault.kind === 'error-frame') {
    yield errorFrame(
      fault.code ?? 'InternalFailure',
      fault.message ?? exceptions.InternalServerException.text,
    );
  } else if (isExceptionName(fault.kind)) {
    const form: ExceptionForm = exceptions[fault.kind];
    const message = fault.message ?? form.text;
    yield exceptionFrame(form.frame ?? fault.kind, JSON.stringify({ message, ...fault.members }));
  }
}

function withBadChecksum(frame: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 0xff;
  return copy;
}
