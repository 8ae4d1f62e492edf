import {
  BedrockRuntimeClient,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { exceptions, statusOf } from '../../src/faults/exceptions.ts';
import { type LocalBedrock, startLocalBedrock } from '../../src/index.ts';
import { bodies, novaMicro, post } from '../endpoint.ts';

let endpoint: LocalBedrock;
/** Events of the stream when nothing goes wrong. */
let whole = 0;
beforeAll(async () => {
  endpoint = await startLocalBedrock();
  whole = (await stream(clientOver('HTTP/2'))).frames;
});
afterEach(() => endpoint.clearFaults());
afterAll(() => endpoint.close());

const input = {
  modelId: novaMicro,
  contentType: 'application/json',
  body: JSON.stringify(bodies.nova('What is 2 + 2? And is water wet?')),
};
function clientOver(protocol: 'HTTP/2' | 'HTTP/1.1'): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    ...(protocol === 'HTTP/1.1' ? { requestHandler: new NodeHttpHandler() } : {}),
  });
}

/** How a stream ended for the client: after how many events, quietly or with which error. */
async function stream(client: BedrockRuntimeClient, abortAfter?: number) {
  const controller = new AbortController();
  let frames = 0;
  try {
    const { body = [] } = await client.send(new InvokeModelWithResponseStreamCommand(input), {
      abortSignal: controller.signal,
    });
    for await (const _ of body) {
      frames += 1;
      if (frames === abortAfter) setTimeout(() => controller.abort(), 20);
    }
    return { frames, ended: 'quietly' };
  } catch (error) {
    return { frames, ended: error as Error & Record<string, unknown> };
  }
}

function call(client: BedrockRuntimeClient, abortSignal?: AbortSignal) {
  return client.send(new InvokeModelCommand(input), { ...(abortSignal && { abortSignal }) });
}

const last = () => endpoint.requests().at(-1);

