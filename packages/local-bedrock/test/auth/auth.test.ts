import { GetFoundationModelCommand, ListFoundationModelsCommand } from '@aws-sdk/client-bedrock';
import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, describe, expect, it } from 'vitest';
import type { AuthOptions } from '../../src/auth/authorize.ts';
import { type LocalBedrock, startLocalBedrock } from '../../src/index.ts';
import { bodies, controlClient, invoke, novaMicro, post } from '../endpoint.ts';

const question = bodies.nova('What is 2 + 2?');
const profileArn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-micro-v1:0';
const started: LocalBedrock[] = [];

async function start(auth: AuthOptions): Promise<LocalBedrock> {
  const endpoint = await startLocalBedrock({ auth });
  started.push(endpoint);
  return endpoint;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map(({ close }) => close()));
});

const handlers = [
  ['HTTP/2', () => ({})],
  ['HTTP/1.1', () => ({ requestHandler: new NodeHttpHandler() })],
] as const satisfies readonly (readonly [string, () => BedrockRuntimeClientConfig])[];

function client(url: string, config: BedrockRuntimeClientConfig = {}): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    ...config,
  });
}

async function errorOf(call: Promise<unknown>): Promise<{ name: string; message: string; status?: number }> {
  const error = await call.then(
    () => {
      throw new Error('It was let in.');
    },
    (reason) => reason,
  );
  return { name: error.name, message: error.message, status: error.$metadata?.httpStatusCode };
}

describe.each(handlers)('SigV4 over %s', (_, handler) => {
  it.each([
    ['a model id', '', novaMicro],
    ['an ARN', '', profileArn],
    ['a model id under a base path', '/some/base', novaMicro],
  ])('lets in a signature for %s', async (_case, base, modelId) => {
    const { url } = await start({ scheme: 'sigv4' });
    expect((await invoke(client(url + base, handler()), modelId, question)).stopReason).toBe('end_turn');
  });

  it('refuses a wrong secret', async () => {
    const { url } = await start({ scheme: 'sigv4' });
    const credentials = { accessKeyId: 'local', secretAccessKey: 'wrong' };
    expect(await errorOf(invoke(client(url, { credentials, ...handler() }), novaMicro, question))).toEqual({
      name: 'InvalidSignatureException',
      message: expect.stringMatching(/^The request signature we calculated does not match/),
      status: 403,
    });
  });

  it('refuses a key it does not know', async () => {
    const { url } = await start({ scheme: 'sigv4' });
    const credentials = { accessKeyId: 'stranger', secretAccessKey: 'local' };
    expect(await errorOf(invoke(client(url, { credentials, ...handler() }), novaMicro, question))).toEqual({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
      status: 403,
    });
  });

  it('refuses a key of another region', async () => {
    const { url } = await start({ scheme: 'sigv4' });
    const elsewhere = client(url, { region: 'eu-west-1', ...handler() });
    expect(await errorOf(invoke(elsewhere, novaMicro, question))).toEqual({
      name: 'InvalidSignatureException',
      message: 'Credential should be scoped to a valid region.',
      status: 403,
    });
  });
});

