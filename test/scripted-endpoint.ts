import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { createClient } from 'lib';
import { createOnePort, type HttpResponse } from '../packages/local-bedrock/src/http/one-port.ts';
import { clientFor } from './local-endpoint.ts';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

function frame(headers: Readonly<Record<string, string>>, payload: unknown): Uint8Array {
  return codec.encode({
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }]),
    ),
    body: Buffer.from(payload === undefined ? '' : JSON.stringify(payload)),
  });
}

/** One event of a stream, as Bedrock frames it. */
export function event(type: string, payload: unknown): Uint8Array {
  return frame(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    payload,
  );
}

/** An exception inside a stream. */
export function exception(type: string, payload: unknown): Uint8Array {
  return frame(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    payload,
  );
}

/** A frame of the third kind, `error`, which carries no payload. */
export function errorFrame(code: string, message: string): Uint8Array {
  return frame({ ':message-type': 'error', ':error-code': code, ':error-message': message }, undefined);
}

/** What the server does next: sends bytes, waits for ever, ends the response, or breaks the connection. */
export type Step = Uint8Array | 'stall' | 'end' | 'cut' | { readonly wait: number };

/** One answer: a whole one, or a stream step by step. */
export interface Script {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly steps?: readonly Step[];
}

export interface SeenRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The decoded JSON body. */
  readonly body: unknown;
  /** Resolves when the connection, or on HTTP/2 the stream, has closed; `finished`: after the answer's end. */
  readonly closed: Promise<{ readonly finished: boolean; readonly sent: number }>;
}

/** The transports that a client may use. */
export const transports = ['HTTP/1.1', 'HTTP/2'] as const;

/**
 * An endpoint that answers by a script, over a real socket: the first request gets the first script, and so on; the
 * last one stays.
 */
export async function serveScripts(...scripts: Script[]) {
  const requests: SeenRequest[] = [];
  const port = createOnePort((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const script = scripts[Math.min(requests.length, scripts.length - 1)] ?? {};
      let sent = 0;
      const closed = once(response, 'close').then(() => ({ finished: response.writableEnded, sent }));
      const text = Buffer.concat(chunks).toString();
      requests.push({
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
        closed,
      });
      void play(script, response, () => sent++);
    });
  }, false);
  port.server.listen(0, '127.0.0.1');
  await once(port.server, 'listening');
  const url = `http://127.0.0.1:${(port.server.address() as AddressInfo).port}`;
  return { url, requests, close: () => port.close(0) };
}

/**
 * Until a client in this process has read what was written. The time alone is not enough: where others had the processor
 * meanwhile, it is over before the sockets are looked at again.
 */
export async function untilArrived(): Promise<void> {
  await setTimeout(20);
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}

async function play(script: Script, response: HttpResponse, count: () => void): Promise<void> {
  const { status = 200, steps } = script;
  response.statusCode = status;
  response.setHeader('x-amzn-RequestId', 'request-1');
  const type = steps === undefined ? 'application/json' : 'application/vnd.amazon.eventstream';
  response.setHeader('content-type', type);
  for (const [name, value] of Object.entries(script.headers ?? {})) response.setHeader(name, value);
  if (steps === undefined) {
    response.end(script.body ?? '{}');
    return;
  }
  for (const step of steps) {
    if (response.destroyed || step === 'stall') return;
    if (step === 'cut') {
      await untilArrived();
      if ('stream' in response && response.stream !== undefined)
        (response.stream as { destroy(): void }).destroy();
      else response.socket?.destroy();
      return;
    }
    if (step === 'end') {
      response.end();
      return;
    }
    if ('wait' in step) await setTimeout(step.wait);
    else {
      (response as NodeJS.WritableStream).write(step);
      count();
    }
  }
  response.end();
}

/** A client of the SDK for one transport: lib's own, or the bare one with its default HTTP/2 handler. */
export function clientOver(transport: (typeof transports)[number], url: string): BedrockRuntimeClient {
  return transport === 'HTTP/1.1' ? createClient(clientFor(url)) : new BedrockRuntimeClient(clientFor(url));
}

/** The events of a plain ConverseStream answer. */
export function converseEvents(texts: readonly string[], stopReason = 'end_turn'): Uint8Array[] {
  return [
    event('messageStart', { role: 'assistant' }),
    ...texts.map((text) => event('contentBlockDelta', { contentBlockIndex: 0, delta: { text } })),
    event('contentBlockStop', { contentBlockIndex: 0 }),
    event('messageStop', { stopReason }),
    event('metadata', {
      usage: { inputTokens: 10, outputTokens: texts.length, totalTokens: 10 + texts.length },
      metrics: { latencyMs: 5 },
    }),
  ];
}
