import { findListedModel } from './find.ts';
import { callableId } from './profile.ts';
import { defaultRegion } from './region.ts';

/** One sentence: what to use in place of a model whose end has come, called from this region. */
export function describeModelSuccessor(modelId: string | undefined, region = defaultRegion): string {
  const model = modelId === undefined ? undefined : findListedModel(modelId);
  const successor = model?.successor === undefined ? undefined : findListedModel(model.successor);
  if (!model || !successor)
    return 'Choose one that is active: aws bedrock list-foundation-models lists them.';
  return `In its place use ${successor.name} (${callableId(successor, region)}).`;
}
