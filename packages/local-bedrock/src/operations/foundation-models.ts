import {
  findEmbeddingModel,
  findModel,
  isOffered,
  isOnDemand,
  type ListedModel,
  listedModels,
} from 'bedrock-models';
import { jsonReply } from '../http/reply.ts';
import { availability } from '../models/access.ts';
import { findFoundationModel, isGone } from '../models/resolve-model.ts';
import { checkConstraints } from '../shapes/constraints.ts';
import { oneOf, structure } from '../shapes/shape.ts';
import type { Operation, Service } from './operation.ts';

/** The constraints of ListFoundationModels (API reference). */
const filters = structure({
  byProvider: { type: 'string', pattern: /^[A-Za-z0-9- ]{1,63}$/ },
  byCustomizationType: oneOf('FINE_TUNING', 'CONTINUED_PRE_TRAINING', 'DISTILLATION'),
  byOutputModality: oneOf('TEXT', 'IMAGE', 'EMBEDDING'),
  byInferenceType: oneOf('ON_DEMAND', 'PROVISIONED'),
});

/** `GET /foundation-models`, with its four filters: the models that this region offers, in the era `today` without retired ones. */
export const listFoundationModels: Operation = {
  name: 'ListFoundationModels',
  method: 'GET',
  path: /\/foundation-models\/?$/,
  run({ query }, service) {
    const asked = Object.fromEntries(query);
    // AWS sends this value, and was not seen to refuse it, though its API does not name it.
    if (asked.byInferenceType === 'INFERENCE_PROFILE') delete asked.byInferenceType;
    checkConstraints(asked, filters);
    const provider = query.get('byProvider')?.toLowerCase();
    const outputModality = query.get('byOutputModality');
    const inferenceType = query.get('byInferenceType');
    const customizationType = query.get('byCustomizationType');
    const modelSummaries = listedModels
      .filter((model) => isOffered(model, service.region) && !isGone(model, service))
      .map((model) => describeFoundationModel(model, service))
      .filter(
        (summary) =>
          (provider === undefined || summary.providerName.toLowerCase() === provider) &&
          (outputModality === null || summary.outputModalities.includes(outputModality)) &&
          (inferenceType === null || summary.inferenceTypesSupported.includes(inferenceType)) &&
          (customizationType === null || summary.customizationsSupported.includes(customizationType)),
      );
    return jsonReply({ modelSummaries });
  },
};

/** `GET /foundation-models/{id}`: one model's description, or the 404 of a retired one. */
export const getFoundationModel: Operation = {
  name: 'GetFoundationModel',
  method: 'GET',
  path: /\/foundation-models\/(.+)$/,
  run({ label }, service) {
    return jsonReply({ modelDetails: describeFoundationModel(findFoundationModel(label, service), service) });
  },
};

/**
 * `GET /foundation-model-availability/{id}`. Whatever the endpoint serves is available and authorized, unless it was
 * started with access refused. A retired model gets the same 404 as from GetFoundationModel.
 */
export const getFoundationModelAvailability: Operation = {
  name: 'GetFoundationModelAvailability',
  method: 'GET',
  path: /\/foundation-model-availability\/(.+)$/,
  run({ label }, service) {
    const model = findFoundationModel(label, service);
    return jsonReply({ modelId: model.id, ...availability(service.access?.get(model.id)) });
  },
};

/**
 * A model as ListFoundationModels and GetFoundationModel describe it (API reference, FoundationModelSummary). Times are
 * ISO 8601 strings, the format the SDK reads. In the era `lab` every model is ACTIVE, as in 2024, and has no end.
 */
function describeFoundationModel(model: ListedModel, service: Service) {
  const isEmbedding = findEmbeddingModel(model.id) !== undefined;
  return {
    modelArn: `arn:aws:bedrock:${service.region}::foundation-model/${model.id}`,
    modelId: model.id,
    modelName: model.name,
    providerName: model.provider,
    inputModalities: inputModalities(model),
    outputModalities: [isEmbedding ? 'EMBEDDING' : 'TEXT'],
    responseStreamingSupported: !isEmbedding && !findModel(model.id)?.refuses?.includes('streaming'),
    customizationsSupported: [] as string[],
    inferenceTypesSupported: inferenceTypes(model, service.region),
    modelLifecycle: lifecycle(model, service),
  };
}

/** Which of the models read pictures and video besides text (model cards, catalogue date). */
function inputModalities({ id }: ListedModel): string[] {
  const embedding = findEmbeddingModel(id);
  if (embedding !== undefined) return embedding.readsImages ? ['TEXT', 'IMAGE'] : ['TEXT'];
  if (/^amazon\.nova-(?:2-)?(?:lite|pro)/.test(id)) return ['TEXT', 'IMAGE', 'VIDEO'];
  return findModel(id)?.refuses?.includes('images') ? ['TEXT'] : ['TEXT', 'IMAGE'];
}

/** `INFERENCE_PROFILE` is not in the API's own list of values, but AWS sends it. */
function inferenceTypes(model: ListedModel, region: string): string[] {
  return [
    ...(isOnDemand(model, region) ? ['ON_DEMAND'] : []),
    ...(model.profiles.length > 0 ? ['INFERENCE_PROFILE'] : []),
  ];
}

function lifecycle(model: ListedModel, service: Service) {
  const startOfLife = model.startOfLife === undefined ? {} : { startOfLifeTime: midnight(model.startOfLife) };
  if (service.era === 'lab') return { status: 'ACTIVE', ...startOfLife };
  const isLegacy = model.legacy !== undefined && model.legacy <= service.today;
  return {
    status: isLegacy ? 'LEGACY' : 'ACTIVE',
    ...startOfLife,
    ...(model.legacy !== undefined && { legacyTime: midnight(model.legacy) }),
    ...(model.endOfLife !== undefined && { endOfLifeTime: midnight(model.endOfLife) }),
  };
}

function midnight(day: string): string {
  return `${day}T00:00:00Z`;
}
