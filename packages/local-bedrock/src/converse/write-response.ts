import type { Model } from 'bedrock-models';
import { citedParts } from '../citations/sources.ts';
import { families } from '../invoke/all-families.ts';
import { messageDelta } from '../invoke/claude-messages.ts';
import type { Ending, ModelAnswer, WholeBlock } from '../invoke/family.ts';
import {
  hasPromptCache,
  hidesThoughts,
  insteadOfThought,
  isR1,
  signsThoughts,
} from '../invoke/model-features.ts';
import { unused, withoutCached } from '../prompt-cache/prompt-cache.ts';
import { isObject } from '../shapes/body-schema.ts';
import { writeCitation } from './citations.ts';
import type { Exchange } from './exchange.ts';
import type { ConverseRequest } from './request.ts';
import { cachePointsOf } from './rules.ts';

/** A signature stands in for what proves that the model itself thought a thought; nothing checks it here. */
export const signature = 'bG9jYWwtYmVkcm9jaw==';

/**
 * Converse's response (API reference, Converse, "Response Syntax"), its keys sorted as the service's are. `guarded` is
 * a guardrail's part.
 */
export function writeResponse(
  exchange: Exchange,
  answer: ModelAnswer,
  latencyMs: number,
  guarded: { readonly stopReason?: string; readonly trace?: object } = {},
): unknown {
  const { converse } = exchange;
  const fields = askedFields(exchange, answer, false);
  return {
    ...(fields !== undefined && { additionalModelResponseFields: sorted(fields) }),
    metrics: { latencyMs },
    output: {
      message: {
        content: inOrder(answer, exchange).flatMap((block) => writeBlock(block, exchange)),
        role: 'assistant',
      },
    },
    ...echoed(converse),
    stopReason: guarded.stopReason ?? stopReasonOf(answer.ending),
    ...(guarded.trace !== undefined && { trace: guarded.trace }),
    usage: usageOf(exchange, false, answer.inputTokens, answer.outputTokens),
  };
}

function inOrder({ blocks }: ModelAnswer, { model }: Exchange): ModelAnswer['blocks'] {
  if (!isR1(model)) return blocks;
  const isThought = ({ type }: { readonly type: string }) => type === 'reasoning';
  return [...blocks.filter((block) => !isThought(block)), ...blocks.filter(isThought)];
}

/**
 * Claude 4.5 and later say whose tool is called, and Nova 2 where AWS runs one of them; recorded of whole answers only, in
 * 2026 (pydantic-ai, test_bedrock_model_with_code_execution_tool).
 */
function tellsToolType({ id }: Model, today: string, { toolConfig }: ConverseRequest): boolean {
  if (today < serverToolsSince) return false;
  const hasServerTool = toolConfig?.tools.some(({ systemTool }) => systemTool !== undefined) ?? false;
  return /claude-(?:sonnet|haiku|opus)-(?:4-[5-9]|5)/.test(id) || (hasServerTool && id.includes('nova-2-'));
}

type Whole<Type extends WholeBlock['type']> = Extract<WholeBlock, { readonly type: Type }>;

/** A thought that nobody but Anthropic can read: what Claude itself sends, once more in base64. */
export function redacted(data: string) {
  return { redactedContent: Buffer.from(data).toString('base64') };
}

export function serverToolUse({ id, name }: Whole<'serverToolUse'>) {
  return { name, toolUseId: id, type: 'server_tool_use' };
}

export function serverToolResult({ id, resultType, isError = false }: Whole<'serverToolResult'>) {
  return { status: isError ? 'error' : 'success', toolUseId: id, type: resultType };
}

export function jsonBlocks(content: readonly unknown[]) {
  return content.map((json) => ({ json: sorted(json) }));
}

function writeBlock(
  block: ModelAnswer['blocks'][number],
  { model, today, sources, converse }: Exchange,
): unknown {
  if (block.type === 'text') {
    return citedParts(block.text, sources).map(({ text, citation }) =>
      citation === undefined
        ? { text }
        : { citationsContent: { citations: [writeCitation(citation)], content: [{ text }] } },
    );
  }
  if (block.type === 'reasoning') {
    const signed = signsThoughts(model) ? { signature } : {};
    const said = hidesThoughts(model, converse.additionalModelRequestFields)
      ? {}
      : { text: insteadOfThought(model) ?? block.text };
    return { reasoningContent: { reasoningText: { ...signed, ...said } } };
  }
  if (block.type === 'redacted') return { reasoningContent: redacted(block.data) };
  if (block.type === 'serverToolUse')
    return { toolUse: { ...serverToolUse(block), input: sorted(block.input) } };
  if (block.type === 'serverToolResult') {
    return { toolResult: { content: jsonBlocks(block.content), ...serverToolResult(block) } };
  }
  const type = tellsToolType(model, today, converse) ? { type: 'tool_use' } : {};
  return { toolUse: { input: sorted(block.input), name: block.name, toolUseId: block.id, ...type } };
}

