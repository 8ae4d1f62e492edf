import type { Model } from 'bedrock-models';
import { checkMaxTokens } from '../families/limits.ts';
import { invalid } from '../refusal.ts';
import type { ConverseRequest } from './request.ts';
import { additionalFields } from './rules/additional-fields.ts';
import { conversation } from './rules/conversation.ts';
import { documents } from './rules/documents.ts';
import { features } from './rules/features.ts';
import { mediaLimits } from './rules/media-limits.ts';
import { responsePaths } from './rules/response-paths.ts';
import type { Rule } from './rules/rule.ts';
import { toolTurns } from './rules/tool-turns.ts';
import { tools } from './rules/tools.ts';
import { turns } from './rules/turns.ts';

const limits: Rule = ({ inferenceConfig }, model) => {
  const { maxTokens } = inferenceConfig ?? {};
  if (maxTokens !== undefined) checkMaxTokens(maxTokens, model);
};

const hasConverse: Rule = (_, model) => {
  if (model.refuses?.includes('converse')) {
    throw invalid(
      "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
    );
  }
};

/**
 * The service's own rules come first and the model's after them. Which of two broken rules of the service is named is
 * not known from recordings.
 */
const rules: readonly Rule[] = [
  hasConverse,
  conversation,
  tools,
  toolTurns,
  documents,
  responsePaths,
  features,
  mediaLimits,
  limits,
  turns,
  additionalFields,
];

/** Refuses a request that the service or the model would refuse. Throws a `Refusal` in their words. */
export function checkRequest(
  request: ConverseRequest,
  model: Model,
  operation: 'Converse' | 'ConverseStream',
): void {
  for (const rule of rules) rule(request, model, operation);
}
