import { jsonReply } from '../reply.ts';
import { findFoundationModel } from '../resolve-model.ts';
import { describeFoundationModel } from './foundation-model.ts';
import type { Operation } from './operation.ts';

/** `GET /foundation-models/{id}`: one model's description, or the 404 of a retired one. */
export const getFoundationModel: Operation = {
  name: 'GetFoundationModel',
  method: 'GET',
  path: /\/foundation-models\/(.+)$/,
  run({ label }, service) {
    return jsonReply({ modelDetails: describeFoundationModel(findFoundationModel(label, service), service) });
  },
};
