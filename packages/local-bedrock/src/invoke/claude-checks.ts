import { cachePointLimit, type Model } from 'bedrock-models';
import { wasRefused } from '../models/evidence.ts';
import { isObject } from '../shapes/body-schema.ts';
import { isDraft2020 } from './draft-2020.ts';
import { imageFormat } from './media.ts';

/**
 * What Claude itself refuses of a request, whether it came as a Messages body or through Converse: each check gives
 * Claude's text, or `undefined` where nothing is wrong. The texts are those that users of Bedrock quote; where there is
 * none, a comment says so.
 */
export type Wrong = string | undefined;

/** A turn as the checks see it: the kinds of its blocks, in the names of the Messages API. */
export interface SeenTurn {
  readonly role: 'user' | 'assistant';
  readonly blocks: readonly SeenBlock[];
}

interface SeenBlock {
  readonly type: string;
  /** Of a `tool_use`. */
  readonly id?: string | undefined;
  /** Of a `thinking`. */
  readonly signature?: unknown;
}

/** Where a prompt's cache ends: the block that it ends with, as a path of the Messages API, and how long it lives. */
export interface SeenCachePoint {
  readonly path: string;
  readonly ttl: unknown;
}

/**
 * Cache points in the order in which Claude reads them (tools, system prompt, messages): at most four, long-lived ones
 * first, and those only where the model keeps a cache for an hour.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function cacheViolation(points: readonly SeenCachePoint[], model: Model): Wrong {
  if (points.length > cachePointLimit) {
    return `A maximum of ${cachePointLimit} blocks with cache_control may be provided. Found ${points.length}.`;
  }
  const isLong = ({ ttl }: SeenCachePoint) => ttl === '1h';
  const long = points.find(isLong);
  if (long !== undefined && wasRefused('long-cache-of-claude', model)) {
    return `${long.path}.cache_control.ephemeral.ttl: Extra inputs are not permitted`;
  }
  const firstShort = points.findIndex((point) => !isLong(point));
  const late = firstShort < 0 ? undefined : points.slice(firstShort).find(isLong);
  return late === undefined
    ? undefined
    : `${late.path}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: \`tools\`, \`system\`, \`messages\`.`;
}

/**
 * Thoughts are the assistant's, as calls of tools are, by whose sentence this one is made: it was not seen.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/extended-thinking
 */
export function thoughtSideViolation(turns: readonly SeenTurn[]): Wrong {
  for (const [index, { role, blocks }] of turns.entries()) {
    const found = blocks.find(({ type }) => type === 'thinking' || type === 'redacted_thinking');
    if (role === 'user' && found !== undefined) {
      return `messages.${index}: \`${found.type}\` blocks can only be in \`assistant\` messages`;
    }
  }
  return undefined;
}

/** A picture that is called another kind than it is. `base64`, `mediaType`: absent, there is nothing to compare. */
export function pictureViolation(
  base64: string | undefined,
  mediaType: string | undefined,
  path: string,
  model: Model,
): Wrong {
  if (base64 === undefined || mediaType === undefined || !wasRefused('miscalled-picture', model))
    return undefined;
  const format = imageFormat(Buffer.from(base64.slice(0, 24), 'base64'));
  if (format === undefined || mediaType === `image/${format}`) return undefined;
  return `${path}: The image was specified using the ${mediaType} media type, but the image appears to be a image/${format} image`;
}

/** A PDF says so in its first 1024 bytes (boto/boto3#4726, February 2026; maximhq/bifrost#5472, July 2026). */
export function pdfViolation(base64: string, path: string): Wrong {
  const head = Buffer.from(base64.slice(0, 1_368), 'base64').toString('latin1');
  return head.includes('%PDF-') ? undefined : `${path}: The PDF specified was not valid.`;
}

/** Claude takes back no thought that it has not signed (maximhq/bifrost PR 6942, September 2026). */
export function signatureViolation(turns: readonly SeenTurn[]): Wrong {
  for (const [index, { blocks }] of turns.entries()) {
    for (const [position, { type, signature }] of blocks.entries()) {
      if (type !== 'thinking') continue;
      const path = `messages.${index}.content.${position}`;
      if (signature === undefined) return `${path}.thinking.signature: Field required`;
      if (signature === '') return `${path}: Invalid \`signature\` in \`thinking\` block`;
    }
  }
  return undefined;
}

/**
 * Results of tools stand before all else in their turn. By Anthropic's documentation ("Handle tool calls"), in the words
 * that Claude has for a result that is not there.
 */
