import {
  findListedModel,
  type Geography,
  geographies,
  type ListedModel,
  listedModels,
  splitModelId,
} from 'bedrock-models';
import { invalid, Refusal } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import { accountId } from '../models/access.ts';
import { isGone } from '../models/resolve-model.ts';
import type { Operation, Service } from './operation.ts';
import { page } from './paging.ts';

const types = ['SYSTEM_DEFINED', 'APPLICATION'];

/** `GET /inference-profiles`, by type and page by page. */
export const listInferenceProfiles: Operation = {
  name: 'ListInferenceProfiles',
  method: 'GET',
  path: /\/inference-profiles\/?$/,
  run({ query }, service) {
    const type = query.get('type');
    if (type !== null && !types.includes(type)) {
      throw invalid(
        `1 validation error detected: Value '${type}' at 'typeEquals' failed to satisfy constraint: Member must satisfy enum value set: [${types.join(', ')}]`,
      );
    }
    const profiles = inferenceProfiles(service).filter((profile) => type === null || profile.type === type);
    const { items, nextToken } = page(profiles, query);
    return jsonReply({ inferenceProfileSummaries: items, ...(nextToken !== undefined && { nextToken }) });
  },
};

/** `GET /inference-profiles/{id or ARN}`: where a profile sends requests. The text of its 404 is not AWS's. */
export const getInferenceProfile: Operation = {
  name: 'GetInferenceProfile',
  method: 'GET',
  path: /\/inference-profiles\/(.+)$/,
  run({ label }, service) {
    const profile = inferenceProfiles(service).find(
      ({ inferenceProfileId, inferenceProfileArn }) =>
        label === inferenceProfileId || label === inferenceProfileArn,
    );
    if (profile !== undefined) return jsonReply(profile);
    throw new Refusal('ResourceNotFoundException', `The inference profile ${label} was not found.`);
  },
};

/** A profile as ListInferenceProfiles and GetInferenceProfile describe it. */
interface InferenceProfile {
  readonly inferenceProfileId: string;
  readonly inferenceProfileArn: string;
  readonly inferenceProfileName: string;
  readonly description: string;
  readonly models: readonly { readonly modelArn: string }[];
  readonly status: 'ACTIVE';
  readonly type: 'SYSTEM_DEFINED' | 'APPLICATION';
  readonly createdAt?: string;
  readonly updatedAt?: string;
}

/** The account's own inference profiles, and the system's that can be called from here, without those of retired models. */
function inferenceProfiles(service: Service): readonly InferenceProfile[] {
  return [...systemProfiles(service), ...applicationProfiles(service)];
}

function applicationProfiles(service: Service): readonly InferenceProfile[] {
  const { region, inferenceProfiles: own = new Map<string, string>() } = service;
  return [...own].flatMap(([id, modelId]): InferenceProfile[] => {
    const model = findListedModel(modelId);
    if (model === undefined || isGone(model, service)) return [];
    const { profile = '' } = splitModelId(modelId);
    const destinations = geographies[profile]?.destinations ?? [region];
    return [
      {
        inferenceProfileId: id,
        inferenceProfileArn: `arn:aws:bedrock:${region}:${accountId}:application-inference-profile/${id}`,
        inferenceProfileName: id,
        description: `An inference profile of this account's own, for ${modelId}.`,
        models: modelsIn(destinations, model),
        status: 'ACTIVE',
        type: 'APPLICATION',
      },
    ];
  });
}

function systemProfiles(service: Service): readonly InferenceProfile[] {
  return listedModels
    .filter((model) => !isGone(model, service))
    .flatMap((model) =>
      model.profiles.flatMap((prefix) => {
        const geography = geographies[prefix];
        return geography?.from.test(service.region) ? [describe(model, prefix, geography, service)] : [];
      }),
    );
}

function describe(
  model: ListedModel,
  prefix: string,
  { name, destinations }: Geography,
  { region }: Service,
): InferenceProfile {
  const inferenceProfileId = `${prefix}.${model.id}`;
  const places = destinations.join(', ') || 'all supported regions';
  const day = model.startOfLife === undefined ? undefined : `${model.startOfLife}T00:00:00Z`;
  return {
    inferenceProfileId,
    inferenceProfileArn: `arn:aws:bedrock:${region}:${accountId}:inference-profile/${inferenceProfileId}`,
    inferenceProfileName: `${name} ${model.provider} ${model.name}`,
    description: `Routes requests to ${model.name} in ${places}.`,
    models: modelsIn(destinations, model),
    status: 'ACTIVE',
    type: 'SYSTEM_DEFINED',
    ...(day !== undefined && { createdAt: day, updatedAt: day }),
  };
}

function modelsIn(destinations: readonly string[], { id }: ListedModel): InferenceProfile['models'] {
  return destinations.map((destination) => ({
    modelArn: `arn:aws:bedrock:${destination}::foundation-model/${id}`,
  }));
}
