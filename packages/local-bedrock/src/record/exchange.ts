import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { frameHeaders, framePayload, splitFrames } from '../event-stream/frame.ts';

/** A request and its answer, as one readable file. Neither holds a credential: of the headers only some are kept. */
export interface Exchange {
  /** ISO 8601. */
  readonly recordedAt: string;
  /** Who answered, such as `https://bedrock-runtime.us-east-1.amazonaws.com`. */
  readonly from: string;
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
}

interface RecordedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly operation: string;
  readonly label: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON, or as base64 in `bodyBase64` where it is none. */
  readonly body?: unknown;
  readonly bodyBase64?: string;
}

interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON, where it is JSON. */
  readonly body?: unknown;
  /** The frames of an event stream, for people; `bytes` is what counts. */
  readonly frames?: readonly { readonly headers: Record<string, string>; readonly payload: unknown }[];
  /** The exact bytes as base64; absent where `body` written without white space is the same. */
  readonly bytes?: string;
  /** The connection ended before the answer did. */
  readonly cut?: true;
}

/** An answer for a file: readable, and with the exact bytes where those would be lost. */
export function recordResponse(
  status: number,
  headers: Readonly<Record<string, string>>,
  bytes: Buffer,
  wasCut: boolean,
): RecordedResponse {
  const cut = wasCut ? { cut: true as const } : {};
  if (isEventStream(headers)) {
    return { status, headers, frames: readFrames(bytes), bytes: bytes.toString('base64'), ...cut };
  }
  const body = parse(bytes);
  const isExact = body !== undefined && JSON.stringify(body) === bytes.toString('utf8');
  return {
    status,
    headers,
    ...(body !== undefined && { body }),
    ...(isExact ? {} : { bytes: bytes.toString('base64') }),
    ...cut,
  };
}

/** The exact bytes of a recorded answer. */
export function bytesOf({ body, bytes }: RecordedResponse): Buffer {
  return bytes === undefined ? Buffer.from(JSON.stringify(body)) : Buffer.from(bytes, 'base64');
}

export function isEventStream(headers: Readonly<Record<string, string>>): boolean {
  return headers['content-type']?.startsWith('application/vnd.amazon.eventstream') ?? false;
}

/** The bytes as JSON; `undefined` when they are none. */
export function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function readFrames(bytes: Buffer): NonNullable<RecordedResponse['frames']> {
  return splitFrames(bytes).frames.map((frame) => {
    const payload = parse(framePayload(frame)) ?? framePayload(frame).toString('utf8');
    return { headers: frameHeaders(frame), payload: withChunkDecoded(payload) };
  });
}

/** InvokeModel's chunks hold JSON as base64, which nobody can read. */
function withChunkDecoded(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null || !('bytes' in payload)) return payload;
  const decoded = parse(Buffer.from(String(payload.bytes), 'base64'));
  return decoded === undefined ? payload : { ...payload, decoded };
}

/** Writes an exchange as `0001-Converse-amazon.nova-micro-v1_0.json`; gives the file's path. */
export function writeExchange(directory: string, sequence: number, exchange: Exchange): string {
  const { operation, label } = exchange.request;
  const name = [String(sequence).padStart(4, '0'), operation, ...(label === '' ? [] : [label])].join('-');
  const file = join(directory, `${name.replaceAll(/[^\w.-]/g, '_').slice(0, 120)}.json`);
  writeWhole(file, `${JSON.stringify(exchange, undefined, 2)}\n`);
  return file;
}

/** The exchanges of a folder in the order of their recording, by file name. Throws an `Error` that names a bad file. */
export function readExchanges(directory: string): ReadonlyMap<string, Exchange> {
  return new Map(
    recordingNames(directory).map((name) => {
      const file = join(directory, name);
      const exchange = parse(readFileSync(file)) as Partial<Exchange> | undefined;
      if (typeof exchange?.request?.operation !== 'string' || typeof exchange.response?.status !== 'number') {
        throw new Error(`${file} is not a recording. Delete it, or record it again with --record.`);
      }
      return [name, exchange as Exchange];
    }),
  );
}

/** The number after the highest that a recording in the folder has; the folder is made. */
export function nextSequence(directory: string): number {
  mkdirSync(directory, { recursive: true });
  return Math.max(0, ...recordingNames(directory).map((name) => Number.parseInt(name, 10))) + 1;
}

function recordingNames(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => /^\d{4,}-.*\.json$/.test(name))
    .sort((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10));
}

export interface Tokens {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

/** The tokens that an answer tells: Converse in `usage`, its stream in the last frame, InvokeModel's in the last chunk. */
export function tokensOf({ body, frames }: RecordedResponse): Tokens {
  const last = frames?.at(-1)?.payload;
  const usage = member(body ?? last, 'usage');
  if (usage !== undefined) return numbers(usage, 'inputTokens', 'outputTokens');
  const metrics = member(member(last, 'decoded'), 'amazon-bedrock-invocationMetrics');
  return numbers(metrics, 'inputTokenCount', 'outputTokenCount');
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function numbers(value: unknown, input: string, output: string): Tokens {
  const inputTokens = member(value, input);
  const outputTokens = member(value, output);
  return {
    ...(typeof inputTokens === 'number' ? { inputTokens } : {}),
    ...(typeof outputTokens === 'number' ? { outputTokens } : {}),
  };
}

/**
 * Writes a file whole or not at all: whoever reads it meanwhile, and whoever runs out of disk, keeps the old one. Its
 * folder is made.
 */
function writeWhole(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, content, { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
