import type { InvokeFamily } from './family.ts';
import { withoutUndefined } from './family.ts';

interface ClaudeMessagesBody {
  content?: { type?: string; text?: string }[];
  stop_reason?: string;
  usage?: { input_tokens?: number; output_tokens?: number };
}

/**
 * Anthropic Messages: Claude 3 and later.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
export const claudeMessages: InvokeFamily = {
  buildBody: (prompt, { maxTokens, temperature, topP, stopSequences, system }) =>
    withoutUndefined({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: maxTokens,
      system,
      messages: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
      temperature,
      top_p: topP,
      stop_sequences: stopSequences,
    }),
  parseBody: (body) => {
    const { content = [], stop_reason: stopReason = '', usage = {} } = (body ?? {}) as ClaudeMessagesBody;
    return {
      text: content
        .map((block) => (block.type === 'text' ? (block.text ?? '') : ''))
        .join('')
        .trim(),
      stopReason,
      usage: withoutUndefined({ inputTokens: usage.input_tokens, outputTokens: usage.output_tokens }),
    };
  },
};
