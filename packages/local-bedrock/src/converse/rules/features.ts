import type { Feature, Model } from 'bedrock-models';
import { invalid, Refusal } from '../../refusal.ts';
import type { ContentBlock, ConverseRequest } from '../request.ts';
import type { Rule } from './rule.ts';

/** What the model does not take, as far as the catalogue knows (`refuses`). */
export const features: Rule = (request, model, operation) => {
  checkMedia(request, model);
  const { refuses } = model;
  if (refuses === undefined) return;
  const { system = [], toolConfig } = request;
  if (refuses.includes('streaming') && operation === 'ConverseStream') {
    throw invalid('The model is unsupported for streaming');
  }
  if (refuses.includes('system') && system.length > 0) {
    throw invalid(
      "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
    );
  }
  if (toolConfig !== undefined) {
    if (refuses.includes('tools')) throw invalid("This model doesn't support tool use.");
    if (refuses.includes('tools-in-stream') && operation === 'ConverseStream') {
      throw invalid("This model doesn't support tool use in streaming mode.");
    }
  }
  if (refuses.includes('cache-points') && hasCachePoint(request)) {
    throw new Refusal(
      'AccessDeniedException',
      'You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.',
    );
  }
  checkSettings(request, model, refuses);
};

/** Pictures and documents, also in tools' results. Only Nova watches videos, and reads media from S3. */
function checkMedia({ messages = [] }: ConverseRequest, { family, refuses = [] }: Model): void {
  const refused = {
    image: refuses.includes('images'),
    document: refuses.includes('documents'),
    video: refuses.includes('images') || family !== 'nova',
  };
  const check = (block: ContentBlock) => {
    for (const kind of ['image', 'document', 'video'] as const) {
      if (block[kind]?.source.s3Location !== undefined && family !== 'nova' && !refused[kind]) {
        throw unsupportedField('s3Uri');
      }
      if (!refused[kind] || block[kind] === undefined) continue;
      throw invalid(
        `This model doesn't support the ${kind} content block that you provided. Update the content block and try again.`,
      );
    }
  };
  for (const { content } of messages) {
    for (const block of content) {
      check(block);
      for (const { image, document, video } of block.toolResult?.content ?? []) {
        check({ ...(image && { image }), ...(document && { document }), ...(video && { video }) });
      }
    }
  }
}

function hasCachePoint({ messages = [], system = [], toolConfig }: ConverseRequest): boolean {
  const isOne = ({ cachePoint }: { cachePoint?: object }) => cachePoint !== undefined;
  return (
    messages.some(({ content }) => content.some(isOne)) ||
    system.some(isOne) ||
    (toolConfig?.tools ?? []).some(isOne)
  );
}

function checkSettings(
  { inferenceConfig = {} }: ConverseRequest,
  model: Model,
  refuses: readonly Feature[],
): void {
  const { temperature, topP, stopSequences = [] } = inferenceConfig;
  if (refuses.includes('stop-sequences') && stopSequences.length > 0) throw unsupportedField('stopSequences');
  for (const [feature, field, nativeField, value] of [
    ['temperature', 'temperature', 'temperature', temperature],
    ['top-p', 'topP', 'top_p', topP],
  ] as const) {
    if (!refuses.includes(feature) || value === undefined) continue;
    if (model.family !== 'claude-messages') throw unsupportedField(field);
    throw invalid(
      `The model returned the following errors: \`${nativeField}\` is deprecated for this model.`,
    );
  }
  if (refuses.includes('temperature-with-top-p') && temperature !== undefined && topP !== undefined) {
    throw invalid(
      'The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.',
    );
  }
}

function unsupportedField(field: string) {
  return invalid(`This model doesn't support the ${field} field. Remove ${field} and try again.`);
}
