import { GetFoundationModelAvailabilityCommand } from '@aws-sdk/client-bedrock';
import { describe, expect, it } from 'vitest';
import {
  bodies,
  controlClient,
  haiku45,
  http2Client,
  invoke,
  novaMicro,
  titanLite,
  useEndpoint,
} from './endpoint.ts';

const endpoint = useEndpoint({
  access: {
    [haiku45.slice(3)]: 'use-case-form',
    [novaMicro]: 'iam',
    'amazon.nova-lite-v1:0': 'no-access',
    'amazon.nova-pro-v1:0': 'marketplace',
  },
});

const availability = (modelId: string) =>
  controlClient(endpoint.url).send(new GetFoundationModelAvailabilityCommand({ modelId }));

describe('access that the account lacks', () => {
  it.each([
    [
      haiku45,
      404,
      'ResourceNotFoundException',
      'Model use case details have not been submitted for this account.',
    ],
    [novaMicro, 403, 'AccessDeniedException', 'because no identity-based policy allows'],
    ['amazon.nova-lite-v1:0', 403, 'AccessDeniedException', "You don't have access to the model"],
    ['amazon.nova-pro-v1:0', 403, 'AccessDeniedException', 'aws-marketplace:Subscribe'],
  ])('refuses a call of %s with %i %s', async (modelId, httpStatusCode, name, text) => {
    await expect(invoke(http2Client(endpoint.url), modelId, bodies.nova('2 + 2'))).rejects.toMatchObject({
      name,
      message: expect.stringContaining(text),
      $metadata: expect.objectContaining({ httpStatusCode }),
    });
  });

  it('leaves other models alone', async () => {
    expect(await invoke(http2Client(endpoint.url), titanLite, bodies.titan('2 + 2'))).toBeDefined();
  });

  it.each([
    [haiku45.slice(3), { entitlementAvailability: 'NOT_AVAILABLE', authorizationStatus: 'AUTHORIZED' }],
    [novaMicro, { entitlementAvailability: 'AVAILABLE', authorizationStatus: 'NOT_AUTHORIZED' }],
    ['amazon.nova-lite-v1:0', { agreementAvailability: { status: 'NOT_AVAILABLE' } }],
    [titanLite, { agreementAvailability: { status: 'AVAILABLE' }, authorizationStatus: 'AUTHORIZED' }],
  ])('shows in the availability of %s', async (modelId, expected) => {
    expect(await availability(modelId)).toMatchObject(expected);
  });

  it('is given and taken away while the endpoint runs', async () => {
    const put = (access: object) =>
      fetch(`${endpoint.url}/_local-bedrock/access`, { method: 'PUT', body: JSON.stringify(access) });
    const before = (await (await fetch(`${endpoint.url}/_local-bedrock/access`)).json()) as {
      access: object;
    };
    await put({ [titanLite]: 'no-access' });
    await expect(invoke(http2Client(endpoint.url), titanLite, bodies.titan('2 + 2'))).rejects.toThrow(
      'access',
    );
    expect(await invoke(http2Client(endpoint.url), novaMicro, bodies.nova('2 + 2'))).toBeDefined();
    await put(before.access);
    const refused = await put({ [titanLite]: 'unheard-of' });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('use-case-form')]);
  });
});
