import type { Model } from 'bedrock-models';
import { invalid } from '../refusal.ts';

/** Refuses an answer longer than the model can give. `requested` in tokens. */
export function checkMaxTokens(requested: number, model: Model): void {
  const limit = model.maxOutputTokens;
  if (requested > limit) {
    throw invalid(
      `The maximum tokens you requested exceeds the model limit of ${limit}. Try again with a maximum tokens value that is lower than ${limit}.`,
    );
  }
}