export function resultsFirstViolation(turns: readonly SeenTurn[]): Wrong {
  for (const [index, { blocks }] of turns.entries()) {
    const calls =
      turns[index - 1]?.blocks.flatMap(({ type, id }) => (type === 'tool_use' && id ? [id] : [])) ?? [];
    const first = blocks.findIndex(({ type }) => type === 'tool_result');
    if (first <= 0 || calls.length === 0) continue;
    return `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${calls.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
  }
  return undefined;
}

/**
 * Claude 3.5 and later: no choice at a schema's top, and plain names of its members (aaif-goose/goose#2150 of Claude 3.5
 * Sonnet through Converse, April 2025; abhigyanpatwari/GitNexus#2487 of July 2026). The pattern of the names is not from a
 * report of Bedrock's, but of Anthropic's own API. Of the draft: acomagu/vscode-as-mcp-server#6, May 2025.
 */
export function toolSchemaViolation(schema: unknown, index: number): Wrong {
  if (!isObject(schema)) return undefined;
  const path = `tools.${index}.custom.input_schema`;
  if (['oneOf', 'allOf', 'anyOf'].some((key) => Object.hasOwn(schema, key))) {
    return `${path}: input_schema does not support oneOf, allOf, or anyOf at the top level`;
  }
  if (!isDraft2020(schema)) {
    return `${path}: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.anthropic.com/en/docs/tool-use.`;
  }
  const names = isObject(schema.properties) ? Object.keys(schema.properties) : [];
  return names.every((name) => /^[a-zA-Z0-9_.-]{1,64}$/.test(name))
    ? undefined
    : `${path}.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'`;
}

/** With this beta the budget spans the turn's tool calls, and may be more than one answer takes. */
const interleaved = 'interleaved-thinking-2025-05-14';

/** What a request asks besides thinking. */
interface BesideThinking {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: unknown;
  readonly maxTokens: number;
  /** It names a tool that must be called, or asks for any. */
  readonly forcesTool: boolean;
  readonly turns: readonly SeenTurn[];
}

/**
 * Thinking that Claude cannot do: with too small a budget, with a tool that must be called, with other settings, or in a
 * turn that goes on without the thought that it began with (pydantic-ai#2453, Sonnet 4, 2025; anomalyco/opencode#3077,
 * Sonnet 4.5; RooCodeInc/Roo-Code PR 11238, Opus 4.5, 2026). Of a temperature and the like by Anthropic's documentation.
 */
export function thinkingViolation(
  { thinking, anthropic_beta: betas }: { readonly thinking?: unknown; readonly anthropic_beta?: unknown },
  { temperature = 1, topP = 1, topK, maxTokens, forcesTool, turns }: BesideThinking,
): Wrong {
  if (!isObject(thinking) || (thinking.type !== 'enabled' && thinking.type !== 'adaptive')) return undefined;
  if (forcesTool) return 'Thinking may not be enabled when tool_choice forces tool use.';
  if (temperature !== 1) return '`temperature` may only be set to 1 when thinking is enabled.';
  if (topP < 0.95) return '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.';
  if (topK !== undefined) return '`top_k` must be unset when thinking is enabled.';
  if (thinking.type !== 'enabled') return undefined;
  const { budget_tokens: budget } = thinking;
  if (typeof budget === 'number') {
    if (budget < 1024) return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024';
    if (budget >= maxTokens && !(Array.isArray(betas) && betas.includes(interleaved))) {
      return '`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size';
    }
  }
  return lostThought(turns);
}

/** The turn that a tool's result belongs to, or that is begun for Claude, begins with a thought. */
function lostThought(turns: readonly SeenTurn[]): Wrong {
  const last = turns.at(-1);
  const goesOn = last?.role === 'assistant' || last?.blocks.some(({ type }) => type === 'tool_result');
  const index = turns.findLastIndex(({ role }) => role === 'assistant');
  const found = turns[index]?.blocks[0]?.type;
  if (!goesOn || found === undefined || found === 'thinking' || found === 'redacted_thinking')
    return undefined;
  return `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${found}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable \`thinking\`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking`;
}

/**
 * A text cut through a character of two halves, as Claude's reader of JSON names it; column and offset are those of the
 * body that came (anthropics/claude-code#3277 and #5934, link-assistant/hive-mind#1324, July 2025 to February 2026).
 */
export function halfCharacterViolation(body: Buffer): Wrong {
  if (!body.includes('\\ud') && !body.includes('\\uD')) return undefined;
  /** Where the second half is expected. */
  let expected: number | undefined;
  const wrong = (what: string, at: number) =>
    `The request body is not valid JSON: ${what} surrogate in string: line 1 column ${at + 1} (char ${at})`;
  for (const { 1: digits = '', index } of body.toString().matchAll(/\\(?:u([0-9a-f]{4})|.)/gis)) {
    const code = Number.parseInt(digits, 16);
    const isSecond = code >= 0xdc00 && code <= 0xdfff;
    if (expected !== undefined && !(isSecond && index === expected)) return wrong('no low', expected);
    if (expected === undefined && isSecond) return wrong('invalid high', index);
    expected = code >= 0xd800 && code <= 0xdbff ? index + 6 : undefined;
  }
  return expected === undefined ? undefined : wrong('no low', expected);
}
