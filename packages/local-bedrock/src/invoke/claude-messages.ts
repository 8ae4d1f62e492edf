import type { Model } from 'bedrock-models';
import { type CitingStep, citedParts, citingSteps } from '../citations/sources.ts';
import { invalid, malformed } from '../http/refusal.ts';
import { unused } from '../prompt-cache/prompt-cache.ts';
import { isObject, violations } from '../shapes/body-schema.ts';
import { blockSteps, isThought } from '../words/answer.ts';
import { countBlock } from '../words/tokens.ts';
import { betaViolation, extraInputViolation, memberViolation } from './claude-betas.ts';
import { blockViolation } from './claude-blocks.ts';
import { topKViolation } from './claude-checks.ts';
import { sourcesOf, writeCitation } from './claude-citations.ts';
import { formatViolation } from './claude-format.ts';
import { answerSchemaOf, checkConversation, readMessages, withSystemTurns } from './claude-read.ts';
import { type Body, checkForClaude, checkTools, schema } from './claude-rules.ts';
import { checkMaxTokens, type Ending, type Family, type ModelAnswer, type StreamStart } from './family.ts';
import { base58Id } from './ids.ts';
import { hasPromptCache, hidesThoughts, shortName } from './model-features.ts';

type Chunk = Readonly<Record<string, unknown>>;

/** A signature stands in for what proves that Claude itself thought a thought; nothing checks it here. */
const signature = 'bG9jYWwtYmVkcm9jaw==';

/** A Messages response (user guide, "Anthropic Claude Messages API"). */
function writeMessage(answer: ModelAnswer, model: Model, requestHash: string, body?: unknown): unknown {
  const { blocks, ending, inputTokens, outputTokens, cached } = answer;
  const sources = sourcesOf(body, model);
  return {
    ...messageHead(model, requestHash),
    content: blocks.flatMap((block): Chunk[] => {
      if (block.type === 'text') {
        return citedParts(block.text, sources).map(({ text, citation }) => ({
          ...{ type: 'text', text },
          ...(citation !== undefined && { citations: [writeCitation(citation)] }),
        }));
      }
      if (block.type === 'reasoning') {
        return [{ type: 'thinking', thinking: hidesThoughts(model, body) ? '' : block.text, signature }];
      }
      if (block.type === 'redacted') return [{ type: 'redacted_thinking', data: block.data }];
      if (block.type !== 'toolUse') return [];
      return [{ type: 'tool_use', id: toolUseId(block.id), name: block.name, input: block.input }];
    }),
    ...(tellsDetails(model) && { stop_details: null }),
    ...endOf(ending),
    usage: {
      ...usageOf(model, inputTokens, outputTokens, cached),
      ...(tellsDetails(model) && {
        output_tokens_details: {
          thinking_tokens: blocks.reduce(
            (sum, block) => sum + (block.type === 'reasoning' ? countBlock(block) : 0),
            0,
          ),
        },
        service_tier: 'standard',
      }),
    },
  };
}

/**
 * Claude Opus 4.8 tells in a whole answer how many tokens it thought, and in which tier it was served: recorded in 2026
 * (pydantic-ai, test_mid_conversation_system_prompt_on_bedrock). Of its streams nothing was seen.
 */
function tellsDetails({ id }: Model): boolean {
  return id.includes('claude-opus-4-8');
}

/** The same answer as stream events, from `message_start` to `message_stop`. */
const streamMessage: NonNullable<Family['streamWriter']> = (start) => {
  const stepsOf = blockSteps();
  const citing = citingSteps(sourcesOf(start.body, start.model));
  const hidden = hidesThoughts(start.model, start.body);
  let isFirst = true;
  return (event) => {
    const chunks = stepsOf(event)
      .flatMap(citing)
      .flatMap((step) => (hidden && isThought(step) ? [] : chunksOf(step)));
    if (!isFirst) return chunks;
    isFirst = false;
    return [messageStart(start), ...chunks];
  };
};