/**
 * The parts of the model's own response that the pointers name, in an object of the same form; `undefined` when there
 * are none. A pointer to nothing is passed over. Pure.
 */
export function pickFields(
  response: unknown,
  pointers: readonly string[],
): Record<string, unknown> | undefined {
  const picked: Record<string, unknown> = Object.create(null);
  for (const pointer of pointers) {
    const keys = pointer
      .slice(1)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const value = keys.reduce<unknown>(
      (parent, key) =>
        (isObject(parent) || Array.isArray(parent)) && Object.hasOwn(parent, key)
          ? (parent as Record<string, unknown>)[key]
          : undefined,
      response,
    );
    if (value !== undefined) place(picked, keys, value);
  }
  return Object.keys(picked).length === 0 ? undefined : picked;
}

function place(target: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  let parent = target;
  for (const key of keys.slice(0, -1)) {
    const next = parent[key];
    const child: Record<string, unknown> = isObject(next) ? next : Object.create(null);
    parent[key] = child;
    parent = child;
  }
  parent[keys.at(-1) ?? ''] = value;
}

/** The same JSON with the keys of all its objects in order. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

/** From here on `usage` tells server tools. Recordings of August 2025 do not, later ones do; the day itself is a guess. */
const serverToolsSince = '2025-11-01';

/** From here on Claude tells how long is kept what it wrote: the day on which AWS announced caches of an hour. */
const cacheDetailsSince = '2026-01-26';

/**
 * `usage`, keys sorted, as recorded. Since late 2025 every model reports its server's tools. What went to a
 * prompt cache and came from it is told under two names, one of which the API does not document: by Claude 3.7 and later
 * in every whole answer (March 2025 to 2026; Sonnet 5 without what was written), by all others and in streams only where
 * the request has a cache point (Nova, Sonnet 3.7). SDKs drop what is not documented. `inputTokens`: of the whole prompt.
 */
export function usageOf(
  { model, today, converse, cached = unused }: Pick<Exchange, 'model' | 'today' | 'converse' | 'cached'>,
  isStream: boolean,
  inputTokens: number,
  outputTokens: number,
): Record<string, unknown> {
  const tellsServerTools = today >= serverToolsSince;
  const hasPoint = cachePointsOf(converse).length > 0;
  const tells =
    hasPromptCache(model) &&
    (hasPoint || (!isStream && /claude-(?!3-[05-]|3-haiku|3-sonnet|3-opus)/.test(model.id)));
  const tellsWritten = tells && (hasPoint || !model.id.includes('claude-sonnet-5'));
  const { read, written } = cached;
  const details = (['1h', '5m'] as const).flatMap((ttl) =>
    written[ttl] === 0 ? [] : [{ inputTokens: written[ttl], ttl }],
  );
  const tellsDetails = details.length > 0 && model.family === 'claude-messages' && today >= cacheDetailsSince;
  const allWritten = written['5m'] + written['1h'];
  const uncached = withoutCached(inputTokens, cached);
  return {
    ...(tellsDetails ? { cacheDetails: details } : {}),
    ...(tells ? { cacheReadInputTokenCount: read, cacheReadInputTokens: read } : {}),
    ...(tellsWritten ? { cacheWriteInputTokenCount: allWritten, cacheWriteInputTokens: allWritten } : {}),
    inputTokens: uncached,
    outputTokens,
    ...(tellsServerTools ? { serverToolUsage: {} } : {}),
    totalTokens: uncached + read + allWritten + outputTokens,
  };
}

/** Why the answer ended, in Converse's words. */
export function stopReasonOf(ending: Ending): string {
  return stopReasons[ending.reason];
}

const stopReasons = {
  end: 'end_turn',
  maxTokens: 'max_tokens',
  stopSequence: 'stop_sequence',
  toolUse: 'tool_use',
} as const;

/** The members that both operations send beside the answer, keys sorted; those the request did not ask for are absent. */
export function echoed({ performanceConfig, serviceTier }: ConverseRequest): {
  performanceConfig?: object;
  serviceTier?: object;
} {
  return {
    ...(performanceConfig !== undefined && { performanceConfig }),
    ...(serviceTier !== undefined && { serviceTier }),
  };
}

/**
 * What the request asks of the model's own response, as the family would have written it. Of Claude's streams the pointers
 * look into the event that tells the end: its stop sequence is `/delta/stop_sequence` (vercel/ai PR 11410, December 2025).
 */
export function askedFields(
  { converse, model, requestHash }: Exchange,
  answer: ModelAnswer,
  isStream: boolean,
): Record<string, unknown> | undefined {
  const paths = converse.additionalModelResponseFieldPaths ?? [];
  if (paths.length === 0) return undefined;
  const written =
    isStream && model.family === 'claude-messages'
      ? messageDelta(answer)
      : families[model.family].write(answer, model, requestHash());
  return pickFields(written, paths);
}
