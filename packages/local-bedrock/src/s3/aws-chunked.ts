import { S3Error } from './s3-error.ts';

/** The longest line of the encoding itself, in bytes. A chunk's line holds its length and at most a signature. */
const longestLine = 8 * 1024;

/** A body without its encoding. `trailers` are there, in lower case, once its last byte was read. */
export interface Decoded {
  readonly bytes: AsyncIterable<Buffer>;
  readonly trailers: Readonly<Record<string, string>>;
}

/**
 * Takes apart the `aws-chunked` encoding, in which clients send a body whose checksum they know at its end only. Signatures
 * of chunks are not checked. Throws an `S3Error` while it is read when the body is not so encoded, or ends too early.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export function decodeAwsChunked(body: AsyncIterable<Uint8Array>): Decoded {
  const trailers: Record<string, string> = {};
  return { bytes: decode(body, trailers), trailers };
}

async function* decode(
  body: AsyncIterable<Uint8Array>,
  trailers: Record<string, string>,
): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  // What is left of the present chunk; `undefined`: a line comes next.
  let left: number | undefined;
  let isEnding = false;
  for await (const piece of body) {
    held = held.length === 0 ? Buffer.from(piece) : Buffer.concat([held, piece]);
    while (held.length > 0) {
      if (left !== undefined && left > 0) {
        const bytes = held.subarray(0, left);
        held = held.subarray(bytes.length);
        left -= bytes.length;
        yield bytes;
        continue;
      }
      const end = held.indexOf('\r\n');
      if (end > longestLine || (end < 0 && held.length > longestLine)) throw notChunked();
      if (end < 0) break;
      const line = held.toString('latin1', 0, end);
      held = held.subarray(end + 2);
      if (isEnding) {
        const [name = '', value = ''] = line.split(/:(.*)/s);
        if (line !== '') trailers[name.trim().toLowerCase()] = value.trim();
      } else if (left === 0) {
        // The line break behind a chunk's bytes.
        if (line !== '') throw notChunked();
        left = undefined;
      } else {
        left = lengthOf(line);
        isEnding = left === 0;
      }
    }
  }
  if (!isEnding) throw new S3Error('IncompleteBody');
}

function lengthOf(line: string): number {
  const [, digits] = /^([0-9a-f]{1,12})(?:;|$)/i.exec(line) ?? [];
  if (digits === undefined) throw notChunked();
  return Number.parseInt(digits, 16);
}

function notChunked(): S3Error {
  return new S3Error(
    'InvalidArgument',
    'The body is not encoded as aws-chunked, which its headers say it is.',
  );
}
