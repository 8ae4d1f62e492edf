import { inferenceProfiles } from '../inference-profiles.ts';
import { Refusal } from '../refusal.ts';
import { jsonReply } from '../reply.ts';
import type { Operation } from './operation.ts';

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
