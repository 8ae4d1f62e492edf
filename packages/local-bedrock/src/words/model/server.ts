import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type ChatBody, type ChatDelta, chatPrompt, completeChat } from './complete-chat.ts';
import type { Engine } from './engine.ts';

export interface ModelServerOptions {
  /** What answers; while it loads, requests wait. */
  readonly engine: Promise<Engine>;
  /** What makes vectors, where there is one. */
  readonly embedding?: Promise<Engine>;
  /** What callers must send as their API key. */
  readonly key: string;
  /** In place of what requests ask for: 0 makes the same request get the same answer. */
  readonly temperature?: number;
  /** Called whenever somebody takes hold of the model. */
  readonly onUsed?: () => void;
  /** Called when the last of those who hold the model has let it go. */
  readonly onUnused?: () => void;
}

export interface ModelServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Requests that wait for the model; one more is told to come back, as a throttled one is. */
export const longestQueue = 16;
/** Milliseconds between two signs of life to a caller who waits for the first word. */
const signMs = 10_000;
const largestBody = 8_000_000;

/**
 * One model for many: a server with the parts of OpenAI's API that the backend uses (`chat/completions`, `embeddings`,
 * `models`), vLLM's `/tokenize`, and `/hold`: an answer that lasts as long as its caller needs the model.
 * It listens on this machine and answers who has the key. One request at a time has the model; when its caller goes
 * away, it ends at once.
 */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const { key, onUsed, onUnused } = options;
  const inTurn = createQueue();
  // What does not load is told to each who asks, and must not end the process before.
  for (const loading of [options.engine, options.embedding]) loading?.catch(() => undefined);
  let holders = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization !== `Bearer ${key}`)
      throw new Refused(401, 'The key is missing or wrong.');
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const engine = path === '/hold' ? undefined : await options.engine;
    if (path === '/hold') return hold(response);
    if (engine === undefined) return;
    if (path === '/v1/models')
      return sendJson(response, 200, { object: 'list', data: [{ id: engine.name }] });
    const body = await readBody(request);
    if (path === '/tokenize') {
      const count = engine.tokenize(chatPrompt(engine, body as ChatBody), true).length;
      return sendJson(response, 200, { count, max_model_len: engine.contextSize });
    }
    if (path === '/v1/embeddings') return embed(body as { input: string | string[] }, response);
    if (path === '/v1/chat/completions') return chat(engine, body as ChatBody, response);
    throw new Refused(404, `There is nothing at ${path}.`);
  }

  /** Tells how the model is, once it is loaded; the model stays until the answer's connection ends. */
  async function hold(response: ServerResponse): Promise<void> {
    holders += 1;
    onUsed?.();
    response.on('close', () => {
      holders -= 1;
      if (holders === 0) onUnused?.();
    });
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders();
    const told = await Promise.all([options.engine, options.embedding]).then(
      ([{ name, contextSize }, embedding]) => ({
        name,
        contextSize,
        ...(embedding && { embedding: embedding.name }),
      }),
      (error: unknown) => ({ error: messageOf(error) }),
    );
    response.write(`${JSON.stringify(told)}\n`);
  }

  async function chat(engine: Engine, body: ChatBody, response: ServerResponse): Promise<void> {
    const size = engine.tokenize(chatPrompt(engine, body), true).length;
    if (size >= engine.contextSize) {
      const what = `The prompt is ${size} tokens; ${engine.name} takes ${engine.contextSize}.`;
      throw new Refused(400, what, 'context_length_exceeded');
    }
    const controller = new AbortController();
    response.on('close', () => controller.abort(new Error('The caller has gone.')));
    const { signal } = controller;
    const { temperature } = options;
    await inTurn(signal, async () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (choice: object, more: object = {}) =>
        response.write(
          `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [choice], ...more })}\n\n`,
        );
      const signs = setInterval(() => response.write(': reading\n\n'), signMs);
      try {
        const onDelta = (delta: ChatDelta) => send({ index: 0, delta });
        const chatOptions = { signal, onDelta, ...(temperature !== undefined && { temperature }) };
        const { finish, stopSequence, usage } = await completeChat(engine, body, chatOptions);
        send({ index: 0, delta: {}, finish_reason: finish, stop_reason: stopSequence ?? null }, { usage });
        response.write('data: [DONE]\n\n');
      } catch (error) {
        // The status has been sent: the stream says it.
        response.write(`data: ${JSON.stringify({ error: { message: messageOf(error) } })}\n\n`);
      } finally {
        clearInterval(signs);
        response.end();
      }
    });
  }

  async function embed({ input }: { input: string | string[] }, response: ServerResponse): Promise<void> {
    const engine = await options.embedding;
    if (engine?.embed === undefined) throw new Refused(404, 'No model for embeddings is loaded here.');
    const vectors = await engine.embed([input].flat());
    const data = vectors.map(({ vector }, index) => ({ object: 'embedding', index, embedding: vector }));
    const tokens = vectors.reduce((sum, one) => sum + one.tokens, 0);
    sendJson(response, 200, { object: 'list', model: engine.name, data, usage: { prompt_tokens: tokens } });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const { status, code } = error instanceof Refused ? error : new Refused(500, '');
      if (response.headersSent) response.end();
      else sendJson(response, status, { error: { message: messageOf(error), ...(code && { code }) } });
    });
  });
  // A caller may wait for as long as the model takes.
  server.requestTimeout = 0;
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A new key, that nobody guesses. */
export function newKey(): string {
  return randomBytes(24).toString('base64url');
}

class Refused extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, message: string, code?: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Runs one task after the other; one whose signal aborts while it waits is never begun. */
function createQueue() {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (signal: AbortSignal, task: () => Promise<void>): Promise<void> => {
    if (waiting > longestQueue)
      throw new Refused(429, 'The model has enough to do. Come back later.', 'busy');
    waiting += 1;
    const before = last;
    const mine = before
      .then(() => (signal.aborted ? undefined : task()))
      .finally(() => {
        waiting -= 1;
      });
    last = mine.catch(() => undefined);
    await mine;
  };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Refused(413, 'The request is too large.');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refused(400, 'The body is not JSON.');
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