describe.each(['HTTP/2', 'HTTP/1.1'] as const)('over %s', (protocol) => {
  const client = () => clientOver(protocol);

  it.each(Object.keys(exceptions) as (keyof typeof exceptions)[])('refuses a call with %s', async (name) => {
    endpoint.fault(name);
    await expect(call(client())).rejects.toMatchObject({
      name: name === 'overloaded_error' ? 'Unknown' : name,
      message: exceptions[name].text,
      $metadata: expect.objectContaining({ httpStatusCode: statusOf(name) }),
    });
    expect(last()).toMatchObject({ protocol, fault: name, status: statusOf(name) });
    await expect(call(client())).resolves.toBeDefined();
  });

  it('sends retry-after and the members of an exception', async () => {
    endpoint.fault('ThrottlingException:retry-after=3');
    await expect(call(client())).rejects.toMatchObject({
      $response: { headers: expect.objectContaining({ 'retry-after': '3' }) },
    });
    endpoint.fault(
      'ModelErrorException:originalStatusCode=504,resourceName=nova,message=It broke, somewhere.',
    );
    await expect(call(client())).rejects.toMatchObject({
      name: 'ModelErrorException',
      message: 'It broke, somewhere.',
      originalStatusCode: 504,
      resourceName: 'nova',
    });
  });

  it.each([
    ['ThrottlingException', {}],
    ['ModelTimeoutException', {}],
    [
      'ModelStreamErrorException',
      { originalStatusCode: 500, originalMessage: 'The model stopped streaming.' },
    ],
    ['InternalServerException', {}],
    ['ServiceUnavailableException', {}],
    ['ValidationException', {}],
  ] as const)('breaks a stream off with %s', async (name, members) => {
    endpoint.fault(`${name}:after=2`);
    const { frames, ended } = await stream(client());
    expect(frames).toBe(2);
    expect(ended).toMatchObject({ name, message: exceptions[name].text, ...members });
    expect(last()).toMatchObject({ status: 200, fault: `${name}:after=2`, frames: 3 });
  });

  it('breaks a stream off with an error that is in no model', async () => {
    endpoint.fault('error-frame:after=1,code=Unheard,message=of, so far');
    const { frames, ended } = await stream(client());
    expect(frames).toBe(1);
    expect(ended).toMatchObject({ name: 'Unheard', message: 'of, so far' });
  });

  it('puts a fault that waits for too many frames at the end', async () => {
    endpoint.fault('ThrottlingException:after=50');
    expect(await stream(client())).toMatchObject({ frames: whole, ended: { name: 'ThrottlingException' } });
  });

  it('cuts between frames', async () => {
    endpoint.fault('cut:after=2');
    const { frames, ended } = await stream(client());
    expect(frames).toBe(2);
    // The SDK does not notice over HTTP/2, which is why a library has to.
    if (protocol === 'HTTP/2') expect(ended).toBe('quietly');
    else expect(ended).toMatchObject({ message: 'aborted', code: 'ECONNRESET' });
    await expect.poll(last).toMatchObject({ frames: 2, ended: 'cut' });
  });

  it('cuts inside a frame', async () => {
    endpoint.fault('cut-inside:after=2');
    const { frames, ended } = await stream(client());
    expect(frames).toBe(2);
    expect(ended).toMatchObject({
      message: protocol === 'HTTP/2' ? 'Truncated event message received.' : 'aborted',
    });
  });

  it('cuts inside the body of a plain answer', async () => {
    endpoint.fault('cut-inside');
    const outcome = await call(client()).then(
      ({ body }) => body.transformToString(),
      (error: Error) => error,
    );
    if (typeof outcome === 'string') expect(() => JSON.parse(outcome)).toThrow();
    else expect(outcome).toBeInstanceOf(Error);
    await expect.poll(last).toMatchObject({ status: 200, ended: 'cut' });
  });

  it('cuts before the answer', async () => {
    endpoint.fault('cut');
    await expect(call(client())).rejects.toThrow();
    await expect.poll(last).toMatchObject({ fault: 'cut', ended: 'cut' });
    expect(last()?.status).toBeUndefined();
  });

  it('spoils a checksum', async () => {
    endpoint.fault('bad-checksum:after=3');
    const { frames, ended } = await stream(client());
    expect(frames).toBe(3);
    expect(ended).toMatchObject({ message: expect.stringContaining('message checksum') });
  });

  it('sends an empty 200', async () => {
    endpoint.fault('empty', { times: 2 });
    expect((await call(client())).body ?? null).toBeNull();
    expect(await stream(client())).toEqual({ frames: 0, ended: 'quietly' });
  });

  it("sends a proxy's page", async () => {
    endpoint.fault('html');
    await expect(call(client())).rejects.toMatchObject({
      name: 'SyntaxError',
      $metadata: { httpStatusCode: 502 },
    });
  });

  it('ends a stream cleanly without its end', async () => {
    endpoint.fault('no-message-stop');
    const { frames, ended } = await stream(client());
    expect(ended).toBe('quietly');
    expect(frames).toBe(whole - 2);
    endpoint.fault('no-message-stop:after=1');
    expect(await stream(client())).toEqual({ frames: 1, ended: 'quietly' });
  });

  it('waits before the first byte, and before each frame', async () => {
    endpoint.fault('slow-start:ms=40');
    expect(await stream(client())).toEqual({ frames: whole, ended: 'quietly' });
    expect(last()?.milliseconds).toBeGreaterThanOrEqual(39);
    endpoint.fault('slow:ms=8');
    expect(await stream(client())).toEqual({ frames: whole, ended: 'quietly' });
    expect(last()?.milliseconds).toBeGreaterThanOrEqual(7 * whole);
  });

  it('stalls until the client goes, before the answer', async () => {
    endpoint.fault('stall');
    const controller = new AbortController();
    const waiting = call(client(), controller.signal).catch(({ name }) => name);
    await expect.poll(() => last()?.fault).toBe('stall');
    controller.abort();
    expect(await waiting).toBe('AbortError');
    await expect.poll(last).toMatchObject({ fault: 'stall', ended: 'client left' });
    expect(last()?.status).toBeUndefined();
  });

  it('stalls until the client goes, between frames', async () => {
    endpoint.fault('stall:after=2');
    const { frames } = await stream(client(), 2);
    expect(frames).toBe(2);
    await expect.poll(last).toMatchObject({ fault: 'stall:after=2', frames: 2, ended: 'client left' });
  });
});

describe('ConverseStream', () => {
  const converse = async () => {
    const seen: string[] = [];
    try {
      const { stream: events = [] } = await clientOver('HTTP/2').send(
        new ConverseStreamCommand({
          modelId: novaMicro,
          messages: [{ role: 'user', content: [{ text: 'What is 2 + 2?' }] }],
        }),
      );
      for await (const event of events) seen.push(Object.keys(event)[0] ?? '');
    } catch (error) {
      seen.push((error as Error).name);
    }
    return seen;
  };

  it('breaks off with a modelled exception, after that many events', async () => {
    endpoint.fault('ServiceUnavailableException:after=1,operation=ConverseStream');
    expect(await converse()).toEqual(['messageStart', 'ServiceUnavailableException']);
  });

  it('ends without messageStop and metadata', async () => {
    endpoint.fault('no-message-stop');
    const seen = await converse();
    expect(seen.at(0)).toBe('messageStart');
    expect(seen.at(-1)).toBe('contentBlockStop');
  });

  it('can end with everything sent but the metadata', async () => {
    const events = (await converse()).length;
    endpoint.fault(`cut:after=${events - 1}`);
    expect((await converse()).at(-1)).toBe('messageStop');
  });
});

