import { GetInferenceProfileCommand, ListInferenceProfilesCommand } from '@aws-sdk/client-bedrock';
import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { startLocalBedrock } from '../src/index.ts';
import { bodies, controlClient, haiku45, http1Client, invoke, useEndpoint } from './endpoint.ts';

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

describe('an application inference profile', () => {
  const inferenceProfiles = {
    '1arbu5hu2sjr': haiku45,
    mi1dadi0g15f: 'amazon.nova-micro-v1:0',
    embeds: 'amazon.titan-embed-text-v2:0',
    bare: haiku45.slice(3),
  };
  const own = useEndpoint({ inferenceProfiles });
  const arnOf = (id: string, account = '123456789012') =>
    `arn:aws:bedrock:us-east-1:${account}:application-inference-profile/${id}`;

  it('is called by its ARN, in every operation and whatever the account', async () => {
    const runtime = http1Client(own.url);
    for (const id of ['1arbu5hu2sjr', 'mi1dadi0g15f']) {
      const messages = [{ role: 'user' as const, content: [{ text: 'What is 2 + 2?' }] }];
      const modelId = arnOf(id, '111122223333');
      const { output } = await runtime.send(new ConverseCommand({ modelId, messages }));
      expect(output?.message?.content).toEqual([{ text: '2 + 2 = 4' }]);
    }
    const claude = await invoke(runtime, arnOf('1arbu5hu2sjr'), bodies.claude('What is 2 + 2?'));
    expect(claude.content).toMatchObject([{ text: '2 + 2 = 4' }]);
    const embedding = await invoke(runtime, arnOf('embeds'), { inputText: 'Hello' });
    expect(embedding.embedding).toHaveLength(1024);
  });

  it('is listed where it is asked for, and described', async () => {
    const unasked = (await profiles(own.url)).inferenceProfileSummaries ?? [];
    expect(new Set(unasked.map(({ type }) => type))).toEqual(new Set(['SYSTEM_DEFINED']));
    const { inferenceProfileSummaries } = await profiles(own.url, { typeEquals: 'APPLICATION' });
    expect(inferenceProfileSummaries?.map(({ inferenceProfileArn }) => inferenceProfileArn)).toEqual(
      Object.keys(inferenceProfiles).map((id) => arnOf(id)),
    );
    for (const inferenceProfileIdentifier of [arnOf('1arbu5hu2sjr'), '1arbu5hu2sjr']) {
      const described = await controlClient(own.url).send(
        new GetInferenceProfileCommand({ inferenceProfileIdentifier }),
      );
      expect(described).toMatchObject({ type: 'APPLICATION', status: 'ACTIVE' });
      expect(described.models).toHaveLength(3);
    }
  });

  it.each([
    ['that is not here', arnOf('unknown'), 'Local Bedrock has no application inference profile unknown.'],
    [
      'of a model that needs a profile of the system',
      arnOf('bare'),
      'with on-demand throughput isn’t supported',
    ],
  ])('%s is refused', async (_, modelId, message) => {
    await expect(
      invoke(http1Client(own.url), modelId, bodies.claude('What is 2 + 2?')),
    ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
  });

  it.each([
    [{ team: 'no.model' }, 'which is not in the catalogue'],
    [{ 'a/b': haiku45 }, 'is no id of an inference profile'],
  ])('cannot be %j', async (wrong, message) => {
    await expect(startLocalBedrock({ inferenceProfiles: wrong })).rejects.toThrow(message);
  });
});

describe('GetInferenceProfile', () => {
  it('refuses what cannot be the name of one', async () => {
    await expect(
      controlClient(american.url).send(
        new GetInferenceProfileCommand({ inferenceProfileIdentifier: 'no profile' }),
      ),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining("Value 'no profile' at 'inferenceProfileIdentifier'"),
    });
  });

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
