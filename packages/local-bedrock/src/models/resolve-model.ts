import {
  catalogueDate,
  type EmbeddingModel,
  findEmbeddingModel,
  findListedModel,
  findModel,
  isOffered,
  isOnDemand,
  isRetired,
  type ListedModel,
  listedModels,
  type Model,
  nearestModelId,
  splitModelId,
} from 'bedrock-models';
import { endOfLife, invalid, invalidModelIdentifier, type Refusal } from '../http/refusal.ts';
import type { Service } from '../operations/operation.ts';
import { checkAccess } from './access.ts';

const applicationProfileArn =
  /^arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:application-inference-profile\/([^/]+)$/;
const foundationModelArn = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]+::foundation-model\/[^/]+$/;
const inferenceProfileArn = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:inference-profile\/[^/]+$/;

/** What else can be called by its ARN on AWS, and is an account's own. */
const otherArn =
  /^arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:(?:(provisioned-model|custom-model-deployment|imported-model)\/[a-z0-9]+|((?:default-)?prompt-router)\/[a-z0-9.:-]+)$/;

/** Whether this endpoint's era and date count the model as past its end of life. */
export function isGone(model: ListedModel, service: Service): boolean {
  return service.era === 'today' && isRetired(model, service.today);
}

/**
 * The text model an inference call names, by base id, inference profile id, or the ARN of either. Refuses, in AWS's
 * order: an unknown id or a profile the model does not have (400), a retired model (404), a base id that only answers
 * through an inference profile (400), and a model that gives vectors (400, in Converse's words).
 */
export function resolveModel(named: string, service: Service): Model {
  const modelId = behindProfile(named, service);
  const model = findModel(modelId);
  const embedding = model === undefined ? findEmbeddingModel(modelId) : undefined;
  if (embedding === undefined) return resolveListed(modelId, model, service);
  resolveListed(modelId, embedding, service);
  throw invalid(
    "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
  );
}

/** The embedding model an inference call names; `undefined` when the id is not of one. Refuses like `resolveModel`. */
export function resolveEmbeddingModel(named: string, service: Service): EmbeddingModel | undefined {
  const modelId = behindProfile(named, service);
  const model = findEmbeddingModel(modelId);
  return model && resolveListed(modelId, model, service);
}

/** What an application inference profile stands for, when it is one of this endpoint's; everything else as it is. */
function behindProfile(modelId: string, { inferenceProfiles }: Service): string {
  const id = applicationProfileArn.exec(modelId)?.[1];
  if (id === undefined) return modelId;
  const behind = inferenceProfiles?.get(id);
  if (behind !== undefined) return behind;
  throw invalid(
    `Local Bedrock has no application inference profile ${id}. Start it with --inference-profile ${id}=MODEL.`,
  );
}

/** The makers of models on Bedrock, as their ids begin. */
const makers = new Set([
  ...listedModels.map(({ id }) => id.slice(0, id.indexOf('.'))),
  ...['luma', 'stability', 'twelvelabs', 'xai'],
]);

/** A day on which no model was retired yet: a misspelt id may be meant for one that is by now. */
const longAgo = '2000-01-01';

/**
 * The refusal of an id that is not in the catalogue. One that cannot be on AWS either gets AWS's words; of another, nobody
 * knows here, and AWS may well answer it.
 */
function notListed(modelId: string): Refusal {
  const [, own, router] = otherArn.exec(modelId) ?? [];
  const kind = own ?? router;
  if (kind !== undefined) {
    return invalid(
      `The provided model identifier is invalid. Local Bedrock has no ${kind.replaceAll('-', ' ')}; AWS may.`,
    );
  }
  const { baseId } = splitModelId(modelId);
  const isPlausible =
    /^[a-z0-9-]+\.[a-z0-9.:-]+$/.test(baseId) && makers.has(baseId.slice(0, baseId.indexOf('.')));
  if (!isPlausible || nearestModelId(baseId, undefined, longAgo) !== undefined)
    return invalidModelIdentifier();
  return invalid(
    `The provided model identifier is invalid. Local Bedrock does not have ${baseId} in its catalogue of ${catalogueDate}; AWS may.`,
  );
}

function resolveListed<T extends ListedModel>(modelId: string, model: T | undefined, service: Service): T {
  const { profile } = splitModelId(modelId);
  const isFoundationModelArn = foundationModelArn.test(modelId);
  const isProfileArn = inferenceProfileArn.test(modelId);
  if (model === undefined) throw notListed(modelId);
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
  if (!isKnown) throw model === undefined ? notListed(modelId) : invalidModelIdentifier();
  if (isGone(model, service)) throw endOfLife();
  // Claude counts, but for those whose card says no; of another maker none was seen to (langchain-ai/langchain-aws PR 661).
  const counts = model.family === 'claude-messages' && !model.refuses?.includes('count-tokens');
  if (profile !== undefined || !counts) {
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
  if (model === undefined) throw notListed(modelId);
  if (splitModelId(modelId).profile !== undefined) throw invalidModelIdentifier();
  if (isArn && !foundationModelArn.test(modelId)) throw invalidModelIdentifier();
  if (!isOffered(model, service.region)) throw invalidModelIdentifier();
  if (isGone(model, service)) throw endOfLife();
  return model;
}
