import type { InvokeFamily, StopReason } from './family.ts';
import { withoutUndefined } from './family.ts';

interface TitanBody {
  inputTextTokenCount?: number;
  results?: { tokenCount?: number; outputText?: string; completionReason?: string }[];
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
  buildBody: (prompt, { maxTokens, temperature, topP, stopSequences, system }) => ({
    inputText: system ? `${system}\n\n${prompt}` : prompt,
    textGenerationConfig: withoutUndefined({ maxTokenCount: maxTokens, temperature, topP, stopSequences }),
  }),
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
};
