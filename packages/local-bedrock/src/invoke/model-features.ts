import type { Model } from 'bedrock-models';
import { claude47AndLater, firstNova } from '../models/evidence.ts';
import { isObject } from '../shapes/body-schema.ts';

/** Whether a model signs its thoughts, as proof that they are its own when they come back. Only Claude is known to. */
export function signsThoughts({ family }: Model): boolean {
  return family === 'claude-messages';
}

/**
 * Whether a model thinks aloud before it answers: gpt-oss, DeepSeek-R1, Kimi K2 Thinking and K3
 * (aws-samples/sample-spec-driven-presentation-maker, September 2026) and MiniMax M2 (JetBrains/koog PR 2062 of M2.5 on
 * Bedrock, May 2026) always do, Claude, Nova 2, Qwen, the later Kimi and DeepSeek when the request asks for it.
 * `reasoning_effort` was seen of DeepSeek V3.1 and V3.2 in September 2026 (langchain-ai/langchain-aws PR 1261),
 * `reasoning_config` of Qwen in May 2026 (pydantic-ai).
 *
 * @param fields the body of InvokeModel, or Converse's `additionalModelRequestFields`
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-reasoning.html
 */
export function thinksFirst({ id, family }: Model, fields: unknown): boolean {
  if (family === 'gpt-oss' || isR1({ id }) || /-thinking$|^moonshotai\.kimi-k3|^minimax\.minimax-m2/.test(id))
    return true;
  if (!isObject(fields)) return false;
  const effort = fields.reasoning_config ?? fields.reasoning_effort;
  if (family === 'qwen' || family === 'deepseek') return typeof effort === 'string' && effort !== 'none';
  const asked =
    family === 'claude-messages' ? thinkingOf(fields) : family === 'nova' && fields.reasoningConfig;
  return isObject(asked) && (asked.type === 'enabled' || asked.type === 'adaptive');
}

/**
 * DeepSeek-R1, whose whole answers through Converse have the thoughts behind the words, which begin with two line breaks
 * (recorded in 2025, pydantic-ai; langchain-ai/langchain-aws#401).
 */
export function isR1({ id }: Pick<Model, 'id'>): boolean {
  return id.includes('.r1-');
}

/**
 * How Claude is asked to think: by Anthropic's name, or by the one that AWS's page has for Converse.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-reasoning.html
 */
export function thinkingOf(fields: Readonly<Record<string, unknown>>): unknown {
  return fields.thinking ?? fields.reasoning_config;
}

/**
 * Whether the answer has a thought's signature without its text: what `display` asks for, and where it asks for nothing,
 * Claude from Opus 4.7 on (theopenco/llmgateway PR 2593 of Opus 4.7 and 4.8, run-llama/llama_index PR 21592 by Converse,
 * anthropics/claude-code#79060 of Sonnet 5; 2026).
 *
 * @param fields the body of InvokeModel, or Converse's `additionalModelRequestFields`
 */
export function hidesThoughts({ id, family }: Model, fields: unknown): boolean {
  if (family !== 'claude-messages') return false;
  const thinking = isObject(fields) ? thinkingOf(fields) : undefined;
  const display = isObject(thinking) ? thinking.display : undefined;
  return display === 'omitted' || (display !== 'summarized' && claude47AndLater.test(id));
}

/**
 * What stands in place of a thought's text; `undefined`: the text itself. Nova 2 shows none (vercel/ai PR 10839).
 *
 * @see https://docs.aws.amazon.com/nova/latest/nova2-userguide/reasoning-capabilities.html
 */
export function insteadOfThought({ id }: Model): string | undefined {
  return id.startsWith('amazon.nova-2-') ? '[REDACTED]' : undefined;
}

/**
 * Whether the stop sequence is part of the answer, which then ends as by itself: the first Nova's is (recorded of Nova Micro
 * through Converse, pydantic-ai, test_stop_settings; BerriAI/litellm#9483 of Micro and Pro, langchain-ai/langchain-aws#420,
 * March 2025).
 */
export function keepsStopSequence({ id }: Model): boolean {
  return firstNova.test(id);
}

/** From here on Nova tells of a cache: recorded without on 6 February 2025, and with on the 13th. The day is between. */
const novaCacheSince = '2025-02-10';

/**
 * The model as it answers InvokeModel on a day: one that then tells nothing of a cache has none. Claude 3.5 tells of its own
 * only where the request has a cache point: recorded with one in March 2025 (openllmetry, test_prompt_cache) and without in
 * May (opentelemetry-python-contrib, test_invoke_model_with_content_assistant_content_as_string).
 */
export function asItTells(model: Model, today: string, hasCachePoint: boolean): Model {
  const tells =
    model.family === 'nova' ? today >= novaCacheSince : hasCachePoint || !/claude-3-5-/.test(model.id);
  return tells ? model : { ...model, refuses: [...(model.refuses ?? []), 'cache-points'] };
}

/** Whether the model keeps prompts in a cache, and so reports how many tokens came from it and went to it. */
export function hasPromptCache(model: Model): boolean {
  return !model.refuses?.includes('cache-points');
}

/** Of Claude 2 as recorded, of the others as Anthropic names them. */
const olderNames: { readonly [id in string]?: string } = {
  'anthropic.claude-v2': 'claude-2.0',
  'anthropic.claude-v2:1': 'claude-2.1',
  'anthropic.claude-instant-v1': 'claude-instant-1.2',
};

/** The name a Claude calls itself: `claude-3-haiku-20240307` of `anthropic.claude-3-haiku-20240307-v1:0`. */
export function shortName(model: Model): string {
  const older = olderNames[model.id];
  if (older !== undefined) return older;
  return model.id.replace(/^anthropic\./, '').replace(/-v\d+(:\d+)?$/, '');
}
