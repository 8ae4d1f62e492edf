import { findEmbeddingModel, findModel, isOnDemand, type ListedModel } from 'bedrock-models';
import type { Service } from '../service.ts';

/**
 * A model as ListFoundationModels and GetFoundationModel describe it (API reference, FoundationModelSummary). Times are
 * ISO 8601 strings, the format the SDK reads. In the era `lab` every model is ACTIVE, as in 2024, and has no end.
 */
export function describeFoundationModel(model: ListedModel, service: Service) {
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
    ...(model.legacy === undefined ? {} : { legacyTime: midnight(model.legacy) }),
    ...(model.endOfLife === undefined ? {} : { endOfLifeTime: midnight(model.endOfLife) }),
  };
}

function midnight(day: string): string {
  return `${day}T00:00:00Z`;
}