function messageStart({ model, requestHash, inputTokens, cached }: StreamStart): Chunk {
  return {
    type: 'message_start',
    message: {
      ...messageHead(model, requestHash),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: usageOf(model, inputTokens, 1, cached),
    },
  };
}

/** The event of a stream that tells why it ended. */
export function messageDelta({ ending, outputTokens }: Pick<ModelAnswer, 'ending' | 'outputTokens'>): Chunk {
  return { type: 'message_delta', delta: endOf(ending), usage: { output_tokens: outputTokens } };
}

function chunksOf(step: CitingStep): Chunk[] {
  if (step.type === 'end') {
    return [messageDelta(step.event), { type: 'message_stop' }];
  }
  const { index } = step;
  const delta = (value: Chunk): Chunk => ({ type: 'content_block_delta', index, delta: value });
  if (step.type === 'stop') {
    const signed = step.kind === 'reasoning' ? [delta({ type: 'signature_delta', signature })] : [];
    return [...signed, { type: 'content_block_stop', index }];
  }
  if (step.type === 'delta') {
    const { kind, piece } = step;
    if (kind === 'text') return [delta({ type: 'text_delta', text: piece })];
    if (kind === 'reasoning') return [delta({ type: 'thinking_delta', thinking: piece })];
    return [delta({ type: 'input_json_delta', partial_json: piece })];
  }
  if (step.type === 'citation') {
    return [delta({ type: 'citations_delta', citation: writeCitation(step.citation) })];
  }
  const start = (block: Chunk): Chunk => ({ type: 'content_block_start', index, content_block: block });
  if (step.type === 'block') {
    if (step.block.type !== 'redacted') return [];
    const { data } = step.block;
    return [start({ type: 'redacted_thinking', data }), { type: 'content_block_stop', index }];
  }
  if (step.kind === 'toolUse') {
    const { id, name } = step;
    return [
      start({ type: 'tool_use', id: toolUseId(id), name, input: {} }),
      delta({ type: 'input_json_delta', partial_json: '' }),
    ];
  }
  const isText = step.kind === 'text';
  return [start(isText ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' })];
}

/** What a message begins with. From Claude 4.5 on, the model's name comes first. */
function messageHead(model: Model, requestHash: string) {
  const name = { model: shortName(model) };
  const head = { id: `msg_bdrk_01${base58Id(requestHash, 22)}`, type: 'message', role: 'assistant' };
  return isRecent(model) ? { ...name, ...head } : { ...head, ...name };
}

/** Models with a prompt cache tell what went to it and came from it; recent ones for how long, too. */
function usageOf(model: Model, inputTokens: number, outputTokens: number, { read, written } = unused) {
  if (!hasPromptCache(model)) return { input_tokens: inputTokens, output_tokens: outputTokens };
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: written['5m'] + written['1h'],
    cache_read_input_tokens: read,
    ...(isRecent(model)
      ? {
          cache_creation: {
            ephemeral_5m_input_tokens: written['5m'],
            ephemeral_1h_input_tokens: written['1h'],
          },
        }
      : {}),
    output_tokens: outputTokens,
  };
}

/** Claude 4.5 and later. Seen in users' logs of Bedrock, not in recordings. */
function isRecent(model: Model): boolean {
  return !/claude-(?:v2|3|(?:opus|sonnet)-4-(?:1-)?2025)/.test(model.id);
}

/** Claude's own form of a tool call's id. */
function toolUseId(id: string): string {
  return id.startsWith('toolu_')
    ? id
    : `toolu_bdrk_01${base58Id(Buffer.from(id).toString('hex').slice(-44), 22)}`;
}

function endOf(ending: Ending): { stop_reason: string; stop_sequence: string | null } {
  return {
    stop_reason: stopReasons[ending.reason],
    stop_sequence: ending.reason === 'stopSequence' ? ending.sequence : null,
  };
}

const stopReasons = {
  end: 'end_turn',
  maxTokens: 'max_tokens',
  stopSequence: 'stop_sequence',
  toolUse: 'tool_use',
} as const;

/** Named by the service in front of every other violation of a Messages body. */
const notATextCompletion = '#: subject must not be valid against schema {"required":["messages"]}';

/** AWS's own name for the version of a body, and the day that Anthropic's SDKs of October 2026 write in its place. */
const versions: readonly string[] = ['bedrock-2023-05-31', '2026-10-21'];

/** Anthropic's Messages (user guide, "Anthropic Claude Messages API"). */
export const claudeMessages: Family = {
  lead: '',
  // Converse has another name for `thinking` (user guide, inference-reasoning), and checks its fields by this.
  schema: { ...schema, properties: { ...schema.properties, reasoning_config: { type: 'any' } } },
  read(given, model) {
    const body = withSystemTurns(given, model);
    refuseTextCompletion(body, model);
    const found = violations(body, schema);
    if (found.length > 0) {
      const extra = extraInputViolation(found, model);
      if (extra !== undefined) throw invalid(extra);
      throw malformed(hasMessages(body) ? [notATextCompletion, ...found] : found);
    }
    const checked = body as Body;
    const { output_config, anthropic_beta, context_management, safeguards, tools } = checked;
    const fields = { output_config, anthropic_beta, context_management, safeguards, tools };
    const wrong =
      betaViolation(fields, model, 'InvokeModel') ??
      memberViolation(fields, model) ??
      formatViolation(answerSchemaOf(output_config), model);
    if (wrong !== undefined) throw invalid(wrong);
    // boto/boto3#4218, of Claude 3 Sonnet, July 2024.
    if (!versions.includes(checked.anthropic_version)) {
      throw invalid(`Invalid API version: ${checked.anthropic_version}`);
    }
    checkConversation(checked.messages, model);
    checkTools(checked, model);
    checkSampling(checked, model);
    if (checked.stop_sequences?.some((sequence) => sequence.trim() === '')) {
      throw invalid('stop_sequences: each stop sequence must contain non-whitespace');
    }
    checkMaxTokens(checked.max_tokens, model);
    const ofBlock = blockViolation(checked.messages, model);
    if (ofBlock !== undefined) throw invalid(ofBlock);
    checkForClaude(checked, model);
    const sources = sourcesOf(checked, model);
    return { ...readMessages(checked), ...(sources !== undefined && { passages: sources.texts }) };
  },
  write: writeMessage,
  streamWriter: streamMessage,
};

export function hasMessages(body: unknown): boolean {
  return isObject(body) && Object.hasOwn(body, 'messages');
}

function refuseTextCompletion(body: unknown, model: Model): void {
  if (isObject(body) && Object.hasOwn(body, 'prompt') && !hasMessages(body)) {
    throw invalid(`"${shortName(model)}" is not supported on this API. Please use the Messages API instead.`);
  }
}

/** The ranges, and what newer models no longer take: temperature and top_p together, or either of them. */
function checkSampling({ temperature, top_p: topP, top_k: topK }: Body, model: Model): void {
  const { refuses = [] } = model;
  if (temperature !== undefined && (temperature < 0 || temperature > 1)) {
    throw invalid('temperature: range: 0..1');
  }
  if (topP !== undefined && (topP < 0 || topP > 1)) throw invalid('top_p: range: 0..1');
  if (temperature !== undefined && refuses.includes('temperature')) {
    throw invalid('`temperature` is deprecated for this model.');
  }
  if (topP !== undefined && refuses.includes('top-p')) throw invalid('`top_p` is deprecated for this model.');
  const ofTopK = topKViolation(topK, model);
  if (ofTopK !== undefined) throw invalid(ofTopK);
  if (temperature !== undefined && topP !== undefined && refuses.includes('temperature-with-top-p')) {
    throw invalid('`temperature` and `top_p` cannot both be specified for this model. Please use only one.');
  }
}
