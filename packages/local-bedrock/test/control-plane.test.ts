import {
  GetFoundationModelAvailabilityCommand,
  GetFoundationModelCommand,
  ListFoundationModelsCommand,
} from '@aws-sdk/client-bedrock';
import { describe, expect, it } from 'vitest';
import { embeddingCatalogue, listedModels } from '../../bedrock-models/src/catalogue.ts';
import { isOffered } from '../../bedrock-models/src/profile.ts';
import { claude3Haiku, controlClient, useEndpoint } from './endpoint.ts';

const lab = useEndpoint({ era: 'lab', region: 'eu-west-1' });
const today = useEndpoint({ era: 'today', today: '2026-06-01' });

/** What the catalogue offers where the lab is. */
const inEurope = listedModels.filter((model) => isOffered(model, 'eu-west-1'));

const endOfLife = {
  name: 'ResourceNotFoundException',
  message:
    'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
  $metadata: expect.objectContaining({ httpStatusCode: 404 }),
};

describe('ListFoundationModels', () => {
  const ids = async (url: string, filter = {}) =>
    (await controlClient(url).send(new ListFoundationModelsCommand(filter))).modelSummaries?.map(
      ({ modelId }) => modelId,
    );

  it('lists all of the catalogue that the region offers in the lab', async () => {
    const offered = await ids(lab.url);
    expect(offered).toEqual(inEurope.map(({ id }) => id));
    expect(offered).toContain('amazon.nova-micro-v1:0');
    expect(offered).not.toContain('meta.llama3-3-70b-instruct-v1:0');
    expect(offered).not.toContain('amazon.nova-2-multimodal-embeddings-v1:0');
  });

  it('leaves retired models out today', async () => {
    expect(await ids(today.url)).toEqual(
      listedModels
        .filter((model) => isOffered(model, 'us-east-1'))
        .filter(({ endOfLife }) => endOfLife === undefined || endOfLife > '2026-06-01')
        .map(({ id }) => id),
    );
  });

  it.each([
    [{ byProvider: 'anthropic' }, ({ provider }: (typeof listedModels)[number]) => provider === 'Anthropic'],
    [
      { byInferenceType: 'ON_DEMAND' as const },
      ({ onDemand }: (typeof listedModels)[number]) => onDemand === true,
    ],
    [
      { byOutputModality: 'TEXT' as const },
      ({ id }: (typeof listedModels)[number]) => embeddingCatalogue.every((model) => model.id !== id),
    ],
    [
      { byOutputModality: 'EMBEDDING' as const },
      ({ id }: (typeof listedModels)[number]) => embeddingCatalogue.some((model) => model.id === id),
    ],
    [{ byOutputModality: 'IMAGE' as const }, () => false],
    [{ byCustomizationType: 'FINE_TUNING' as const }, () => false],
  ])('filters by %j', async (filter, wanted) => {
    expect(await ids(lab.url, filter)).toEqual(inEurope.filter(wanted).map(({ id }) => id));
  });

  it.each([
    ['byOutputModality', 'SMELL', 'enum value set: [TEXT, IMAGE, EMBEDDING]'],
    ['byInferenceType', 'NONE', 'enum value set: [ON_DEMAND, PROVISIONED]'],
    ['byCustomizationType', 'NONE', 'enum value set: [FINE_TUNING, CONTINUED_PRE_TRAINING, DISTILLATION]'],
    ['byProvider', 'x'.repeat(64), 'regular expression pattern: [A-Za-z0-9- ]{1,63}'],
  ])('refuses to filter by %s %s', async (name, value, rule) => {
    await expect(ids(lab.url, { [name]: value })).rejects.toMatchObject({
      name: 'ValidationException',
      message: `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must satisfy ${rule}`,
    });
  });

  it('takes the type that AWS sends and its API does not name', async () => {
    const found = await ids(lab.url, { byInferenceType: 'INFERENCE_PROFILE' as never });
    expect(found).toEqual(inEurope.filter(({ profiles }) => profiles.length > 0).map(({ id }) => id));
  });
});

