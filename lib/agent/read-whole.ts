import { bytesOf, formatOf } from './tool-content.ts';

/** What has no known end is read up to so many bytes or characters, and so many parts. */
const mostRead = 20_000_000;
const mostParts = 10_000;

/**
 * What a tool gave, read where it is not there yet: a file, an answer of `fetch`, a stream, what an async generator
 * yields. Text and bytes in pieces become one. Anything else is given back as it is.
 *
 * @throws whatever the reading throws: then the tool has failed
 */
export async function readWhole(value: unknown, signal: AbortSignal): Promise<unknown> {
  const read = readerOf(value, signal);
  return read === undefined ? value : await read();
}

/** By what they can do: web frameworks have their own `Response`. */
function readerOf(value: unknown, signal: AbortSignal): (() => Promise<unknown>) | undefined {
  try {
    if (typeof value !== 'object' || value === null) return undefined;
    if ('arrayBuffer' in value && typeof value.arrayBuffer === 'function') {
      const body = value as Body;
      // Whoever has read it has told nothing of what stood in it.
      return body.bodyUsed === true || body.body?.locked === true ? undefined : () => readBody(body);
    }
    if (Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function')
      return () => readParts(value as AsyncIterable<unknown>, signal);
    return undefined;
  } catch {
    return undefined;
  }
}

/** What `Blob`, `File`, `Response` and `Request` have in common, and what some of them say. */
interface Body {
  arrayBuffer(): Promise<ArrayBuffer>;
  readonly body?: { readonly locked?: boolean } | null;
  readonly bodyUsed?: boolean;
  readonly ok?: boolean;
  readonly status?: number;
}

async function readBody(body: Body): Promise<unknown> {
  const content = wordsOf(new Uint8Array(await body.arrayBuffer()));
  return body.ok === false ? { status: body.status, body: content } : content;
}

async function readParts(parts: AsyncIterable<unknown>, signal: AbortSignal): Promise<unknown> {
  const read: unknown[] = [];
  let size = 0;
  for await (const part of parts) {
    read.push(part);
    size += typeof part === 'string' ? part.length : (bytesOf(part)?.length ?? 0);
    if (size > mostRead || read.length >= mostParts || signal.aborted) break;
  }
  if (read.length === 0) return undefined;
  if (read.every((part) => typeof part === 'string')) return read.join('');
  const pieces = read.flatMap((part) => bytesOf(part) ?? []);
  // Pictures one after the other are pictures, and no file in pieces.
  const isFile = pieces.length === read.length && !pieces.slice(1).some((piece) => formatOf(piece));
  return isFile ? wordsOf(Buffer.concat(pieces)) : read;
}

/** The text that the bytes are; the bytes when they are none. */
function wordsOf(bytes: Uint8Array): unknown {
  if (formatOf(bytes) !== undefined) return bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes;
  }
}
