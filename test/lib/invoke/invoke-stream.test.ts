import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import { createClient, invokeText, isLibError } from 'lib';
import { describe, expect, it } from 'vitest';
import { type InvokeStream, invokeStream, trimmedPieces } from '../../../lib/invoke/invoke-stream.ts';
import { http2Client } from '../../../packages/local-bedrock/test/endpoint.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import fc from '../../properties.ts';
import { untilArrived } from '../../scripted-endpoint.ts';

const lab = useLocalBedrock('lab');
const today = useLocalBedrock('today');
const clientOf = (endpoint: { url: string }) => createClient(clientFor(endpoint.url));
const llama = 'meta.llama3-8b-instruct-v1:0';
const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** A frame of an InvokeModelWithResponseStream answer. */
function chunk(json: unknown): Uint8Array {
  return frame(
    { ':event-type': 'chunk', ':content-type': 'application/json', ':message-type': 'event' },
    { bytes: Buffer.from(JSON.stringify(json)).toString('base64') },
  );
}

function frame(headers: Record<string, string>, body: unknown): Uint8Array {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }]);
  return codec.encode({ headers: Object.fromEntries(typed), body: fromUtf8(JSON.stringify(body)) });
}

const word = (generation: string, stop: string | null = null) =>
  chunk({ generation, prompt_token_count: 3, generation_token_count: 2, stop_reason: stop });

/** A server on loopback that answers every request by the function, and tells when a client goes away. */
async function serve(answer: (response: ServerResponse, attempt: number) => unknown) {
  let attempts = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      attempts += 1;
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
      void answer(response, attempts);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    attempts: () => attempts,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function read(stream: InvokeStream): Promise<string[]> {
  const pieces: string[] = [];
  for await (const { text } of stream) pieces.push(text);
  return pieces;
}

async function errorOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isLibError(error)) return error;
  throw new Error(`no LibError but ${String(error)}`);
}

