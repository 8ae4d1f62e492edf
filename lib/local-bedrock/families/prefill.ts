import type { Model } from '../../models/catalogue.ts';

/** From the 4.6 models on, Claude does not go on from the beginning of an answer. */
const withoutPrefill = /claude-(?:(?:opus|sonnet|haiku)-(?:4-[6-9]|[5-9])|fable)/;

/** Whether the model refuses a conversation that ends with the assistant. */
export function refusesPrefill(model: Model): boolean {
  return withoutPrefill.test(model.id);
}
