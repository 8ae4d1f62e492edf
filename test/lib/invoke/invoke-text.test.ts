import { createClient, invokeText, isLibError } from 'lib';
import { startLocalBedrock } from 'lib/local-bedrock';
import { describe, expect, it } from 'vitest';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { serveOnce } from '../../one-answer.ts';

const lab = useLocalBedrock('lab');
const today = useLocalBedrock('today');
const clientOf = (endpoint: { url: string }) => createClient(clientFor(endpoint.url));

async function errorOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isLibError(error)) return error;
  throw new Error(`no LibError but ${String(error)}`);
}

/** One model of each family, and the member of the raw body that only this family has. */
const families = [
  ['amazon.titan-text-express-v1', 'results'],
  ['anthropic.claude-v2', 'completion'],
  ['anthropic.claude-3-haiku-20240307-v1:0', 'content'],
  ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'content'],
  ['amazon.nova-micro-v1:0', 'output'],
] as const;

describe('invokeText', () => {
  it.each(families)('%s answers with text, stop reason, usage and cost', async (modelId, member) => {
    const answer = await invokeText(clientOf(lab()), modelId, 'What is 12 * 7?', {
      maxTokens: 60,
      temperature: 0,
    });
    expect(answer).toMatchObject({ stopReason: 'end_turn', modelId, raw: { [member]: expect.anything() } });
    expect(answer.text).toBe(answer.text.trim());
    expect(answer.text).toContain('84');
    const { inputTokens, outputTokens, totalTokens } = answer.usage ?? {
      inputTokens: 0,
      outputTokens: 0,
      totalTokens: -1,
    };
    expect(inputTokens).toBeGreaterThan(0);
    expect(outputTokens).toBeGreaterThan(0);
    expect(totalTokens).toBe(inputTokens + outputTokens);
    if (modelId === 'anthropic.claude-v2') expect(answer.costUsd).toBeUndefined();
    else expect(answer.costUsd).toBeGreaterThan(0);
  });

  it.each(families)('%s says when the answer was cut at the limit', async (modelId) => {
    const answer = await invokeText(clientOf(lab()), modelId, 'Tell me everything about stars.', {
      maxTokens: 3,
    });
    expect(answer).toMatchObject({ stopReason: 'max_tokens', usage: { outputTokens: 3 } });
  });

  it('takes an ARN and an inference profile', async () => {
    for (const modelId of [
      'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0',
      'us.amazon.nova-micro-v1:0',
    ]) {
      expect((await invokeText(clientOf(lab()), modelId, 'What is 2 + 2?')).text).toContain('4');
    }
  });

  it('names the successor of a retired model', async () => {
    const error = await errorOf(invokeText(clientOf(today()), 'amazon.titan-text-express-v1', 'Hello'));
    expect(error).toMatchObject({ kind: 'model-retired', status: 404, retryable: false });
    expect(error.hint).toContain('amazon.nova-micro-v1:0');
    expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('names the profile that a model needs', async () => {
    const error = await errorOf(
      invokeText(clientOf(lab()), 'anthropic.claude-haiku-4-5-20251001-v1:0', 'Hello'),
    );
    expect(error.kind).toBe('inference-profile-needed');
    expect(error.hint).toContain('us.anthropic.claude-haiku-4-5');
  });

  it('suggests the id that was meant', async () => {
    const error = await errorOf(
      invokeText(clientOf(lab()), 'amazon.nova-mirco-v1:0', 'Hello', { family: 'nova' }),
    );
    expect(error).toMatchObject({ kind: 'model-unknown', awsName: 'ValidationException', status: 400 });
    expect(error.hint).toContain('amazon.nova-micro-v1:0');
  });

  it('sends models that are newer than the catalogue, by their maker’s name', async () => {
    for (const modelId of ['us.anthropic.claude-sonnet-9', 'amazon.nova-9-lite-v1:0']) {
      const error = await errorOf(invokeText(clientOf(lab()), modelId, 'Hello'));
      expect(error).toMatchObject({ awsName: 'ValidationException', status: 400 });
    }
  });

  it('says of a model that gives vectors what to call it with', async () => {
    const error = await errorOf(invokeText(clientOf(lab()), 'amazon.titan-embed-text-v2:0', 'Hello'));
    expect(error.kind).toBe('model-unknown');
    expect(error.hint).toContain('embed()');
  });

  it('does not guess the body of a model that it cannot place', async () => {
    const error = await errorOf(invokeText(clientOf(lab()), 'meta.llama9', 'Hello'));
    expect(error.kind).toBe('model-unknown');
    expect(error.hint).toContain('nova');
    const typo = await errorOf(invokeText(clientOf(lab()), 'amazon.nova-mcro-v1:0', 'Hello'));
    expect(typo.hint).toContain('Did you mean amazon.nova-micro-v1:0?');
  });

  it('refuses an empty prompt before it is sent', async () => {
    expect((await errorOf(invokeText(clientOf(lab()), 'amazon.nova-micro-v1:0', ' \n'))).kind).toBe(
      'request',
    );
  });

  it('has a next step when nothing listens', async () => {
    const client = createClient(clientFor('http://127.0.0.1:1'));
    expect((await errorOf(invokeText(client, 'amazon.nova-micro-v1:0', 'Hello'))).kind).toBe('network');
  });

  it('calls again when Bedrock was overloaded, as often as the client allows', async () => {
    const endpoint = await startLocalBedrock({ faults: ['ServiceUnavailableException:times=1'] });
    const patient = createClient({ ...clientFor(endpoint.url), maxAttempts: 2 });
    expect((await invokeText(patient, 'amazon.nova-micro-v1:0', 'What is 2 + 2?')).text).toContain('4');
    await endpoint.close();
    const busy = await startLocalBedrock({ faults: ['ServiceUnavailableException'] });
    const error = await errorOf(
      invokeText(createClient({ ...clientFor(busy.url), maxAttempts: 2 }), 'amazon.nova-micro-v1:0', 'Hi'),
    );
    expect(error).toMatchObject({ kind: 'overloaded', status: 503, attempts: 2, retryable: true });
    await busy.close();
  });

  it('tells what came from the prompt cache, and what it cost', async () => {
    const body = {
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'end_turn',
      usage: {
        input_tokens: 10,
        output_tokens: 5,
        cache_read_input_tokens: 1_000,
        cache_creation_input_tokens: 0,
      },
    };
    const server = await serveOnce(200, JSON.stringify(body), { 'content-type': 'application/json' });
    const answer = await invokeText(
      createClient(clientFor(server.url)),
      'us.anthropic.claude-haiku-4-5-20251001-v1:0',
      'Hello',
    );
    expect(answer.usage).toEqual({
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 1_015,
      cacheReadInputTokens: 1_000,
    });
    expect(answer.costUsd).toBeCloseTo((10 * 1.1 + 5 * 5.5 + 1_000 * 0.11) / 1_000_000, 12);
    await server.close();
  });

  it('stops when the caller aborts', async () => {
    const signal = AbortSignal.abort();
    const error = await errorOf(invokeText(clientOf(lab()), 'amazon.nova-micro-v1:0', 'Hello', { signal }));
    expect(error.kind).toBe('aborted');
  });

  it.each([
    ['an empty 200', '', 'application/json'],
    ['another family’s body', '{"completion":"x"}', 'application/json'],
    ['a login page', '<html>Please sign in</html>', 'text/html'],
  ])('does not take %s for an answer', async (_, body, type) => {
    const server = await serveOnce(200, body, { 'content-type': type });
    const error = await errorOf(
      invokeText(createClient(clientFor(server.url)), 'amazon.nova-micro-v1:0', 'Hello'),
    );
    expect(error.kind).toBe('response');
    await server.close();
  });
});
