import { cachePointLimit, type Model } from 'bedrock-models';
import { wasRefused } from '../models/evidence.ts';
import { isObject } from '../shapes/body-schema.ts';
import { isDraft2020 } from './draft-2020.ts';
import { imageFormat } from './media.ts';
import { hasPromptCache } from './model-features.ts';

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
  const odd = points.find(({ ttl }) => ![undefined, null, '5m', '1h'].includes(ttl as string | undefined));
  if (odd !== undefined) return `${odd.path}.cache_control.ephemeral.ttl: Input should be '5m' or '1h'`;
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

/** Cache points in Claude's own body, where the model keeps no cache. In the words for other members that it does not know. */
export function noCacheViolation([first]: readonly SeenCachePoint[], model: Model): Wrong {
  return first === undefined || hasPromptCache(model)
    ? undefined
    : `${first.path}.cache_control: Extra inputs are not permitted`;
}

/** Models that are not told how freely to choose words take no `top_k` either, by their cards; in the words for the others. */
export function topKViolation(topK: unknown, { refuses = [] }: Model): Wrong {
  return topK === undefined || !refuses.includes('temperature')
    ? undefined
    : '`top_k` is deprecated for this model.';
}

/** A tool that must be called, of a model that calls none by force. */
export function forcedToolViolation(forcesTool: boolean, model: Model): Wrong {
  return forcesTool && model.refuses?.includes('forced-tools')
    ? 'tool_choice: type "tool" and "any" are not supported for this model.'
    : undefined;
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
