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
