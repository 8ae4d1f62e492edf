import {
  findListedModel,
  type Geography,
  geographies,
  type ListedModel,
  listedModels,
  splitModelId,
} from 'bedrock-models';
import { Refusal } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import { accountId } from '../models/access.ts';
import { isGone } from '../models/resolve-model.ts';
import { checkConstraints } from '../shapes/constraints.ts';
import { oneOf, type StringShape, structure } from '../shapes/shape.ts';
import type { Operation, Service } from './operation.ts';
import { page } from './paging.ts';

/** The constraints of ListInferenceProfiles and GetInferenceProfile (API reference). */
const filters = structure({ typeEquals: oneOf('SYSTEM_DEFINED', 'APPLICATION') });
const inferenceProfileIdentifier: StringShape = {
  type: 'string',
  minLength: 1,
  maxLength: 2048,
  pattern:
    /^(arn:aws(|-us-gov|-cn|-iso|-iso-b):bedrock:(|[0-9a-z-]{0,20}):(|[0-9]{12}):(inference-profile|application-inference-profile)\/)?[a-zA-Z0-9-:.]+$/,
};
const named = structure({ inferenceProfileIdentifier });

/**
 * `GET /inference-profiles`, by type and page by page. Who names no type is shown those of the system only
 * (aws/aws-cli 9728, 2025).
 */
export const listInferenceProfiles: Operation = {
  name: 'ListInferenceProfiles',
  method: 'GET',
  path: /\/inference-profiles\/?$/,
  run({ query }, service) {
    const typeEquals = query.get('type') ?? 'SYSTEM_DEFINED';
    checkConstraints({ typeEquals }, filters);
    const profiles = inferenceProfiles(service).filter(({ type }) => type === typeEquals);
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
    checkConstraints({ inferenceProfileIdentifier: label }, named);
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
