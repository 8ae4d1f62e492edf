import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  constants,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
} from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { invalid } from './refusal.ts';

// An import would have Node look at every export of the module, and so load the whole of `fetch` for one of them.
const { createServer: createHttp1Server } = process.getBuiltinModule('node:http');

/** The start of HTTP/2's connection preface, which no HTTP/1.1 method shares (RFC 9113, section 3.4). */
const prefaceStart = Buffer.from('PRI');

/** How long connections may be silent, in milliseconds. */
export interface Silences {
  /** Before the first request, or before it is known which protocol they speak. */
  readonly atFirst: number;
  /**
   * Between two requests. Clients are not told, so this is longer than their own limits: a client that sends just as its
   * connection is closed would see it break.
   */
  readonly between: number;
  /** While a request comes: between two parts of its headers or of its body. Its answer may take its time. */
  readonly within: number;
  /** How long a request may take to come whole, however often something comes: as long as by Node itself. */
  readonly whole: number;
}

const silences: Silences = { atFirst: 30_000, between: 60_000, within: 60_000, whole: 300_000 };

/** How often an endpoint that is closing looks for connections that have been answered. In milliseconds. */
const idleCheck = 20;

export type HttpRequest = IncomingMessage | Http2ServerRequest;
export type HttpResponse = ServerResponse | Http2ServerResponse;

/** The connection a request came by; `undefined` when it has gone. */
export type SocketOf = (request: HttpRequest) => Socket | undefined;

interface OnePort {
  readonly server: Server;
  /**
   * Stops listening and ends every open connection, HTTP/1.1 and HTTP/2 alike: at once, or when it has nothing left to
   * send and at the latest after `graceMs` milliseconds.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * One TCP server for cleartext HTTP/2 with prior knowledge (the AWS SDK for JavaScript's default) and HTTP/1.1 (every
 * other client), with one handler: the first three bytes of a connection tell the two apart. `unref` keeps the server
 * and its connections from holding the process alive.
 */
export function createOnePort(
  handle: (request: HttpRequest, response: HttpResponse, socketOf: SocketOf) => void,
  unref: boolean,
  limits: Silences = silences,
): OnePort {
  const open = new Set<Socket>();
  // Connections with no request on them: fresh ones, and those of HTTP/1.1 between two requests.
  const idle = new Set<Socket>();
  const openSessions = new Set<Http2Session>();
  // An HTTP/2 session hides its connection, so that one is remembered here.
  const sessions = new WeakMap<Http2Session, Socket>();
  const socketOf: SocketOf = (request) => {
    if (!('stream' in request)) return request.socket;
    const { session } = request.stream;
    return session === undefined ? undefined : sessions.get(session);
  };
  const http2 = createHttp2Server((request, response) => {
    if (!request.stream.endAfterHeaders) endUnlessItComes(request, socketOf(request), limits);
    handle(request, response, socketOf);
  });
  const { within, whole } = limits;
  const times = { headersTimeout: within, requestTimeout: whole, connectionsCheckingInterval: within / 2 };
  const http1 = createHttp1Server(times, (request, response) => {
    const { socket } = request;
    idle.delete(socket);
    response.once('close', () => {
      if (open.has(socket)) idle.add(socket);
    });
    endUnlessItComes(request, socket, limits);
    handle(request, response, socketOf);
  });
  http1.keepAliveTimeout = limits.between;
  http2.on('sessionError', () => {});
  http1.on('clientError', refuseUnreadable);

  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    idle.add(socket);
    if (unref) socket.unref();
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      open.delete(socket);
      idle.delete(socket);
    });
    socket.setTimeout(limits.atFirst, () => socket.destroy());
    whenProtocolIsKnown(socket, (speaksHttp2) => {
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      if (speaksHttp2) {
        idle.delete(socket);
        http2.once('session', (session) => {
          sessions.set(session, socket);
          openSessions.add(session);
          session.once('close', () => openSessions.delete(session));
          endWhenSilent(session, socket, limits);
        });
        http2.emit('connection', socket);
      } else http1.emit('connection', socket);
    });
  });
  // This one listens in place of the other, whose limits on slow requests start when it is said to listen.
  server.once('listening', () => http1.emit('listening'));
  if (unref) server.unref();

  function close(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        for (const socket of open) socket.destroy();
      };
      const endIdle = () => {
        for (const socket of idle) socket.destroySoon();
      };
      const looking = setInterval(endIdle, idleCheck);
      const ending = setTimeout(end, graceMs);
      server.close(() => {
        clearInterval(looking);
        clearTimeout(ending);
        resolve();
      });
      for (const session of openSessions) session.close();
      endIdle();
      http1.close();
      http2.close();
      if (graceMs === 0) end();
    });
  }
  return { server, close };
}

