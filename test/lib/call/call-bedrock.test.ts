import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { isLibError } from 'lib';
import { describe, expect, it } from 'vitest';
import { type CallOptions, callBedrock } from '../../../lib/call/call-bedrock.ts';
import { clientOver, type Script, serveScripts, transports } from '../../scripted-endpoint.ts';

const modelId = 'amazon.nova-micro-v1:0';
const atOnce = () => 0;
const answer: Script = {
  body: JSON.stringify({
    output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
    metrics: { latencyMs: 1 },
  }),
};

function refusal(
  status: number,
  name: string,
  message = 'No.',
  headers: Record<string, string> = {},
): Script {
  return {
    status,
    headers: {
      'x-amzn-ErrorType': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
      ...headers,
    },
    body: JSON.stringify({ message }),
  };
}

async function call(
  scripts: readonly Script[],
  options: Partial<CallOptions> = {},
  transport: (typeof transports)[number] = 'HTTP/1.1',
) {
  const server = await serveScripts(...scripts);
  const client = clientOver(transport, server.url);
  const command = new ConverseCommand({ modelId, messages: [{ role: 'user', content: [{ text: 'Hi' }] }] });
  const started = performance.now();
  try {
    const { value, attempts } = await callBedrock(
      client,
      command,
      ({ signal }) => client.send(command, { abortSignal: signal }),
      { modelId, maxAttempts: 3, random: atOnce, ...options },
    );
    return { text: value.output?.message?.content?.[0]?.text, attempts, requests: server.requests };
  } catch (error) {
    if (!isLibError(error)) throw error;
    return { error, requests: server.requests, waited: performance.now() - started };
  } finally {
    client.destroy();
    await server.close();
  }
}

describe('callBedrock', () => {
  it.each([
    [429, 'ThrottlingException'],
    [429, 'ModelNotReadyException'],
    [500, 'InternalServerException'],
    [502, 'BadGateway'],
    [503, 'ServiceUnavailableException'],
    [504, 'GatewayTimeout'],
    [529, 'overloaded_error'],
  ])('calls again after %i %s, up to the limit', async (status, name) => {
    const once = await call([refusal(status, name), answer]);
    expect(once).toMatchObject({ text: 'Hello', attempts: 2 });
    const forEver = await call([refusal(status, name)], { maxAttempts: 4 });
    expect(forEver.error).toMatchObject({
      status,
      awsName: expect.any(String),
      attempts: 4,
      retryable: true,
    });
    expect(forEver.requests).toHaveLength(4);
  });

  it.each([
    [400, 'ValidationException', 'Input is too long for requested model.'],
    [403, 'AccessDeniedException', 'No.'],
    [404, 'ResourceNotFoundException', 'This model version has reached the end of its life.'],
    [408, 'ModelTimeoutException', 'No.'],
    [424, 'ModelErrorException', 'No.'],
    [429, 'ThrottlingException', 'Too many tokens per day, please wait before trying again.'],
  ])('does not call again after %i %s: %s', async (status, name, message) => {
    const { error, requests } = await call([refusal(status, name, message), answer]);
    expect(error).toMatchObject({ status, awsName: name, attempts: 1 });
    expect(requests).toHaveLength(1);
  });

  it('tells the service which attempt at the same call it is', async () => {
    const { requests } = await call([refusal(503, 'ServiceUnavailableException'), answer]);
    expect(requests.map(({ headers }) => headers['amz-sdk-request'])).toEqual([
      'attempt=1; max=3',
      'attempt=2; max=3',
    ]);
    const ids = requests.map(({ headers }) => headers['amz-sdk-invocation-id']);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids[1]).toBe(ids[0]);
  });

  it('takes the client’s limit when the caller names none', async () => {
    const server = await serveScripts(refusal(503, 'ServiceUnavailableException'));
    const client = clientOver('HTTP/1.1', server.url);
    const command = new ConverseCommand({ modelId, messages: [] });
    const send = () => client.send(command);
    await expect(callBedrock(client, command, send, { modelId, random: atOnce })).rejects.toMatchObject({
      attempts: 1,
    });
    await server.close();
  });

  it.each(transports)(
    'calls again over %s when the connection breaks before an answer',
    async (transport) => {
      const server = await serveScripts({ steps: ['cut'] }, answer);
      const client = clientOver(transport, server.url);
      const command = new ConverseCommand({
        modelId,
        messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      });
      const send = ({ signal }: { signal: AbortSignal }) => client.send(command, { abortSignal: signal });
      expect(
        await callBedrock(client, command, send, { modelId, maxAttempts: 2, random: atOnce }),
      ).toMatchObject({ attempts: 2 });
      client.destroy();
      await server.close();
    },
  );

  it('calls again when nothing listens', async () => {
    const client = clientOver('HTTP/1.1', 'http://127.0.0.1:1');
    const command = new ConverseCommand({ modelId, messages: [] });
    const failed = callBedrock(client, command, () => client.send(command), {
      modelId,
      maxAttempts: 3,
      random: atOnce,
    });
    await expect(failed).rejects.toMatchObject({ kind: 'network', attempts: 3 });
  });

  it('waits at least as long as the service asks', async () => {
    const asked = refusal(503, 'ServiceUnavailableException', 'No.', { 'x-amz-retry-after': '80' });
    const { waited } = await call([asked], { maxAttempts: 2 });
    expect(waited).toBeGreaterThanOrEqual(80);
  });

  it.each(transports)('reads over %s how long the service asks to wait', async (transport) => {
    const asked = refusal(503, 'ServiceUnavailableException', 'No.', { 'retry-after': '0.06' });
    const { waited, requests } = await call([asked], { maxAttempts: 2 }, transport);
    expect(requests).toHaveLength(2);
    expect(waited).toBeGreaterThanOrEqual(59);
  });

  it('calls again with the right time when this computer’s clock is wrong', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    const skewed = refusal(403, 'InvalidSignatureException', 'Signature expired: it is now later.', {
      date: inAnHour,
    });
    expect(await call([skewed, answer])).toMatchObject({ text: 'Hello', attempts: 2 });
  });

  it('does not wait for a service that asks for an hour', async () => {
    const asked = refusal(429, 'ThrottlingException', 'No.', { 'retry-after': '3600' });
    const { error, requests } = await call([asked]);
    expect(error).toMatchObject({ kind: 'throttled', attempts: 1 });
    expect(requests).toHaveLength(1);
  });

  it('stops waiting when the caller aborts', async () => {
    const asked = refusal(429, 'ThrottlingException', 'No.', { 'retry-after': '30' });
    const { error, requests } = await call([asked], { signal: AbortSignal.timeout(1_000) });
    expect(error).toMatchObject({ kind: 'timeout', attempts: 1, cause: { name: 'TimeoutError' } });
    expect(requests).toHaveLength(1);
  });
});
