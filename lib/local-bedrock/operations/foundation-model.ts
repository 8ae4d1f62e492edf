import type { Model } from '../../models/catalogue.ts';
import { isOnDemand } from '../../models/profile.ts';
import type { Service } from '../service.ts';

/**
 * A model as ListFoundationModels and GetFoundationModel describe it (API reference, FoundationModelSummary). Times are
 * ISO 8601 strings, the format the SDK reads. In the era `lab` every model is ACTIVE, as in 2024, and has no end.
 */
export function describeFoundationModel(model: Model, service: Service) {
  return {
    modelArn: `arn:aws:bedrock:${service.region}::foundation-model/${model.id}`,
    modelId: model.id,
    modelName: model.name,
    providerName: model.provider,
    inputModalities: inputModalities(model),
    outputModalities: ['TEXT'],
    responseStreamingSupported: true,
    customizationsSupported: [] as string[],
    inferenceTypesSupported: inferenceTypes(model, service.region),
    modelLifecycle: lifecycle(model, service),
  };
}

/** Which of the models read pictures and video besides text (model cards, catalogue date). */
function inputModalities(model: Model): string[] {
  if (/^amazon\.nova-(?:2-)?(?:lite|pro)/.test(model.id)) return ['TEXT', 'IMAGE', 'VIDEO'];
  return model.family === 'claude-messages' ? ['TEXT', 'IMAGE'] : ['TEXT'];
}

/** `INFERENCE_PROFILE` is not in the API's own list of values, but AWS sends it. */
function inferenceTypes(model: Model, region: string): string[] {
  return [
    ...(isOnDemand(model, region) ? ['ON_DEMAND'] : []),
    ...(model.profiles.length > 0 ? ['INFERENCE_PROFILE'] : []),
  ];
}

function lifecycle(model: Model, service: Service) {
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
