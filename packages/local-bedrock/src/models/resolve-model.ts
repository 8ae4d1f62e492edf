import {
  type EmbeddingModel,
  findEmbeddingModel,
  findListedModel,
  findModel,
  isOffered,
  isOnDemand,
  isRetired,
  type ListedModel,
  type Model,
  splitModelId,
} from 'bedrock-models';
import { endOfLife, invalid, invalidModelIdentifier } from '../http/refusal.ts';
import type { Service } from '../operations/operation.ts';
import { checkAccess } from './access.ts';

const foundationModelArn = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]+::foundation-model\/[^/]+$/;
const inferenceProfileArn = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:inference-profile\/[^/]+$/;

/** Whether this endpoint's era and date count the model as past its end of life. */
export function isGone(model: ListedModel, service: Service): boolean {
  return service.era === 'today' && isRetired(model, service.today);
}

/**
 * The text model an inference call names, by base id, inference profile id, or the ARN of either. Refuses, in AWS's
 * order: an unknown id or a profile the model does not have (400), a retired model (404), a base id that only answers
 * through an inference profile (400), and a model that gives vectors (400, in Converse's words).
 */
export function resolveModel(modelId: string, service: Service): Model {
  const model = findModel(modelId);
  const embedding = model === undefined ? findEmbeddingModel(modelId) : undefined;
  if (embedding === undefined) return resolveListed(modelId, model, service);
  resolveListed(modelId, embedding, service);
  throw invalid(
    "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
  );
}

/** The embedding model an inference call names; `undefined` when the id is not of one. Refuses like `resolveModel`. */
export function resolveEmbeddingModel(modelId: string, service: Service): EmbeddingModel | undefined {
  const model = findEmbeddingModel(modelId);
  return model && resolveListed(modelId, model, service);
}

function resolveListed<T extends ListedModel>(modelId: string, model: T | undefined, service: Service): T {
  const { profile } = splitModelId(modelId);
  const isFoundationModelArn = foundationModelArn.test(modelId);
  const isProfileArn = inferenceProfileArn.test(modelId);
  if (model === undefined) throw invalidModelIdentifier();
  if (modelId.startsWith('arn:') && !isFoundationModelArn && !isProfileArn) throw invalidModelIdentifier();
  if (profile === undefined ? isProfileArn : isFoundationModelArn || !model.profiles.includes(profile)) {
    throw invalidModelIdentifier();
  }
  if (isGone(model, service)) throw endOfLife();
  if (profile === undefined && !isOnDemand(model, service.region)) {
    if (!isOffered(model, service.region)) throw invalidModelIdentifier();
    throw invalid(
      `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
    );
  }
  checkAccess(model, modelId, service);
  return model;
}

/**
 * The model whose tokens are to be counted: by base id or foundation-model ARN, also where inference needs a profile.
 * Refuses an unknown id (400), a retired model (404), and what does not count tokens: some models, every inference
 * profile.
 */
export function resolveCountable(modelId: string, service: Service): Model {
  const model = findModel(modelId);
  const { profile } = splitModelId(modelId);
  const isKnown = model !== undefined && (profile === undefined || model.profiles.includes(profile));
  const isArn = modelId.startsWith('arn:');
  if (isArn && !foundationModelArn.test(modelId) && !inferenceProfileArn.test(modelId)) {
    throw invalidModelIdentifier();
  }
  if (!isKnown) throw invalidModelIdentifier();
  if (isGone(model, service)) throw endOfLife();
  if (profile !== undefined || model.refuses?.includes('count-tokens')) {
    throw invalid("The provided model doesn't support counting tokens.");
  }
  checkAccess(model, modelId, service);
  return model;
}

/**
 * The model a control-plane call names, by base id or foundation-model ARN: an inference profile is not a foundation
 * model. Refuses an unknown id (400) and a retired model (404).
 */
export function findFoundationModel(modelId: string, service: Service): ListedModel {
  const model = findListedModel(modelId);
  const isArn = modelId.startsWith('arn:');
  if (model === undefined || splitModelId(modelId).profile !== undefined) throw invalidModelIdentifier();
  if (isArn && !foundationModelArn.test(modelId)) throw invalidModelIdentifier();
  if (!isOffered(model, service.region)) throw invalidModelIdentifier();
  if (isGone(model, service)) throw endOfLife();
  return model;
}
