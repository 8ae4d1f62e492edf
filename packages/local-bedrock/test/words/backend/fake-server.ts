import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach } from 'vitest';

/** What a request was: its path, its headers and its body. */
export interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the client wrote is looked at member by member
  readonly body: any;
}

export interface FakeServer {
  /** The base URL, with `/v1`. */
  readonly url: string;
  readonly received: Received[];
  /** Settles when a client has gone away before its answer was whole. */
  readonly left: Promise<void>;
}

type Answer = (response: ServerResponse, received: Received) => void;

const open: Server[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server that answers `/v1/chat/completions` as the test says, and lists two models; closed after the test. */
export async function fakeServer(
  chat: Answer,
  others: Readonly<Record<string, Answer>> = {},
): Promise<FakeServer> {
  const received: Received[] = [];
  let leave: () => void = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) leave();
    });
    void readBody(request).then((body) => {
      const one = { path: request.url ?? '', authorization: request.headers.authorization, body };
      received.push(one);
      const answer = others[one.path] ?? (one.path === '/v1/chat/completions' ? chat : notFound);
      if (one.path === '/v1/models' && others[one.path] === undefined)
        json(response, { data: [{ id: 'first' }, { id: 'second' }] });
      else answer(response, one);
    });
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/v1`, received, left };
}

/** An answer of server-sent events, each value as one event, then `[DONE]`. */
export function events(...values: readonly unknown[]): Answer {
  return raw(`${values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join('')}data: [DONE]\n\n`);
}

/** An answer with this text as its stream, cut into pieces of three bytes. */
export function raw(text: string): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 3) response.write(bytes.subarray(at, at + 3));
    response.end();
  };
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** A chunk with a piece of text, or with another delta. */
export function delta(content: string | Readonly<Record<string, unknown>>, finish: string | null = null) {
  const part = typeof content === 'string' ? { content } : content;
  return { object: 'chat.completion.chunk', choices: [{ index: 0, delta: part, finish_reason: finish }] };
}

function notFound(response: ServerResponse): void {
  json(response, { error: { message: 'not found' } }, 404);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? undefined : JSON.parse(text);
}

/** The base URL of a server that is not there any more. */
export async function closedServer(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/v1`;
}
