import type { Model } from 'bedrock-models';
import { invalid } from '../http/refusal.ts';
import { wasRefused } from '../models/evidence.ts';
import { isObject } from '../shapes/body-schema.ts';
import type { ConverseRequest } from './request.ts';
import type { Rule } from './rules.ts';

/** What Nova takes at the top of a tool's schema; `models/evidence.ts` says how that is known. */
const schemaMembers = ['type', 'properties', 'required', 'additionalProperties', 'title'];

const efforts: readonly unknown[] = ['low', 'medium', 'high'];

/** Settings that go with low and medium effort only, by both their spellings. */
const bySomeEffort = ['maxTokens', 'max_new_tokens', 'temperature', 'topP', 'top_p'];

/** What Nova's validator says of a request that the service's own rules have nothing against. */
export const novaRules: Rule = (request, model) => {
  if (model.family !== 'nova') return;
  const found = novaViolations(request, model);
  if (found.length === 0) return;
  throw invalid(
    `The model returned the following errors: Malformed input request: ${found.join('')}, please reformat your input and try again.`,
  );
};

/** The same, of a body of InvokeModel too, which has the same form. In the validator's words; empty: nothing is wrong. */
export function novaViolations(
  {
    toolConfig,
    messages = [],
    inferenceConfig = {},
    additionalModelRequestFields: fields,
  }: Pick<ConverseRequest, 'toolConfig' | 'messages' | 'inferenceConfig' | 'additionalModelRequestFields'>,
  model: Model,
): string[] {
  const found: string[] = [];
  const extraneous = (path: string, key: string) =>
    found.push(`${path}: extraneous key [${key}] is not permitted`);
  toolConfig?.tools.forEach(({ toolSpec, cachePoint }, index) => {
    const path = `#/toolConfig/tools/${index}`;
    if (cachePoint !== undefined && wasRefused('cache-point-in-tools', model)) extraneous(path, 'cachePoint');
    const schema = toolSpec?.inputSchema.json;
    if (!isObject(schema) || !wasRefused('schema-members', model)) return;
    for (const key of Object.keys(schema)) {
      if (!schemaMembers.includes(key)) extraneous(`${path}/toolSpec/inputSchema/json`, key);
    }
  });
  messages.forEach(({ content }, index) => {
    content.forEach(({ cachePoint }, position) => {
      const follows = content[position - 1]?.toolResult !== undefined;
      if (cachePoint !== undefined && follows && wasRefused('cache-point-after-result', model)) {
        extraneous(`#/messages/${index}/content/${position}`, 'cachePoint');
      }
    });
  });
  const reasoning = isObject(fields) ? fields.reasoningConfig : undefined;
  if (!isObject(reasoning) || reasoning.type !== 'enabled') return found;
  const { maxReasoningEffort: effort } = reasoning;
  // Of the most effort it is known that AWS wants the other settings unset (UKGovernmentBEIS/inspect_ai#3767), not its words.
  const isFull = effort === 'high' && bySomeEffort.some((setting) => setting in inferenceConfig);
  if (isFull || wasRefused('reasoning-config', model)) {
    found.push('the provided reasoning config value is invalid');
  } else if (effort !== undefined && !efforts.includes(effort)) {
    found.push(`#/reasoningConfig/maxReasoningEffort: ${String(effort)} is not a valid enum value`);
  }
  // Claude's measure of thought: refused of Nova 2 in December 2025 (vercel/ai PR 10839), in words that are not quoted.
  if ('budgetTokens' in reasoning) extraneous('#/reasoningConfig', 'budgetTokens');
  return found;
}
