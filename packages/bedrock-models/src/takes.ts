import { findFamily, findModel, isOpaque, splitModelId } from './find.ts';
import { claudeMediaLimit, documentLimit, pictureLimit } from './limits.ts';

/**
 * What a request to a model may hold, where that is a rule of its family and not a fact of one model. A model that
 * neither the catalogue nor its name tells anything of, such as behind an application inference profile, is not judged:
 * it is taken to take everything.
 */

/** The generation of a Claude model, such as 4.5; `undefined` for one before 3, or another maker's. */
export function claudeGeneration(modelId: string): number | undefined {
  const { baseId } = splitModelId(modelId);
  const [, old, current] =
    /^anthropic\.claude-(?:(\d(?:-\d)?)-[a-z]+|[a-z]+-(\d{1,2}(?:-\d{1,2})?)(?![\d]))/.exec(baseId) ?? [];
  const generation = old ?? current;
  return generation === undefined ? undefined : Number(generation.replace('-', '.'));
}

/** The parts of a request, in the order in which a model reads them. */
export type RequestPart = 'tools' | 'system' | 'messages';

export interface CacheRule {
  readonly parts: readonly RequestPart[];
  /** Whether a cache may live for an hour, and a time to live be given at all. */
  readonly takesTimeToLive: boolean;
}

/**
 * Where cache points may stand; `undefined`: nowhere. Claude from 3.5 on has a prompt cache, and from 4.5 on one that
 * lives for an hour; Nova has one for system prompt and messages.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function cacheRuleOf(modelId: string): CacheRule | undefined {
  if (isOpaque(modelId)) return { parts: ['tools', 'system', 'messages'], takesTimeToLive: true };
  if (findModel(modelId)?.refuses?.includes('cache-points')) return undefined;
  const generation = claudeGeneration(modelId) ?? 0;
  if (generation >= 3.5)
    return { parts: ['tools', 'system', 'messages'], takesTimeToLive: generation >= 4.5 };
  if (findFamily(modelId) === 'nova') return { parts: ['system', 'messages'], takesTimeToLive: false };
  return undefined;
}

/** Whether the model signs its reasoning, and takes back what it has signed: Claude from 3.7 on. */
export function signsReasoning(modelId: string): boolean {
  if (isOpaque(modelId)) return true;
  if (findModel(modelId)?.refuses?.includes('reasoning')) return false;
  return (claudeGeneration(modelId) ?? 0) >= 3.7;
}

/** `enabled`: with a budget of tokens; `adaptive`: the model decides. */
export type ThinkingWay = 'enabled' | 'adaptive';

/**
 * How Claude can be asked to think: with a budget from 3.7 on, of its own accord from 4.6 on, and from 4.7 on in that way
 * only. Others refuse the member, or have one of their own.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/extended-thinking
 */
export function thinkingWaysOf(modelId: string): readonly ThinkingWay[] {
  if (isOpaque(modelId)) return ['enabled', 'adaptive'];
  const generation = claudeGeneration(modelId) ?? 0;
  if (generation < 3.7) return [];
  if (generation < 4.6) return ['enabled'];
  return generation < 4.7 ? ['enabled', 'adaptive'] : ['adaptive'];
}

export type ToolChoiceKind = 'auto' | 'any' | 'tool';

/**
 * How the model can be made to call a tool. Others refuse the member.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html
 */
export function toolChoicesOf(modelId: string): readonly ToolChoiceKind[] {
  const family = findFamily(modelId);
  if (family === 'llama' || findModel(modelId)?.refuses?.includes('forced-tools')) return ['auto'];
  if (family === 'mistral-text' || family === 'mistral-chat' || family === 'jamba' || family === 'gpt-oss')
    return ['auto', 'any'];
  return ['auto', 'any', 'tool'];
}

/** What may stand in a tool's result besides text and JSON. Elsewhere it stands beside the result. */
export function mediaInResultsOf(modelId: string): readonly ('image' | 'document' | 'video')[] {
  const family = findFamily(modelId);
  if (family === 'claude-messages') return ['image', 'document'];
  if (family === 'nova') return ['image'];
  return family === undefined ? ['image', 'document', 'video'] : [];
}

/** How many pictures and documents one request may carry. */
export interface MediaLimits {
  readonly pictures: number;
  readonly documents: number;
  readonly together: number;
  /** The largest, in bytes. */
  readonly pictureBytes: number;
  readonly documentBytes: number;
}

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html */
export function mediaLimitsOf(modelId: string): MediaLimits {
  const isClaude = findFamily(modelId) === 'claude-messages';
  return {
    pictures: pictureLimit,
    documents: documentLimit,
    together: isClaude ? claudeMediaLimit : pictureLimit + documentLimit,
    pictureBytes: 3.75 * 1024 * 1024,
    documentBytes: 4.5 * 1024 * 1024,
  };
}

/** What a schema of a tool's input must not have, by family. */
export interface SchemaRule {
  /** The only members at the top. Absent: any. */
  readonly topMembers?: readonly string[];
  /** Whether references are to be written out. */
  readonly inline: boolean;
  /** Whether the schema is checked against draft 2020-12. */
  readonly isDraft2020: boolean;
}

/**
 * Nova takes three members at the top; Claude checks the draft, and takes no union at the top, as nobody else does who
 * wants an object. Nova, Llama and Qwen are shown the schema without its definitions.
 *
 * @see https://docs.aws.amazon.com/nova/latest/userguide/tool-use-definition.html
 */
export function schemaRuleOf(modelId: string): SchemaRule {
  const family = findFamily(modelId);
  return {
    ...(family === 'nova' && { topMembers: ['type', 'properties', 'required'] }),
    inline: family === 'nova' || family === 'llama' || family === 'qwen',
    isDraft2020: family === 'claude-messages',
  };
}

/**
 * Models that Converse can hold to a JSON Schema (`outputConfig.textFormat`). The list has changed more than once, also
 * to fewer: whoever uses it must be ready for a refusal.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
const structured =
  /^(anthropic\.claude-(haiku-4-5|sonnet-4-[56]|opus-4-[156])|qwen\.qwen3-|openai\.gpt-oss-|deepseek\.v3|mistral\.(mistral-large-3|ministral-3)-)/;

/** Whether the model is listed as one that Converse can hold to a JSON Schema. Pure. */
export function hasStructuredOutput(modelId: string): boolean {
  return structured.test(splitModelId(modelId).baseId);
}

/**
 * Whether the model may be told to keep to a tool's schema to the letter (`strict`). Of Claude those that are held to a
 * schema can be; others refuse the member. Of other families nothing is known that they refuse. Pure.
 */
export function takesStrictTools(modelId: string): boolean {
  return isOpaque(modelId) || findFamily(modelId) !== 'claude-messages' || hasStructuredOutput(modelId);
}
