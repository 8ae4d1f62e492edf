import { findModel } from './find.ts';

/** One sentence: what to use in place of a retired model. */
export function describeModelSuccessor(modelId: string | undefined): string {
  const model = modelId === undefined ? undefined : findModel(modelId);
  const successor = model?.successor === undefined ? undefined : findModel(model.successor);
  if (!model || !successor)
    return 'Choose one that is active: aws bedrock list-foundation-models lists them.';
  const how = successor.onDemand ? successor.id : `us.${successor.id}`;
  return `In its place use ${successor.name} (${how}); resolveModel('${model.id}') finds it for you.`;
}
