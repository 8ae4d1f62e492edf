import { nameModel } from 'bedrock-models';
import { checkInput } from '../base/check-input.ts';
import { LibError } from '../base/errors.ts';

/**
 * A model: its id, an inference profile's id, or an ARN of either. The ARN of an application inference profile does not
 * say which model is behind it: give that with it, as `pricedAs`, or ask `resolveModel(client, arn)` once.
 */
export type ModelRef = string | { readonly id: string; readonly pricedAs?: string };

/**
 * The id to call it by. What is behind it is known from now on, wherever the id is used.
 *
 * @example
 * const model = { id: 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/team', pricedAs: 'amazon.nova-lite-v1:0' };
 * await classify(client, model, 'It is broken.', { labels: ['bug', 'wish'] });
 *
 * @throws LibError of kind `request` when it is no model, or the catalogue does not list `pricedAs`
 */
export function modelIdOf(caller: string, model: ModelRef): string {
  if (typeof model !== 'object' || model === null) {
    checkInput(caller, { modelId: model }, { modelId: 'text' });
    return model;
  }
  const { id, pricedAs } = model;
  checkInput(caller, { 'modelId.id': id }, { 'modelId.id': 'text' });
  checkInput(caller, { 'modelId.pricedAs': pricedAs }, { 'modelId.pricedAs': 'text?' });
  if (pricedAs === undefined || nameModel(id, pricedAs)) return id;
  throw new LibError(
    `${caller}: modelId.pricedAs must be a model that the catalogue lists, and is ${pricedAs}`,
    {
      kind: 'request',
      hint: 'Name the model that the profile stands for, such as amazon.nova-lite-v1:0.',
    },
  );
}
