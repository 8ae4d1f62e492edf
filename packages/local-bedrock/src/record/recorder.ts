import type { IncomingMessage } from 'node:http';
import { splitFrames } from '../event-stream/frame.ts';
import { ConnectionCut } from '../faults/fault.ts';
import type { Reply } from '../http/reply.ts';
import type { RawRequest, Route } from '../http/router.ts';
import {
  isEventStream,
  nextSequence,
  parse,
  recordResponse,
  type Tokens,
  tokensOf,
  writeExchange,
} from './exchange.ts';
import { forward, meaningfulHeaders, ownError, ownSigner, type Signer } from './forward.ts';

export interface RecordOptions {
  /** The folder for the recordings; it is made. Recordings that are there already stay. */
  readonly directory: string;
  /** Who answers. Default: Amazon Bedrock in the endpoint's region. */
  readonly upstream?: string;
}

/** Answers in place of the operations; `note` is told the tokens of the answer. */
export type Upstream = (request: RawRequest, route: Route, note: (tokens: Tokens) => void) => Promise<Reply>;

/**
 * Forwards each request, signed afresh with the caller's own credentials, and keeps each exchange as a file before the
 * caller has the end of the answer. The caller gets the same status and bytes. An answer that nobody read to its end is
 * not kept; one that was cut by the other side is, and cuts again when it is replayed.
 */
export function createRecorder({ directory, upstream }: RecordOptions, region: string): Upstream {
  let next = nextSequence(directory);
  let signer: Promise<() => Promise<Signer>> | undefined;
  return async (request, route, note) => {
    const sequence = next;
    next += 1;
    const target = new URL(upstream ?? awsEndpoint(route.operation.name, region));
    let answer: IncomingMessage;
    try {
      signer ??= ownSigner(region);
      answer = await forward(target, request, await (await signer)(), region);
    } catch (error) {
      signer = undefined;
      return failed(target, error);
    }
    const status = answer.statusCode ?? 502;
    const headers = keptHeaders(answer);
    const keep = (bytes: Buffer, wasCut: boolean) => {
      const response = recordResponse(status, headers, bytes, wasCut);
      note(tokensOf(response));
      writeExchange(directory, sequence, {
        recordedAt: new Date().toISOString(),
        from: target.origin,
        request: recordRequest(request, route),
        response,
      });
    };
    const sent = { ...headers, 'x-local-bedrock': 'recording' };
    if (isEventStream(headers)) return { status, headers: sent, body: passOn(answer, keep) };
    let bytes: Buffer;
    try {
      bytes = Buffer.concat(await answer.toArray());
    } catch (error) {
      return failed(target, error);
    }
    try {
      keep(bytes, false);
    } catch (error) {
      return ownError(
        400,
        'RecordingFailedException',
        `The answer came, but could not be kept: ${reasonOf(error)}.`,
      );
    }
    return { status, headers: sent, body: bytes.toString('utf8') };
  };
}

/** Whole frames as they come. What is left of a frame when the connection ends is passed on too. */
async function* passOn(
  answer: IncomingMessage,
  keep: (bytes: Buffer, wasCut: boolean) => void,
): AsyncIterable<Uint8Array> {
  const all: Buffer[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let wasCut = false;
  const chunks = answer[Symbol.asyncIterator]();
  try {
    for (;;) {
      const chunk = await nextChunk(chunks);
      if (chunk === 'cut') wasCut = true;
      if (typeof chunk === 'string') break;
      all.push(chunk);
      const split = splitFrames(Buffer.concat([rest, chunk]));
      rest = split.rest;
      yield* split.frames;
    }
  } finally {
    answer.destroy();
  }
  if (rest.length > 0) yield rest;
  keep(Buffer.concat(all), wasCut);
  if (wasCut) throw new ConnectionCut();
}

async function nextChunk(chunks: AsyncIterator<Buffer>): Promise<Buffer | 'end' | 'cut'> {
  try {
    const { done, value } = await chunks.next();
    return done ? 'end' : value;
  } catch {
    return 'cut';
  }
}

function recordRequest({ method, url, headers, body }: RawRequest, { operation, label }: Route) {
  const json = parse(body);
  return {
    method,
    path: url,
    operation: operation.name,
    label,
    headers: meaningfulHeaders(headers),
    ...(json !== undefined && { body: json }),
    ...(json === undefined && body.length > 0 ? { bodyBase64: body.toString('base64') } : {}),
  };
}

/** The runtime and the control plane have hosts of their own. */
function awsEndpoint(operation: string, region: string): string {
  const isRuntime = /^(Invoke|Converse|CountTokens|ApplyGuardrail|ChatCompletions)/.test(operation);
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://bedrock${isRuntime ? '-runtime' : ''}.${region}.${suffix}`;
}

/** The answer's headers, without those of the connection and of another local endpoint. */
function keptHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => /^(content-type|retry-after|x-amzn-.*)$/.test(name))
      .map(([name, value]) => [name, String(value)]),
  );
}

function failed(target: URL, error: unknown): Reply {
  return ownError(
    400,
    'RecordingFailedException',
    `Local Bedrock could not forward the request to ${target.origin}: ${reasonOf(error)}. Check the network, and the AWS credentials of the process that runs Local Bedrock.`,
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
