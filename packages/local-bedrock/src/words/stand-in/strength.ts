import type { Model } from 'bedrock-models';

/** How well the stand-in plays a model: a `small` one gets things wrong in the ways small models do. */
export type Strength = 'small' | 'capable';

const small = new Set([
  'amazon.titan-text-lite-v1',
  'amazon.titan-text-express-v1',
  'anthropic.claude-instant-v1',
]);

export function strengthOf(model: Model): Strength {
  return small.has(model.id) ? 'small' : 'capable';
}
