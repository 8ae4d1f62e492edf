import { isOffered, listedModels } from 'bedrock-models';
import { jsonReply } from '../reply.ts';
import { isGone } from '../resolve-model.ts';
import { describeFoundationModel } from './foundation-model.ts';
import type { Operation } from './operation.ts';

/** `GET /foundation-models`, with its four filters: the models that this region offers, in the era `today` without retired ones. */
export const listFoundationModels: Operation = {
  name: 'ListFoundationModels',
  method: 'GET',
  path: /\/foundation-models\/?$/,
  run({ query }, service) {
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
