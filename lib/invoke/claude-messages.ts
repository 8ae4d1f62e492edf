import { withoutUndefined } from '../base/without-undefined.ts';
import type { BuildOptions, InvokeFamily, TextTurn } from './family.ts';

interface ClaudeUsage {
  input_tokens?: number;
  output_tokens?: number;
  cache_read_input_tokens?: number;
  cache_creation_input_tokens?: number;
  cache_creation?: { ephemeral_5m_input_tokens?: number; ephemeral_1h_input_tokens?: number } | null;
}

interface ClaudeMessagesBody {
  content?: { type?: string; text?: string }[];
  stop_reason?: string;
  usage?: ClaudeUsage;
}

interface ClaudeMessagesChunk {
  type?: string;
  message?: { usage?: ClaudeUsage };
  delta?: { type?: string; text?: string; stop_reason?: string | null };
  usage?: ClaudeUsage;
}

/**
 * Anthropic Messages: Claude 3 and later.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
export const claudeMessages: InvokeFamily = {
  buildBody: (prompt, options) => buildConversation([{ role: 'user', text: prompt }], options),
  buildConversation,
  parseBody: (body) => {
    const { content = [], stop_reason: stopReason = '', usage = {} } = (body ?? {}) as ClaudeMessagesBody;
    return {
      text: content
        .map((block) => (block.type === 'text' ? (block.text ?? '') : ''))
        .join('')
        .trim(),
      stopReason,
      usage: usageOf(usage),
    };
  },
  readChunks: () => (chunk) => {
    const { type, message, delta, usage } = (chunk ?? {}) as ClaudeMessagesChunk;
    if (type === 'message_start') return { usage: usageOf(message?.usage ?? {}) };
    if (type === 'content_block_delta' && delta?.type === 'text_delta') return { text: delta.text ?? '' };
    if (type !== 'message_delta') return {};
    return withoutUndefined({ stopReason: delta?.stop_reason ?? undefined, usage: usageOf(usage ?? {}) });
  },
};

function buildConversation(
  turns: readonly TextTurn[],
  { maxTokens, temperature, topP, stopSequences, system }: BuildOptions,
): object {
  return withoutUndefined({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: maxTokens,
    system,
    messages: turns.map(({ role, text }) => ({ role, content: [{ type: 'text', text }] })),
    temperature,
    top_p: topP,
    stop_sequences: stopSequences,
  });
}

function usageOf(usage: ClaudeUsage) {
  const hour = usage.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  return withoutUndefined({
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cacheReadInputTokens: usage.cache_read_input_tokens,
    cacheWriteInputTokens: usage.cache_creation_input_tokens,
    cacheDetails: hour > 0 ? [{ ttl: '1h', inputTokens: hour }] : undefined,
  });
}
