import { randomUUID } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpRequest, HttpResponse } from './one-port.ts';
import { readBody } from './read-body.ts';
import { Refusal, refusalReply } from './refusal.ts';
import type { Reply } from './reply.ts';
import { route } from './router.ts';
import type { Service } from './service.ts';

/** On every response: these words come from a stand-in, not from a language model. */
const honesty = { 'x-local-bedrock': 'stand-in' };

/** The request listener of the endpoint: reads the body, runs the operation and writes its reply or its refusal. */
export function createHandler(service: Service): (request: HttpRequest, response: HttpResponse) => void {
  return (request, response) => {
    // A client that goes away mid-request is its own business: no error of its connection may end the process.
    request.on('error', () => {});
    response.on('error', () => {});
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    void answer(request, service, gone.signal, performance.now()).then(async (reply) => {
      if (reply !== undefined) await write(response, reply);
    });
  };
}

async function answer(
  request: HttpRequest,
  service: Service,
  signal: AbortSignal,
  startedAt: number,
): Promise<Reply | undefined> {
  try {
    const body = await readBody(request);
    if (body === undefined) return undefined;
    const { method = '', url = '' } = request;
    return await route({ method, url, headers: headersOf(request), body, signal, startedAt }, service);
  } catch (error) {
    if (error instanceof Refusal) return refusalReply(error);
    process.emitWarning(`Local Bedrock failed on ${request.method} ${request.url}: ${describe(error)}`);
    return refusalReply(
      new Refusal(
        'InternalServerException',
        'The system encountered an unexpected error during processing. Try your request again.',
      ),
    );
  }
}

/** The request's headers: names in lower case, as HTTP/2 sends them; repeated ones are joined. */
function headersOf(request: HttpRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

async function write(response: HttpResponse, reply: Reply): Promise<void> {
  if (response.destroyed || response.writableEnded) return;
  try {
    await send(response, reply);
  } catch {
    // The client went away between the check and the first header; an HTTP/2 response then throws.
  }
}

async function send(response: HttpResponse, reply: Reply): Promise<void> {
  const length = typeof reply.body === 'string' ? Buffer.byteLength(reply.body) : undefined;
  // Node adds Date, and on HTTP/1.1 Connection; HTTP/2 forbids connection-specific headers, so none is set here.
  for (const [name, value] of Object.entries({
    'x-amzn-RequestId': randomUUID(),
    ...(length === undefined ? {} : { 'Content-Length': String(length) }),
    ...honesty,
    ...reply.headers,
  })) {
    response.setHeader(name, value);
  }
  response.statusCode = reply.status;
  if (typeof reply.body !== 'string') await pipeline(Readable.from(reply.body), response as Writable);
  else response.end(reply.body);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