describe('asking for a fault', () => {
  const withFault = (spec: string, path = `/model/${novaMicro}/invoke`) =>
    fetch(endpoint.url + path, {
      method: 'POST',
      headers: { 'x-local-bedrock-fault': spec },
      body: input.body,
    });

  it('is possible by a request header, for that request only', async () => {
    const response = await withFault('ServiceUnavailableException:retry-after=1');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await post(endpoint.url, novaMicro, input.body)).status).toBe(200);
  });

  it.each([
    ['unheard-of', 'x-local-bedrock-fault: There is no fault "unheard-of".'],
    ['slow:ms=1', 'slow:ms=1 needs a stream, and InvokeModel has none.'],
  ])('by a header that cannot be met is refused: %s', async (spec, text) => {
    const response = await withFault(spec);
    expect([response.status, await response.json()]).toEqual([
      400,
      { message: expect.stringContaining(text) },
    ]);
  });

  it('is possible by a route, which lists and forgets too', async () => {
    const route = `${endpoint.url}/_local-bedrock/faults`;
    const ask = (body: object) => fetch(route, { method: 'POST', body: JSON.stringify(body) });
    await ask({ fault: 'html', times: 2, operation: 'InvokeModel' });
    await ask({ fault: 'empty', modelId: 'other' });
    expect((await post(endpoint.url, novaMicro, input.body)).status).toBe(502);
    expect(await (await fetch(route)).json()).toEqual({
      faults: [
        { fault: 'html', times: 1, operation: 'InvokeModel' },
        { fault: 'empty', times: 1, modelId: 'other' },
      ],
    });
    expect(await (await fetch(route, { method: 'DELETE' })).json()).toEqual({ faults: [] });
    expect((await post(endpoint.url, novaMicro, input.body)).status).toBe(200);
  });

  it.each([
    ['{"fault":', 'The body is not JSON.'],
    ['[]', 'Send a JSON object.'],
    ['{}', 'such as {"fault": "ThrottlingException"}'],
    ['{"fault":"unheard-of"}', 'There is no fault'],
    ['{"fault":"html","times":0}', '"times" is a whole number from 1 on.'],
  ])('by the route with %s is answered with a sentence', async (body, text) => {
    const response = await fetch(`${endpoint.url}/_local-bedrock/faults`, { method: 'POST', body });
    expect([response.status, await response.json()]).toEqual([
      400,
      { message: expect.stringContaining(text) },
    ]);
  });

  it('for every request is possible when the endpoint starts', async () => {
    const failing = await startLocalBedrock({ faults: ['html:operation=InvokeModel', 'empty:times=1'] });
    const statuses = [];
    for (let count = 0; count < 3; count += 1) {
      statuses.push((await post(failing.url, novaMicro, input.body)).status);
    }
    expect(statuses).toEqual([502, 502, 502]);
    expect(await (await fetch(`${failing.url}/foundation-models`)).text()).toBe('');
    failing.clearFaults();
    expect((await post(failing.url, novaMicro, input.body)).status).toBe(200);
    await failing.close();
  });

  it('never hides a refusal of the request itself behind a fault of its stream', async () => {
    endpoint.fault('cut:after=1');
    const response = await fetch(`${endpoint.url}/model/no-such-model/invoke-with-response-stream`, {
      method: 'POST',
      body: '{}',
    });
    expect(response.status).toBe(400);
  });

  it('refuses in one sentence what it does not know', () => {
    expect(() => endpoint.fault('unheard-of')).toThrow('There is no fault "unheard-of".');
  });

  it('does not keep a stalled endpoint from closing', async () => {
    const stalled = await startLocalBedrock({ faults: ['stall'] });
    const waiting = post(stalled.url, novaMicro, input.body).catch((error) => error);
    await expect.poll(() => stalled.requests().length).toBe(1);
    await stalled.close();
    expect(await waiting).toBeInstanceOf(Error);
  });
});
