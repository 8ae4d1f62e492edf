import { ConverseStreamCommand, type ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import { Conversation } from 'lib';
import { describe, expect, it } from 'vitest';
import { openStream } from '../../../lib/call/open-stream.ts';
import {
  clientOver,
  converseEvents,
  event,
  exception,
  type Script,
  serveScripts,
  transports,
} from '../../scripted-endpoint.ts';

const modelId = 'amazon.nova-micro-v1:0';
const start = event('messageStart', { role: 'assistant' });

async function open(transport: (typeof transports)[number], ...scripts: Script[]) {
  const server = await serveScripts(...scripts);
  const client = clientOver(transport, server.url);
  const command = new ConverseStreamCommand({
    modelId,
    messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
  });
  const opening = openStream<ConverseStreamOutput>(client, command, {
    modelId,
    maxAttempts: 2,
    random: () => 0,
    isContent: ({ contentBlockDelta }) => contentBlockDelta !== undefined,
    isEnd: ({ messageStop }) => messageStop !== undefined,
    textOf: ({ contentBlockDelta }) => contentBlockDelta?.delta?.text ?? '',
    send: async (abortSignal) => {
      const { stream, $metadata } = await client.send(command, { abortSignal });
      return { events: stream, requestId: $metadata.requestId };
    },
  });
  const close = async () => {
    client.destroy();
    await server.close();
  };
  return { opening, server, close };
}

describe.each(transports)('openStream over %s', (transport) => {
  it('gives all events, also those that it read to see whether the answer begins', async () => {
    const { opening, close } = await open(transport, { steps: converseEvents(['Hel', 'lo']) });
    const { events, attempts, requestId } = await opening;
    const kinds: string[] = [];
    for await (const item of events) kinds.push(...Object.keys(item));
    expect(kinds.slice(0, 3)).toEqual(['messageStart', 'contentBlockDelta', 'contentBlockDelta']);
    expect(kinds).toHaveLength(6);
    expect({ attempts, requestId }).toEqual({ attempts: 1, requestId: 'request-1' });
    await close();
  });

  it('is aborted when it is stopped between the answer’s head and its first event', async () => {
    const server = await serveScripts({ steps: [start.subarray(0, 5), 'stall'] });
    const client = clientOver(transport, server.url);
    const stop = new AbortController();
    client.middlewareStack.add(
      (next) => async (input) => {
        const output = await next(input);
        setImmediate(() => stop.abort());
        return output;
      },
      { name: 'stopsOnceTheHeadIsThere', step: 'deserialize', priority: 'low' },
    );
    const { result } = new Conversation({ client, modelId }).stream('Hi', { signal: stop.signal });
    await expect(result).rejects.toMatchObject({ kind: 'aborted' });
    expect(server.requests).toHaveLength(1);
    client.destroy();
    await server.close();
  });

  it('gives only the events of the attempt that succeeded', async () => {
    const throttled = { steps: [start, exception('throttlingException', { message: 'Wait.' })] };
    const { opening, close } = await open(transport, throttled, { steps: converseEvents(['Hello']) });
    const { events, attempts } = await opening;
    let starts = 0;
    for await (const { messageStart } of events) if (messageStart) starts++;
    expect({ starts, attempts }).toEqual({ starts: 1, attempts: 2 });
    await close();
  });

  it('says how often it tried when every attempt failed before the answer began', async () => {
    const throttled = { steps: [start, exception('throttlingException', { message: 'Wait.' })] };
    const { opening, server, close } = await open(transport, throttled);
    await expect(opening).rejects.toMatchObject({
      kind: 'throttled',
      attempts: 2,
      requestId: 'request-1',
      partialText: '',
    });
    expect(server.requests).toHaveLength(2);
    await close();
  });

  it('closes the request of a stream that is opened and not read', async () => {
    const delta = event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hel' } });
    const { opening, server, close } = await open(transport, { steps: [start, delta, 'stall'] });
    const { events } = await opening;
    await events.return?.();
    expect(await server.requests[0]?.closed).toMatchObject({ finished: false });
    expect(await events.next()).toEqual({ done: true, value: undefined });
    await close();
  });

  it('takes an answer that is whole without any content for what it is', async () => {
    const { opening, close } = await open(transport, {
      steps: [start, event('messageStop', { stopReason: 'end_turn' })],
    });
    const { events } = await opening;
    const kinds: string[] = [];
    for await (const item of events) kinds.push(...Object.keys(item));
    expect(kinds).toEqual(['messageStart', 'messageStop']);
    await close();
  });
});
