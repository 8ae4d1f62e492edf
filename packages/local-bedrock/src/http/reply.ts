import type { ServerResponse } from 'node:http';
import { wait } from '../faults/apply-fault.ts';
import { ConnectionCut } from '../faults/fault.ts';
import type { HttpRequest, HttpResponse, SocketOf } from './one-port.ts';

/** What an operation answers: everything of an HTTP response except what every response has. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or an event stream: one whole frame an item, sent as it comes. */
  readonly body: string | AsyncIterable<Uint8Array>;
}

/** A JSON reply with status 200. `headers` are added to `Content-Type`. */
export function jsonReply(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}

/** How an answer ended, and how many frames of its stream were sent. */
export interface Sent {
  readonly frames?: number;
  readonly ended?: 'client left' | 'cut';
}

/**
 * Writes an answer. Node adds Date; HTTP/2 forbids connection-specific headers, so none is set there. `signal` aborts when the client has gone. A body that throws `ConnectionCut` ends the connection behind what was sent.
 */
export async function send(
  response: HttpResponse,
  reply: Reply,
  always: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Sent> {
  if (signal.aborted) return { ended: 'client left' };
  const { status, headers, body } = reply;
  // All at once: a header that is set by itself is looked at, kept and copied before it is written.
  const all: Record<string, string | number> = { ...always, ...headers };
  if (typeof body === 'string') all['Content-Length'] = Buffer.byteLength(body);
  // Said here, Node does not add a Keep-Alive, which AWS does not send.
  if ('shouldKeepAlive' in response && response.shouldKeepAlive) all.Connection = 'keep-alive';
  (response as ServerResponse).writeHead(status, all);
  if (typeof body !== 'string') return await sendFrames(response, body, signal);
  response.end(body);
  return {};
}

async function sendFrames(
  response: HttpResponse,
  frames: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Sent> {
  // A stream begins before its first frame is ready. Both kinds of response can do this; only one type says so.
  (response as ServerResponse).flushHeaders();
  let sent = 0;
  try {
    for await (const frame of frames) {
      if (signal.aborted) return { frames: sent, ended: 'client left' };
      sent += 1;
      if (!(response.write as (chunk: Uint8Array) => boolean).call(response, frame)) await drained(response);
    }
  } catch (error) {
    if (error instanceof ConnectionCut) return { frames: sent, ended: 'cut' };
    throw error;
  }
  if (signal.aborted) return { frames: sent, ended: 'client left' };
  response.end();
  return { frames: sent };
}

function drained(response: HttpResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

/** How long what was written may take to leave the process before the connection is ended. */
const flushMs = 20;

/** How long a client may take to close a connection that was ended, before it is destroyed. */
const closeTimeoutMs = 1_000;

/**
 * Ends the request's connection without an end of the answer, once what was written has left. It is closed, not reset:
 * a reset could overtake what was sent, and clients take the two for different things.
 */
export async function cutConnection(request: HttpRequest, socketOf: SocketOf): Promise<void> {
  await wait(flushMs, new AbortController().signal);
  const socket = socketOf(request);
  if (socket === undefined || socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), closeTimeoutMs).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.end();
}