/** Ends an HTTP/2 connection that says nothing while no request is being answered: that one may take its time. */
function endWhenSilent(session: Http2Session, socket: Socket, { atFirst, between }: Silences): void {
  let streams = 0;
  session.on('stream', (stream) => {
    streams += 1;
    stream.once('close', () => {
      streams -= 1;
      if (!session.destroyed) session.setTimeout(between);
    });
  });
  session.setTimeout(atFirst);
  session.on('timeout', () => {
    if (streams > 0) return;
    // Says goodbye, and does not wait for an answer.
    session.close();
    socket.destroySoon();
  });
}

/** Ends a request that stops before it has come whole, or takes too long for it; one of HTTP/1.1 with its connection. */
function endUnlessItComes(
  request: HttpRequest,
  socket: Socket | undefined,
  { within, whole }: Silences,
): void {
  const begun = performance.now();
  let seen = socket?.bytesRead;
  // Two looks: what came while this process was busy is read behind the first of them.
  let looks = 0;
  const looking = setInterval(() => {
    looks = socket === undefined || socket.bytesRead === seen ? looks + 1 : 0;
    seen = socket?.bytesRead;
    if (!request.complete && looks < 2 && performance.now() - begun < whole) return;
    clearInterval(looking);
    if (request.complete) return;
    if ('stream' in request) request.stream.close(constants.NGHTTP2_CANCEL);
    else request.destroy();
  }, within / 2);
  looking.unref();
  request.once('close', () => clearInterval(looking));
}

/** Reads just enough of a connection to know its protocol, puts it back, and hands over. */
function whenProtocolIsKnown(socket: Socket, handOver: (speaksHttp2: boolean) => void): void {
  let seen = Buffer.alloc(0);
  const look = () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    seen = Buffer.concat([seen, chunk]);
    const start = seen.subarray(0, prefaceStart.length);
    const undecided =
      start.length < prefaceStart.length && prefaceStart.subarray(0, start.length).equals(start);
    if (undecided) return;
    socket.off('readable', look);
    socket.unshift(seen);
    handOver(start.equals(prefaceStart));
  };
  socket.on('readable', look);
}

function refuseUnreadable(
  _error: Error,
  socket: NodeJS.WritableStream & { destroy(): void; writable: boolean },
): void {
  if (socket.writable)
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  else socket.destroy();
}

/** The longest body InvokeModel takes, in bytes (API reference, InvokeModel, "body"). */
const bodyLimit = 25_000_000;

/**
 * A request's whole body, or `undefined` when the client went away before its end. Throws a `Refusal` when the body is
 * longer than `bodyLimit`; the rest is read and dropped first, so that the client is ready to read the answer.
 */
export function readBody(request: HttpRequest): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    // Listeners rather than `for await`: an iterator costs more than all else that reading a short body does.
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bodyLimit) chunks.push(chunk);
    });
    request.on('end', () => {
      if (length > bodyLimit) reject(tooLong());
      else resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    });
    request.on('error', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
  });
}

function tooLong(): Error {
  return invalid(
    `1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or equal to ${bodyLimit}`,
  );
}

/** The request's headers: names in lower case, as HTTP/2 sends them; repeated ones are joined. */
export function headersOf(request: HttpRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in request.headers) {
    const value = request.headers[name];
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return headers;
}
