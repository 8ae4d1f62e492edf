import { GetInferenceProfileCommand, ListInferenceProfilesCommand } from '@aws-sdk/client-bedrock';
import { describe, expect, it } from 'vitest';
import { controlClient, haiku45, useEndpoint } from './endpoint.ts';

const american = useEndpoint();
const european = useEndpoint({ region: 'eu-central-1' });

async function profiles(url: string, input: ListInferenceProfilesCommand['input'] = {}) {
  return await controlClient(url).send(new ListInferenceProfilesCommand(input));
}

describe('ListInferenceProfiles', () => {
  it('lists the profiles that can be called from the region, and no others', async () => {
    const prefixes = async (url: string) =>
      new Set(
        (await profiles(url)).inferenceProfileSummaries?.map(({ inferenceProfileId = '' }) =>
          inferenceProfileId.slice(0, inferenceProfileId.indexOf('.')),
        ),
      );
    expect(await prefixes(american.url)).toEqual(new Set(['us', 'global']));
    expect(await prefixes(european.url)).toEqual(new Set(['eu', 'global']));
  });

  it('gives all of them, each once, page by page', async () => {
    const whole = (await profiles(american.url)).inferenceProfileSummaries ?? [];
    const paged: unknown[] = [];
    let nextToken: string | undefined;
    do {
      const page = await profiles(american.url, { maxResults: 4, nextToken });
      expect(page.inferenceProfileSummaries?.length).toBeLessThanOrEqual(4);
      paged.push(...(page.inferenceProfileSummaries ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(whole.length).toBeGreaterThan(4);
    expect(paged).toEqual(whole);
  });

  it('filters by type', async () => {
    const system = await profiles(american.url, { typeEquals: 'SYSTEM_DEFINED' });
    expect(system.inferenceProfileSummaries?.length).toBeGreaterThan(0);
    expect((await profiles(american.url, { typeEquals: 'APPLICATION' })).inferenceProfileSummaries).toEqual(
      [],
    );
  });

  it.each([
    ['?type=OTHER', "Value 'OTHER' at 'typeEquals' failed to satisfy constraint"],
    ['?maxResults=0', "Value '0' at 'maxResults' failed to satisfy constraint"],
    ['?maxResults=1001', 'less than or equal to 1000'],
    ['?maxResults=x', "Value 'x' at 'maxResults'"],
    ['?nextToken=x', 'nextToken is invalid'],
  ])('refuses %s', async (query, text) => {
    const response = await fetch(`${american.url}/inference-profiles${query}`);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(text)]);
  });
});

describe('GetInferenceProfile', () => {
  it.each([haiku45, `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${haiku45}`])(
    'shows where %s sends requests',
    async (inferenceProfileIdentifier) => {
      const profile = await controlClient(american.url).send(
        new GetInferenceProfileCommand({ inferenceProfileIdentifier }),
      );
      expect(profile).toMatchObject({
        inferenceProfileId: haiku45,
        inferenceProfileArn: `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${haiku45}`,
        status: 'ACTIVE',
        type: 'SYSTEM_DEFINED',
      });
      expect(profile.models?.map(({ modelArn }) => modelArn)).toEqual(
        ['us-east-1', 'us-east-2', 'us-west-2'].map(
          (region) => `arn:aws:bedrock:${region}::foundation-model/${haiku45.slice(3)}`,
        ),
      );
    },
  );

  it.each([haiku45.slice(3), 'us.unheard-of', `eu.${haiku45.slice(3)}`])(
    'knows no profile %s',
    async (inferenceProfileIdentifier) => {
      await expect(
        controlClient(american.url).send(new GetInferenceProfileCommand({ inferenceProfileIdentifier })),
      ).rejects.toMatchObject({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } });
    },
  );
});