describe('SigV4', () => {
  const temporary = { accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'token' };

  it('signs the query of the control plane too', async () => {
    const { url } = await start({ scheme: 'sigv4' });
    const { modelSummaries } = await controlClient(url).send(
      new ListFoundationModelsCommand({ byProvider: 'Amazon', byOutputModality: 'TEXT' }),
    );
    expect(modelSummaries?.length).toBeGreaterThan(0);
    const found = await controlClient(url).send(
      new GetFoundationModelCommand({
        modelIdentifier: `arn:aws:bedrock:us-east-1::foundation-model/${novaMicro}`,
      }),
    );
    expect(found.modelDetails?.modelId).toBe(novaMicro);
  });

  it('asks for the session token of temporary credentials', async () => {
    const { url } = await start({ scheme: 'sigv4', accessKeys: [temporary] });
    expect(await invoke(client(url, { credentials: temporary }), novaMicro, question)).toBeDefined();
    const { sessionToken: _, ...withoutToken } = temporary;
    const error = await errorOf(invoke(client(url, { credentials: withoutToken }), novaMicro, question));
    expect(error.name).toBe('UnrecognizedClientException');
  });

  it('knows when temporary credentials have expired', async () => {
    const { url } = await start({
      scheme: 'sigv4',
      accessKeys: [{ ...temporary, expiresAt: new Date('2026-01-01') }],
    });
    expect(await errorOf(invoke(client(url, { credentials: temporary }), novaMicro, question))).toEqual({
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
      status: 403,
    });
  });

  it.each([
    [
      -6,
      /^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 5 min\.\)$/,
    ],
    [6, /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/],
  ])('refuses a signature when its own clock is %i minutes ahead', async (minutes, text) => {
    const { url } = await start({
      scheme: 'sigv4',
      now: () => new Date(Date.now() + minutes * 60_000),
    });
    expect(await errorOf(invoke(client(url), novaMicro, question))).toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringMatching(text),
    });
  });

  it.each([-4, 4])('lets in a signature when its own clock is %i minutes ahead', async (minutes) => {
    const { url } = await start({ scheme: 'sigv4', now: () => new Date(Date.now() + minutes * 60_000) });
    expect(await invoke(client(url), novaMicro, question)).toBeDefined();
  });

  it.each([
    [undefined, 403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
    ['Bearer local', 400, 'IncompleteSignatureException', "'Bearer' not a valid key=value pair"],
    [
      'AWS4-HMAC-SHA256 Credential=local',
      400,
      'IncompleteSignatureException',
      "requires 'Signature' parameter",
    ],
    [
      'AWS4-HMAC-SHA256 Credential=local/20260101, SignedHeaders=host, Signature=00',
      400,
      'IncompleteSignatureException',
      'Credential must have exactly 5 slash-delimited elements',
    ],
    [
      'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00',
      403,
      'InvalidSignatureException',
      "Credential should be scoped to correct service: 'bedrock'.",
    ],
    [
      'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=x-amz-date, Signature=00',
      403,
      'InvalidSignatureException',
      "'Host' or ':authority' must be a 'SignedHeader'",
    ],
  ])('answers the header %s with %i %s', async (authorization, status, name, text) => {
    const { url } = await start({ scheme: 'sigv4' });
    const response = await fetch(`${url}/foundation-models`, {
      headers: { 'x-amz-date': '20260101T000000Z', ...(authorization && { authorization }) },
    });
    expect(response.status).toBe(status);
    expect(response.headers.get('x-amzn-errortype')).toBe(
      `${name}:http://internal.amazon.com/coral/com.amazon.coral.service/`,
    );
    expect(((await response.json()) as { message: string }).message).toContain(text);
  });

  it('tells a body that was changed on the way', async () => {
    const { url } = await start({ scheme: 'sigv4' });
    const changing = client(url);
    changing.middlewareStack.add(
      (next) => (args) => {
        (args.request as { body: unknown }).body = JSON.stringify(bodies.nova('What is 3 + 3?'));
        return next(args);
      },
      { step: 'deserialize', priority: 'low' },
    );
    expect((await errorOf(invoke(changing, novaMicro, question))).name).toBe('InvalidSignatureException');
  });
});

describe('bearer keys', () => {
  const withKey = (url: string, token: string) =>
    new BedrockRuntimeClient({
      endpoint: url,
      region: 'us-east-1',
      token: { token },
      authSchemePreference: ['httpBearerAuth'],
      maxAttempts: 1,
    });

  it('lets in a key it knows, and no other', async () => {
    const { url } = await start({ scheme: 'bearer', apiKeys: ['one', 'two'] });
    expect(await invoke(withKey(url, 'two'), novaMicro, question)).toBeDefined();
    expect(await errorOf(invoke(withKey(url, 'three'), novaMicro, question))).toEqual({
      name: 'AccessDeniedException',
      message: 'Authentication failed: Please make sure your API Key is valid.',
      status: 403,
    });
  });

  it('asks for a key where none came', async () => {
    const { url } = await start({ scheme: 'bearer' });
    const response = await post(url, novaMicro, question);
    expect([response.status, await response.json()]).toEqual([
      403,
      { message: 'Missing Authentication Token' },
    ]);
  });
});

describe("the endpoint's own routes", () => {
  it.each(['requests', 'faults', 'date', 'access'])(
    '/%s asks for what its operations ask for',
    async (name) => {
      const bearer = await start({ scheme: 'bearer', apiKeys: ['a-key'] });
      const own = `${bearer.url}/_local-bedrock/${name}`;
      expect((await fetch(own)).status).toBe(403);
      expect((await fetch(own, { headers: { authorization: 'Bearer another' } })).status).toBe(403);
      expect((await fetch(own, { headers: { authorization: 'Bearer a-key' } })).status).toBe(200);
      const signed = await start({ scheme: 'sigv4' });
      expect((await fetch(`${signed.url}/_local-bedrock/${name}`)).status).toBe(403);
    },
  );
});
