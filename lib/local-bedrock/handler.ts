import { randomUUID } from 'node:crypto';
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
    void answer(request, service, performance.now()).then((reply) => {
      if (reply !== undefined) write(response, reply);
    });
  };
}

async function answer(request: HttpRequest, service: Service, startedAt: number): Promise<Reply | undefined> {
  try {
    const body = await readBody(request);
    if (body === undefined) return undefined;
    return route({ method: request.method ?? '', url: request.url ?? '', body, startedAt }, service);
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

function write(response: HttpResponse, reply: Reply): void {
  if (response.destroyed || response.writableEnded) return;
  try {
    send(response, reply);
  } catch {
    // The client went away between the check and the first header; an HTTP/2 response then throws.
  }
}

function send(response: HttpResponse, reply: Reply): void {
  const body = Buffer.from(reply.body);
  // Node adds Date, and on HTTP/1.1 Connection; HTTP/2 forbids connection-specific headers, so none is set here.
  for (const [name, value] of Object.entries({
    'x-amzn-RequestId': randomUUID(),
    'Content-Length': String(body.length),
    ...honesty,
    ...reply.headers,
  })) {
    response.setHeader(name, value);
  }
  response.statusCode = reply.status;
  response.end(body);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
