import { cachePointLimit } from 'bedrock-models';
import { invalid } from '../http/refusal.ts';
import { thinkingViolation } from '../invoke/claude-read.ts';
import { isObject } from '../shapes/body-schema.ts';
import type { ConverseRequest } from './request.ts';
import type { Rule } from './rules.ts';

/**
 * What Claude itself refuses of a request that the service passes on: too many cache points, or a long-lived one behind a
 * short-lived, thoughts without their signature, and thinking with what it does not go with. By Anthropic's documentation
 * and in the words that users report; none is from a recording.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 */
export const claudeRules: Rule = (request, model) => {
  if (model.family !== 'claude-messages') return;
  const wrong =
    cacheViolation(request) ?? signatureViolation(request) ?? fieldViolation(request, model.maxOutputTokens);
  if (wrong !== undefined) throw invalid(`The model returned the following errors: ${wrong}`);
};

/** The cache points in the order in which Claude reads them: tools, system prompt, messages. */
function cachePointsOf({ toolConfig, system = [], messages = [] }: ConverseRequest) {
  const parts = [...(toolConfig?.tools ?? []), ...system, ...messages.flatMap(({ content }) => content)];
  return parts.flatMap(({ cachePoint }) => cachePoint ?? []);
}

function cacheViolation(request: ConverseRequest): string | undefined {
  const points = cachePointsOf(request);
  if (points.length > cachePointLimit) {
    return `A maximum of ${cachePointLimit} blocks with cache_control may be provided. Found ${points.length}.`;
  }
  const firstShort = points.findIndex(({ ttl = '5m' }) => ttl === '5m');
  return firstShort >= 0 && points.slice(firstShort).some(({ ttl }) => ttl === '1h')
    ? "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`."
    : undefined;
}

function signatureViolation({ messages = [] }: ConverseRequest): string | undefined {
  for (const [index, { content }] of messages.entries()) {
    const position = content.findIndex(
      ({ reasoningContent }) =>
        reasoningContent?.reasoningText !== undefined && !reasoningContent.reasoningText.signature,
    );
    if (position >= 0) return `messages.${index}.content.${position}.thinking.signature: Field required`;
  }
  return undefined;
}

function fieldViolation(
  { additionalModelRequestFields: fields, inferenceConfig = {}, toolConfig }: ConverseRequest,
  longest: number,
): string | undefined {
  if (!isObject(fields)) return undefined;
  const { maxTokens = longest, temperature } = inferenceConfig;
  const { any, tool } = toolConfig?.toolChoice ?? {};
  return thinkingViolation(fields, maxTokens, { temperature, forcesTool: (any ?? tool) !== undefined });
}
