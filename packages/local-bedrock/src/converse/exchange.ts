import type { Model } from 'bedrock-models';
import type { CitableSources } from '../citations/sources.ts';
import { invalid } from '../http/refusal.ts';
import { families } from '../invoke/all-families.ts';
import { extraInputViolation, withBetas } from '../invoke/claude-betas.ts';
import { halfCharacterViolation } from '../invoke/claude-checks.ts';
import { checkMaxTokens, type ModelRequest } from '../invoke/family.ts';
import { thinksFirst } from '../invoke/model-features.ts';
import { resolveModel } from '../models/resolve-model.ts';
import { checkServiceTier } from '../models/service-tier.ts';
import { hashOf, type OperationRequest, type Service } from '../operations/operation.ts';
import type { CacheUse } from '../prompt-cache/prompt-cache.ts';
import { isObject, violations } from '../shapes/body-schema.ts';
import { checkConstraints, checkUnions } from '../shapes/constraints.ts';
import { deserializeBody } from '../shapes/deserialize.ts';
import { cachePoints } from './cache-points.ts';
import { sourcesOf } from './citations.ts';
import { claudeRules } from './claude-rules.ts';
import { novaRules } from './nova-rules.ts';
import { readRequest } from './read-request.ts';
import type { ConverseRequest } from './request.ts';
import { converseRequest } from './request-shape.ts';
import {
  blocks,
  conversation,
  documents,
  features,
  mediaLimits,
  type Rule,
  responsePaths,
  turns,
} from './rules.ts';
import { tools, toolTurns } from './tool-rules.ts';

/** A Converse request, checked and read: by both operations. */
export interface Exchange {
  readonly model: Model;
  /** The endpoint's date, as YYYY-MM-DD. */
  readonly today: string;
  readonly converse: ConverseRequest;
  readonly request: ModelRequest;
  /** Hex digits, the same for the same request. Computed when asked for. */
  readonly requestHash: () => string;
  /** What the prompt cache did; absent: nothing. */
  readonly cached?: CacheUse | undefined;
  /** What the answer may cite; absent: nothing. */
  readonly sources?: CitableSources | undefined;
}

/** Reads a Converse request. Throws a `Refusal`: its form first, then the model's id, then what it says. */
export function readExchange(
  { label, body }: OperationRequest,
  service: Service,
  operation: 'Converse' | 'ConverseStream',
): Exchange {
  const fields = deserializeBody(body, converseRequest);
  checkConstraints(fields, converseRequest);
  const resolved = resolveModel(label, service);
  checkUnions(fields, converseRequest);
  const converse = fields as ConverseRequest;
  const model = withBetas(resolved, converse.additionalModelRequestFields, service);
  checkRequest(converse, model, operation);
  const wrong = model.family === 'claude-messages' ? halfCharacterViolation(body) : undefined;
  if (wrong !== undefined) throw invalid(`The model returned the following errors: ${wrong}`);
  const { today } = service;
  const requestHash = () => hashOf(label, body);
  const sources = sourcesOf(converse, model);
  const request = {
    ...readRequest(converse, model),
    thinksFirst: thinksFirst(model, converse.additionalModelRequestFields),
    ...(sources !== undefined && { passages: sources.texts }),
  };
  return { model, today, converse, request, requestHash, sources };
}

const limits: Rule = ({ inferenceConfig }, model) => {
  const { maxTokens } = inferenceConfig ?? {};
  if (maxTokens !== undefined) checkMaxTokens(maxTokens, model);
};

const tier: Rule = ({ serviceTier }) => checkServiceTier(serviceTier?.type);

const hasConverse: Rule = (_, model) => {
  if (model.refuses?.includes('converse')) {
    throw invalid(
      "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
    );
  }
};

/** Further fields go to the model as they are, so they are checked as its own body is. */
const requestFields: Rule = ({ additionalModelRequestFields: fields }, model) => {
  if (fields === undefined) return;
  if (!isObject(fields)) {
    throw invalid(
      'The format of the value at additionalModelRequestFields is invalid. Provide a json object for the field and try again.',
    );
  }
  const { schema, refusedFields } = families[model.family];
  const refused = refusedFields?.(fields, model);
  if (refused !== undefined) throw invalid(refused);
  if (schema === undefined) return;
  const found = violations(fields, { ...schema, required: [] });
  if (found.length === 0) return;
  const wrong =
    extraInputViolation(found, model) ??
    `Malformed input request: ${found.join('')}, please reformat your input and try again.`;
  throw invalid(`The model returned the following errors: ${wrong}`);
};

/**
 * The service's own rules come first and the model's after them. Which of two broken rules of the service is named is
 * not known from recordings.
 */
const rules: readonly Rule[] = [
  hasConverse,
  tier,
  conversation,
  tools,
  toolTurns,
  documents,
  responsePaths,
  blocks,
  features,
  cachePoints,
  mediaLimits,
  limits,
  turns,
  requestFields,
  claudeRules,
  novaRules,
];

/** Those that words alone can break. The others cost more than these, and most requests have nothing for them. */
const rulesOfWords: readonly Rule[] = [hasConverse, tier, conversation, features, limits, turns];

/** Whether a request is nothing but texts and settings. */
function isWordsOnly(request: ConverseRequest): boolean {
  const { messages = [], system = [], toolConfig } = request;
  const { additionalModelRequestFields: fields, additionalModelResponseFieldPaths: paths } = request;
  if ((toolConfig ?? fields ?? paths ?? request.outputConfig) !== undefined) return false;
  return system.every(isText) && messages.every(({ content }) => content.every(isText));
}

/** A union of one member is a text, or it is not. */
function isText({ text }: { readonly text?: string }): boolean {
  return text !== undefined;
}

/** Refuses a request that the service or the model would refuse. Throws a `Refusal` in their words. */
export function checkRequest(
  request: ConverseRequest,
  model: Model,
  operation: 'Converse' | 'ConverseStream',
): void {
  for (const rule of isWordsOnly(request) ? rulesOfWords : rules) rule(request, model, operation);
}
