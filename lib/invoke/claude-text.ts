import { withoutUndefined } from '../base/without-undefined.ts';
import type { BuildOptions, InvokeFamily, StopReason, TextTurn } from './family.ts';

interface ClaudeTextBody {
  completion?: string;
  stop_reason?: string | null;
}

/** This API ends a normal answer at its own stop sequence, "\n\nHuman:". */
function stopReasonOf(reason: string): StopReason {
  return reason === 'stop_sequence' ? 'end_turn' : reason;
}

/** The form that the API insists on; a prompt that has it already is left alone. */
function asTurns(prompt: string): string {
  return prompt.startsWith('\n\nHuman:') ? prompt : `\n\nHuman: ${prompt}\n\nAssistant:`;
}

function asDialogue(turns: readonly TextTurn[]): string {
  const parts = turns.map(({ role, text }) => `\n\n${role === 'user' ? 'Human' : 'Assistant'}: ${text}`);
  if (turns.at(-1)?.role === 'user') parts.push('\n\nAssistant:');
  return parts.join('');
}

/**
 * Anthropic text completions: Claude 2 and Claude Instant. The body carries no token counts; a system prompt stands
 * in front of the first turn.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-text-completion.html
 */
export const claudeText: InvokeFamily = {
  buildBody: (prompt, options) => buildBody(asTurns(prompt), options),
  buildConversation: (turns, options) => buildBody(asDialogue(turns), options),
  parseBody: (body) => {
    const { completion = '', stop_reason: reason } = (body ?? {}) as ClaudeTextBody;
    return { text: completion.trim(), stopReason: stopReasonOf(reason ?? ''), usage: {} };
  },
  readChunks: () => (chunk) => {
    const { completion, stop_reason: reason } = (chunk ?? {}) as ClaudeTextBody;
    return withoutUndefined({ text: completion, stopReason: reason ? stopReasonOf(reason) : undefined });
  },
};

function buildBody(
  prompt: string,
  { maxTokens, temperature, topP, stopSequences, system = '' }: BuildOptions,
): object {
  return withoutUndefined({
    prompt: `${system}${prompt}`,
    max_tokens_to_sample: maxTokens,
    temperature,
    top_p: topP,
    stop_sequences: stopSequences,
  });
}