describe('GetFoundationModel', () => {
  const describeModel = async (url: string, modelIdentifier: string) =>
    (await controlClient(url).send(new GetFoundationModelCommand({ modelIdentifier }))).modelDetails;

  it('describes a retired model as active in the lab, as in 2024', async () => {
    expect(await describeModel(lab.url, claude3Haiku)).toEqual({
      modelArn: `arn:aws:bedrock:eu-west-1::foundation-model/${claude3Haiku}`,
      modelId: claude3Haiku,
      modelName: 'Claude 3 Haiku',
      providerName: 'Anthropic',
      inputModalities: ['TEXT', 'IMAGE'],
      outputModalities: ['TEXT'],
      responseStreamingSupported: true,
      customizationsSupported: [],
      inferenceTypesSupported: ['ON_DEMAND', 'INFERENCE_PROFILE'],
      modelLifecycle: { status: 'ACTIVE', startOfLifeTime: new Date('2024-03-13T00:00:00Z') },
    });
  });

  it('gives the dates of a legacy model today', async () => {
    expect((await describeModel(today.url, claude3Haiku))?.modelLifecycle).toEqual({
      status: 'LEGACY',
      startOfLifeTime: new Date('2024-03-13T00:00:00Z'),
      legacyTime: new Date('2026-03-10T00:00:00Z'),
      endOfLifeTime: new Date('2026-09-10T00:00:00Z'),
    });
  });

  it('finds a model by ARN', async () => {
    const arn = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-lite-v1:0';
    expect(await describeModel(lab.url, arn)).toMatchObject({
      modelId: 'amazon.nova-2-lite-v1:0',
      inferenceTypesSupported: ['INFERENCE_PROFILE'],
    });
  });

  it('refuses a retired model today', async () => {
    await expect(describeModel(today.url, 'amazon.titan-text-express-v1')).rejects.toMatchObject(endOfLife);
  });

  it('does not know a model that the region does not offer', async () => {
    await expect(describeModel(lab.url, 'meta.llama3-3-70b-instruct-v1:0')).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The provided model identifier is invalid.',
    });
  });

  it('tells the vectors of an embedding model, and that it does not stream', async () => {
    expect(await describeModel(lab.url, 'amazon.titan-embed-text-v2:0')).toMatchObject({
      inputModalities: ['TEXT'],
      outputModalities: ['EMBEDDING'],
      responseStreamingSupported: false,
      inferenceTypesSupported: ['ON_DEMAND'],
    });
    expect((await describeModel(lab.url, 'cohere.embed-v4:0'))?.inputModalities).toEqual(['TEXT', 'IMAGE']);
  });

  it.each([
    ['amazon.nova-micro-v1:0', ['TEXT']],
    ['amazon.nova-lite-v1:0', ['TEXT', 'IMAGE', 'VIDEO']],
    ['mistral.ministral-3-8b-instruct', ['TEXT', 'IMAGE']],
    ['openai.gpt-oss-20b-1:0', ['TEXT']],
  ])('%s reads %j', async (id, modalities) => {
    expect((await describeModel(lab.url, id))?.inputModalities).toEqual(modalities);
  });

  it.each(['no-such-model', 'us.amazon.nova-micro-v1:0', 'arn:aws:s3:::bucket/amazon.nova-micro-v1:0'])(
    'refuses %s',
    async (id) => {
      await expect(describeModel(lab.url, id)).rejects.toMatchObject({
        name: 'ValidationException',
        message: 'The provided model identifier is invalid.',
      });
    },
  );
});

describe('GetFoundationModelAvailability', () => {
  const availability = async (url: string, modelId: string) => {
    const { $metadata, ...rest } = await controlClient(url).send(
      new GetFoundationModelAvailabilityCommand({ modelId }),
    );
    return rest;
  };

  it('has everything it serves available', async () => {
    expect(await availability(lab.url, 'amazon.titan-text-express-v1')).toEqual({
      modelId: 'amazon.titan-text-express-v1',
      agreementAvailability: { status: 'AVAILABLE' },
      authorizationStatus: 'AUTHORIZED',
      entitlementAvailability: 'AVAILABLE',
      regionAvailability: 'AVAILABLE',
    });
  });

  it('refuses a retired model today', async () => {
    await expect(availability(today.url, 'amazon.titan-text-express-v1')).rejects.toMatchObject(endOfLife);
  });
});