describe('invokeStream', () => {
  it('comes in pieces that are the whole answer together, with tokens and cost at the end', async () => {
    const stream = invokeStream(
      clientOf(lab()),
      'amazon.nova-micro-v1:0',
      'Describe the sea in three sentences.',
    );
    const pieces = await read(stream);
    const result = await stream.result;
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join('')).toBe(result.text);
    const whole = await invokeText(
      clientOf(lab()),
      'amazon.nova-micro-v1:0',
      'Describe the sea in three sentences.',
    );
    expect(result).toMatchObject({
      text: whole.text,
      stopReason: whole.stopReason,
      usage: whole.usage,
      costUsd: whole.costUsd,
    });
  });

  it('gives its result without a loop, and before one', async () => {
    const alone = invokeStream(clientOf(lab()), llama, 'What is 12 * 7?');
    expect((await alone.result).text).toContain('84');
    const both = invokeStream(clientOf(lab()), llama, 'What is 12 * 7?');
    const { result } = both;
    expect((await read(both)).join('')).toBe((await result).text);
    const late = invokeStream(clientOf(lab()), llama, 'What is 12 * 7?');
    const { text } = await late.result;
    expect((await read(late)).join('')).toBe(text);
  });

  it('closes the request when the loop is left early', async () => {
    let gone: Promise<unknown> = Promise.resolve();
    const server = await serve((response) => {
      gone = once(response, 'close');
      response.write(word('one'));
      response.write(word(' two'));
    });
    const stream = invokeStream(clientOf(server), llama, 'Go on');
    for await (const { text } of stream) {
      expect(text).toBe('one');
      break;
    }
    await gone;
    const error = await errorOf(stream.result);
    expect(error).toMatchObject({ kind: 'aborted', partialText: 'one' });
    server.close();
  });

  it('closes the request when the caller aborts, and keeps what had arrived', async () => {
    let gone: Promise<unknown> = Promise.resolve();
    const server = await serve((response) => {
      gone = once(response, 'close');
      response.write(word('one'));
    });
    const stop = new AbortController();
    const stream = invokeStream(clientOf(server), llama, 'Go on', { signal: stop.signal });
    const reading = (async () => {
      for await (const _ of stream) stop.abort();
    })();
    expect(await errorOf(reading)).toMatchObject({ kind: 'aborted', partialText: 'one' });
    expect(await errorOf(stream.result)).toMatchObject({ kind: 'aborted' });
    await gone;
    server.close();
  });

  it.each([
    ['between two chunks', (response: ServerResponse) => response.end()],
    ['inside a chunk', (response: ServerResponse) => response.end(word(' three').subarray(0, 30))],
    ['with its connection', (response: ServerResponse) => untilArrived().then(() => response.destroy())],
  ])('a stream that is cut %s is no answer', async (_, cut) => {
    const server = await serve((response) => {
      response.write(word('one'));
      response.write(word(' two'), () => cut(response));
    });
    const error = await errorOf(read(invokeStream(clientOf(server), llama, 'Go on')));
    expect(error).toMatchObject({ kind: 'stream-cut', partialText: 'one two', modelId: llama });
    server.close();
  });

  it('an empty stream is no answer', async () => {
    const server = await serve((response) => response.end());
    expect((await errorOf(read(invokeStream(clientOf(server), llama, 'Go on')))).kind).toBe('stream-cut');
    server.close();
  });

  it('does not wait for ever for a stream that stalls', async () => {
    const server = await serve((response) => response.write(word('one')));
    const stream = invokeStream(clientOf(server), llama, 'Go on', { idleTimeoutMs: 2_000 });
    expect(await errorOf(read(stream))).toMatchObject({
      kind: 'timeout',
      partialText: 'one',
      retryable: true,
    });
    server.close();
  });

  it('says what Bedrock sent instead of a further piece', async () => {
    const server = await serve((response) => {
      response.write(word('one'));
      response.end(
        frame(
          {
            ':exception-type': 'throttlingException',
            ':content-type': 'application/json',
            ':message-type': 'exception',
          },
          { message: 'Too many tokens, please wait before trying again.' },
        ),
      );
    });
    const error = await errorOf(read(invokeStream(clientOf(server), llama, 'Go on')));
    expect(error).toMatchObject({ kind: 'throttled', partialText: 'one' });
    expect(server.attempts()).toBe(1);
    server.close();
  });

  it('calls again when the throttle comes before the first piece', async () => {
    const server = await serve((response, attempt) => {
      const throttled = {
        ':exception-type': 'serviceUnavailableException',
        ':content-type': 'application/json',
        ':message-type': 'exception',
      };
      if (attempt === 1)
        response.end(frame(throttled, { message: 'Bedrock is unable to process your request.' }));
      else response.end(word('one', 'stop'));
    });
    const client = createClient({ ...clientFor(server.url), maxAttempts: 3 });
    expect(await read(invokeStream(client, llama, 'Go on'))).toEqual(['one']);
    expect(server.attempts()).toBe(2);
    server.close();
  });

  it('holds over the SDK’s own HTTP/2 client as well', async () => {
    const client = http2Client(lab().url);
    const stream = invokeStream(client, llama, 'Count from one to thirty.');
    for await (const _ of stream) break;
    expect((await errorOf(stream.result)).kind).toBe('aborted');
    expect((await invokeStream(client, llama, 'What is 12 * 7?').result).text).toContain('84');
    client.destroy();
  });

  it('fails as invokeText does before the stream begins', async () => {
    const retired = await errorOf(
      read(invokeStream(clientOf(today()), 'amazon.titan-text-express-v1', 'Hello')),
    );
    expect(retired).toMatchObject({ kind: 'model-retired', status: 404 });
    expect((await errorOf(invokeStream(clientOf(lab()), 'meta.llama9', 'Hello').result)).kind).toBe(
      'model-unknown',
    );
    expect((await errorOf(read(invokeStream(clientOf(lab()), llama, ' ')))).kind).toBe('request');
  });

  it('leaves nobody’s failure unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const server = await serve((response) => response.end(word('one')));
    const stream = invokeStream(clientOf(server), llama, 'Go on');
    await errorOf(read(stream));
    void invokeStream(clientOf(server), llama, ' ').result;
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    server.close();
  });
});

describe('trimmedPieces', () => {
  it('gives the trimmed text, however it is cut into pieces', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'ß', '猫', ' ', '\n', '\t') });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const trim = trimmedPieces();
        expect(pieces.map(trim).join('')).toBe(pieces.join('').trim());
      }),
    );
  });
});
