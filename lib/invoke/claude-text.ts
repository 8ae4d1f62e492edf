import type { InvokeFamily } from './family.ts';
import { withoutUndefined } from './family.ts';

interface ClaudeTextBody {
  completion?: string;
  stop_reason?: string;
}

/** The form that the API insists on; a prompt that has it already is left alone. */
function asTurns(prompt: string, system = ''): string {
  if (prompt.startsWith('\n\nHuman:')) return `${system}${prompt}`;
  return `${system}\n\nHuman: ${prompt}\n\nAssistant:`;
}

/**
 * Anthropic text completions: Claude 2 and Claude Instant. The body carries no token counts.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-text-completion.html
 */
export const claudeText: InvokeFamily = {
  buildBody: (prompt, { maxTokens, temperature, topP, stopSequences, system }) =>
    withoutUndefined({
      prompt: asTurns(prompt, system),
      max_tokens_to_sample: maxTokens,
      temperature,
      top_p: topP,
      stop_sequences: stopSequences,
    }),
  parseBody: (body) => {
    const { completion = '', stop_reason: reason = '' } = (body ?? {}) as ClaudeTextBody;
    // This API ends a normal answer at its own stop sequence, "\n\nHuman:".
    return {
      text: completion.trim(),
      stopReason: reason === 'stop_sequence' ? 'end_turn' : reason,
      usage: {},
    };
  },
};
