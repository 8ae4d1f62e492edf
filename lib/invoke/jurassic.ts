import { withoutUndefined } from '../base/without-undefined.ts';
import type { BuildOptions, InvokeFamily, StopReason } from './family.ts';

interface JurassicBody {
  completions?: { data?: { text?: string }; finishReason?: { reason?: string } }[];
}

const stopReasons: Record<string, StopReason> = {
  endoftext: 'end_turn',
  length: 'max_tokens',
  stop: 'stop_sequence',
};

/**
 * AI21's Jurassic-2, which AWS has retired. It continues a text, has no system prompt, and does not stream: its answer is
 * read whole.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-jurassic2.html
 */
export const jurassic: InvokeFamily = {
  buildBody,
  buildConversation: (turns, options) => buildBody(turns.map(({ text }) => text).join('\n\n'), options),
  parseBody,
  readChunks: () => (chunk) => {
    const { text, stopReason } = parseBody(chunk);
    return stopReason === '' ? {} : { text, stopReason };
  },
};

function parseBody(body: unknown) {
  const [completion] = ((body ?? {}) as JurassicBody).completions ?? [];
  const reason = completion?.finishReason?.reason ?? '';
  return {
    text: (completion?.data?.text ?? '').trim(),
    stopReason: stopReasons[reason] ?? reason,
    usage: {},
  };
}

function buildBody(
  prompt: string,
  { maxTokens, temperature, topP, stopSequences, system }: BuildOptions,
): object {
  return withoutUndefined({
    prompt: system ? `${system}\n\n${prompt}` : prompt,
    maxTokens,
    temperature,
    topP,
    stopSequences,
  });
}
