import { availability } from '../access.ts';
import { jsonReply } from '../reply.ts';
import { findFoundationModel } from '../resolve-model.ts';
import type { Operation } from './operation.ts';

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
