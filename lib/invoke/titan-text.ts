import { withoutUndefined } from '../base/without-undefined.ts';
import type { BuildOptions, InvokeFamily, StopReason, TextTurn } from './family.ts';

interface TitanBody {
  inputTextTokenCount?: number;
  results?: { tokenCount?: number; outputText?: string; completionReason?: string }[];
}

interface TitanChunk {
  outputText?: string;
  completionReason?: string | null;
  inputTextTokenCount?: number | null;
  totalOutputTextTokenCount?: number | null;
}

/** The documentation says FINISHED; the service sends FINISH. */
const stopReasons: Record<string, StopReason> = {
  FINISH: 'end_turn',
  FINISHED: 'end_turn',
  LENGTH: 'max_tokens',
  STOP_CRITERIA_MET: 'stop_sequence',
  CONTENT_FILTERED: 'content_filtered',
};

/**
 * Amazon Titan Text. It has no system prompt; instructions go in front of the prompt.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html
 */
export const titanText: InvokeFamily = {
  buildBody,
  buildConversation: (turns, { system, ...options }) => buildBody(asDialogue(turns, system), options),
  parseBody: (body) => {
    const { inputTextTokenCount, results = [] } = (body ?? {}) as TitanBody;
    const reason = results[0]?.completionReason ?? '';
    return {
      text: results
        .map((result) => result.outputText ?? '')
        .join('')
        .trim(),
      stopReason: stopReasons[reason] ?? reason,
      usage: withoutUndefined({ inputTokens: inputTextTokenCount, outputTokens: results[0]?.tokenCount }),
    };
  },
  readChunks: () => (chunk) => {
    const { outputText, completionReason, inputTextTokenCount, totalOutputTextTokenCount } = (chunk ??
      {}) as TitanChunk;
    const reason = completionReason ?? undefined;
    return withoutUndefined({
      text: outputText,
      stopReason: reason === undefined ? undefined : (stopReasons[reason] ?? reason),
      usage: withoutUndefined({
        inputTokens: inputTextTokenCount ?? undefined,
        outputTokens: totalOutputTextTokenCount ?? undefined,
      }),
    });
  },
};

function buildBody(
  prompt: string,
  { maxTokens, temperature, topP, stopSequences, system }: BuildOptions,
): object {
  return {
    inputText: system ? `${system}\n\n${prompt}` : prompt,
    textGenerationConfig: withoutUndefined({ maxTokenCount: maxTokens, temperature, topP, stopSequences }),
  };
}

/** Titan's conversational style: instructions are the first words of the user, the answer follows the last `Bot:`. */
function asDialogue(turns: readonly TextTurn[], system: string | undefined): string {
  const lines = turns.map(({ role, text }, index) => {
    const instructions = index === 0 && system ? `${system}\n\n` : '';
    return `${role === 'user' ? 'User' : 'Bot'}: ${instructions}${text}`;
  });
  if (turns.at(-1)?.role === 'user') lines.push('Bot:');
  return lines.join('\n');
}
