import type { Model } from '../../../models/catalogue.ts';
import { invalid, Refusal } from '../../refusal.ts';
import type { ContentBlock, ConverseRequest } from '../request.ts';
import type { Rule } from './rule.ts';

/** What the model does not take, as far as the catalogue knows (`refuses`). */
export const features: Rule = (request, model, operation) => {
  if (model.refuses === undefined) return;
  const refuses = new Set<string>(model.refuses);
  const { system = [], toolConfig } = request;
  if (refuses.has('streaming') && operation === 'ConverseStream') {
    throw invalid('The model is unsupported for streaming');
  }
  if (refuses.has('system') && system.length > 0) {
    throw invalid(
      "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
    );
  }
  if (toolConfig !== undefined) {
    if (refuses.has('tools')) throw invalid("This model doesn't support tool use.");
    if (refuses.has('tools-in-stream') && operation === 'ConverseStream') {
      throw invalid("This model doesn't support tool use in streaming mode.");
    }
  }
  checkBlocks(request, refuses);
  checkSettings(request, model, refuses);
};

function checkBlocks(
  { messages = [], system = [], toolConfig }: ConverseRequest,
  refuses: Set<string>,
): void {
  const blocks = messages.flatMap(({ content }) => content.flatMap(withResults));
  for (const [feature, kind] of [
    ['images', 'image'],
    ['documents', 'document'],
    ['images', 'video'],
  ] as const) {
    if (refuses.has(feature) && blocks.some((block) => block[kind] !== undefined))
      throw unsupportedBlock(kind);
  }
  const marked = [...blocks, ...system, ...(toolConfig?.tools ?? [])];
  if (refuses.has('cache-points') && marked.some(({ cachePoint }) => cachePoint !== undefined)) {
    throw new Refusal(
      'AccessDeniedException',
      'You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.',
    );
  }
}

function withResults(block: ContentBlock): ContentBlock[] {
  return [
    block,
    ...(block.toolResult?.content ?? []).map(
      ({ image, document, video }) => ({ image, document, video }) as ContentBlock,
    ),
  ];
}

export function unsupportedBlock(kind: string) {
  return invalid(
    `This model doesn't support the ${kind} content block that you provided. Update the content block and try again.`,
  );
}

function checkSettings({ inferenceConfig = {} }: ConverseRequest, model: Model, refuses: Set<string>): void {
  const { temperature, topP, stopSequences = [] } = inferenceConfig;
  if (refuses.has('stop-sequences') && stopSequences.length > 0) throw unsupportedField('stopSequences');
  for (const [feature, field, nativeField, value] of [
    ['temperature', 'temperature', 'temperature', temperature],
    ['top-p', 'topP', 'top_p', topP],
  ] as const) {
    if (!refuses.has(feature) || value === undefined) continue;
    if (model.family !== 'claude-messages') throw unsupportedField(field);
    throw invalid(
      `The model returned the following errors: \`${nativeField}\` is deprecated for this model.`,
    );
  }
  if (refuses.has('temperature-with-top-p') && temperature !== undefined && topP !== undefined) {
    throw invalid(
      'The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.',
    );
  }
}

function unsupportedField(field: string) {
  return invalid(`This model doesn't support the ${field} field. Remove ${field} and try again.`);
}
