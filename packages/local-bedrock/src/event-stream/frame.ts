import { crc32 } from 'node:zlib';

/**
 * Event stream frames as Bedrock sends them: total length, headers' length, checksum of those two, headers, payload,
 * checksum of all before it. Every header here is a text, and they come in the order of the recordings.
 *
 * @see https://smithy.io/2.0/aws/amazon-eventstream.html
 */

/** Bytes around headers and payload: two lengths and two checksums. */
const framing = 16;
const textHeader = 7;

const headersOfEvents = new Map<string, Buffer>();

/** The frame of an event, such as `chunk` or `messageStart`. `payload` is JSON. */
export function eventFrame(eventType: string, payload: string): Buffer {
  let headers = headersOfEvents.get(eventType);
  if (headers === undefined) {
    headers = encodeHeaders([
      [':event-type', eventType],
      [':content-type', 'application/json'],
      [':message-type', 'event'],
    ]);
    headersOfEvents.set(eventType, headers);
  }
  return frame(headers, payload);
}

/** The frame that ends a stream with an error. `exceptionType` is the union's member, such as `throttlingException`. */
export function exceptionFrame(exceptionType: string, payload: string): Buffer {
  return frame(
    encodeHeaders([
      [':exception-type', exceptionType],
      [':content-type', 'application/json'],
      [':message-type', 'exception'],
    ]),
    payload,
  );
}

/** The frame that ends a stream with an error that is not in the API's model; it has no payload. */
export function errorFrame(code: string, message: string): Buffer {
  return frame(
    encodeHeaders([
      [':error-code', code],
      [':error-message', message],
      [':message-type', 'error'],
    ]),
    '',
  );
}

function frame(headers: Buffer, payload: string): Buffer {
  const length = framing + headers.length + Buffer.byteLength(payload);
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt32BE(headers.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  headers.copy(bytes, 12);
  bytes.write(payload, 12 + headers.length, 'utf8');
  bytes.writeUInt32BE(crc32(bytes.subarray(0, length - 4)), length - 4);
  return bytes;
}

function encodeHeaders(headers: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    headers.map(([name, value]) => {
      const nameLength = Buffer.byteLength(name);
      const valueLength = Buffer.byteLength(value);
      const bytes = Buffer.allocUnsafe(1 + nameLength + 3 + valueLength);
      bytes.writeUInt8(nameLength, 0);
      bytes.write(name, 1);
      bytes.writeUInt8(textHeader, 1 + nameLength);
      bytes.writeUInt16BE(valueLength, 2 + nameLength);
      bytes.write(value, 4 + nameLength);
      return bytes;
    }),
  );
}

const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Shortest and longest padding seen in recorded streams, in characters. */
const shortest = 2;
const longest = 61;

/**
 * The values of the member `p` that Bedrock puts in each event so that its length does not tell its text: the
 * beginning of the alphabet, of a length that differs from frame to frame. Lengths follow from the request's hash, so
 * that the same request gets the same bytes.
 */
export function paddingFrom(requestHash: string): () => string {
  let state = Number.parseInt(requestHash.slice(0, 8), 16) | 0;
  return () => {
    // mulberry32: a small, well-mixed generator of 32-bit numbers.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const number = (mixed ^ (mixed >>> 14)) >>> 0;
    return alphabet.slice(0, shortest + (number % (longest - shortest + 1)));
  };
}

/** The value of a text header such as `:event-type`, or `undefined`. The frame must be whole. */
export function frameHeader(frame: Uint8Array, wanted: string): string | undefined {
  return frameHeaders(frame)[wanted];
}

/** All text headers of a whole frame. */
export function frameHeaders(frame: Uint8Array): Record<string, string> {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const headers: Record<string, string> = {};
  const end = 12 + bytes.readUInt32BE(4);
  for (let at = 12; at < end; ) {
    const nameEnd = at + 1 + bytes.readUInt8(at);
    const valueStart = nameEnd + 3;
    const valueEnd = valueStart + bytes.readUInt16BE(nameEnd + 1);
    headers[bytes.toString('latin1', at + 1, nameEnd)] = bytes.toString('utf8', valueStart, valueEnd);
    at = valueEnd;
  }
  return headers;
}

/** A whole frame's payload. */
export function framePayload(frame: Uint8Array): Buffer {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  return bytes.subarray(12 + bytes.readUInt32BE(4), bytes.length - 4);
}

/** The smallest frame: no headers, no payload. */
const smallest = 16;

/** The whole frames at the beginning of some bytes, and what is left behind them. Pure. */
export function splitFrames(bytes: Buffer): { readonly frames: readonly Buffer[]; readonly rest: Buffer } {
  const frames: Buffer[] = [];
  let at = 0;
  while (bytes.length - at >= 4) {
    const length = bytes.readUInt32BE(at);
    if (length < smallest || bytes.length - at < length) break;
    frames.push(bytes.subarray(at, at + length));
    at += length;
  }
  return { frames, rest: bytes.subarray(at) };
}
