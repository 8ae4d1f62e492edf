import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { createClient, invokeText, resolveModel } from 'lib';
import { startLocalBedrock } from 'lib/local-bedrock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { controlPlaneOf } from '../../../lib/models/control-plane.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';

const lab = useLocalBedrock('lab');
const haiku = 'anthropic.claude-haiku-4-5-20251001-v1:0';

afterEach(() => vi.unstubAllEnvs());

describe('where resolveModel asks', () => {
  it('is the client’s region, whatever the environment says', async () => {
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const europe = await startLocalBedrock({ region: 'eu-central-1' });
    const client = createClient({ ...clientFor(europe.url), region: 'eu-central-1' });
    const { id, source } = await resolveModel(client, haiku);
    expect({ id, source }).toEqual({ id: `eu.${haiku}`, source: 'bedrock' });
    expect((await invokeText(client, id, 'Hello')).text).not.toBe('');
    await europe.close();
  });

  it('is the endpoint and the account of the client, also of the SDK’s own', async () => {
    const options = clientFor(lab().url);
    for (const client of [createClient(options), new BedrockRuntimeClient(options)]) {
      const { region, config, caller } = await controlPlaneOf(client);
      expect({ region, endpoint: config?.endpoint }).toEqual({
        region: 'us-east-1',
        endpoint: `${lab().url}/`,
      });
      expect(await caller?.()).toBe('local');
      expect((await resolveModel(client, haiku)).source).toBe('bedrock');
    }
  });

  it('is AWS’s own control plane for a client of AWS’s own hosts', async () => {
    for (const host of ['bedrock-runtime.us-east-1', 'vpce-1a2b.bedrock-runtime.us-east-1.vpce']) {
      const client = createClient({ ...clientFor(`https://${host}.amazonaws.com`) });
      expect((await controlPlaneOf(client)).config).not.toHaveProperty('endpoint');
    }
  });

  it('is what the environment names, also after a call', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', lab().url);
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK', 'http://127.0.0.1:1');
    const { endpoint: _, ...options } = clientFor(lab().url);
    const client = createClient(options);
    await invokeText(client, 'amazon.nova-micro-v1:0', 'Hello');
    expect((await controlPlaneOf(client)).config).not.toHaveProperty('endpoint');
  });

  it('asks again for another account', async () => {
    const requests: string[] = [];
    const endpoint = await startLocalBedrock({ journal: ({ operation }) => void requests.push(operation) });
    const client = (accessKeyId: string) =>
      createClient({ ...clientFor(endpoint.url), credentials: { accessKeyId, secretAccessKey: 'local' } });
    for (const account of ['one', 'two', 'one'])
      await resolveModel(client(account), 'amazon.nova-micro-v1:0');
    expect(requests).toEqual(['ListFoundationModels', 'ListFoundationModels']);
    await endpoint.close();
  });
});

describe('the call of an earlier version', () => {
  it('is refused, and told how it is written now', async () => {
    await expect(resolveModel('small')).rejects.toMatchObject({
      name: 'LibError',
      hint: expect.stringContaining("resolveModel(client, 'small', options)"),
    });
    const client = createClient(clientFor(lab().url));
    for (const name of ['region', 'client']) {
      await expect(resolveModel(client, 'small', { [name]: 'eu-west-1' })).rejects.toMatchObject({
        message: `resolveModel has no option ${name} any more`,
        hint: expect.stringContaining('createClient'),
      });
    }
  });
});
