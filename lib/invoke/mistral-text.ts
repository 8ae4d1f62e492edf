import { withoutUndefined } from '../base/without-undefined.ts';
import type { BuildOptions, InvokeFamily, StopReason, TextTurn } from './family.ts';

interface MistralTextBody {
  outputs?: { text?: string; stop_reason?: string | null }[];
}

const stopReasons: Record<string, StopReason> = { stop: 'end_turn', length: 'max_tokens' };

/**
 * The first Mistral models, which continue a text with [INST] marks; a prompt that has them already is left alone. There
 * is no system prompt: instructions go in front of the first turn. Whether an answer ended by itself or before a stop
 * sequence, the API does not tell; both are `end_turn`.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-text-completion.html
 */
export const mistralText: InvokeFamily = {
  buildBody: (prompt, options) =>
    /^\s*(<s>)?\s*\[INST\]/.test(prompt)
      ? buildBody(prompt, options)
      : buildConversation([{ role: 'user', text: prompt }], options),
  buildConversation,
  parseBody: (body) => {
    const { outputs = [] } = (body ?? {}) as MistralTextBody;
    const reason = outputs[0]?.stop_reason ?? '';
    return { text: (outputs[0]?.text ?? '').trim(), stopReason: stopReasons[reason] ?? reason, usage: {} };
  },
  readChunks: () => (chunk) => {
    const [output] = ((chunk ?? {}) as MistralTextBody).outputs ?? [];
    const reason = output?.stop_reason ?? undefined;
    return withoutUndefined({
      text: output?.text,
      stopReason: reason === undefined ? undefined : (stopReasons[reason] ?? reason),
    });
  },
};

function buildConversation(turns: readonly TextTurn[], options: BuildOptions): object {
  const said = turns.map(({ role, text }, index) => {
    if (role === 'user') {
      const instructions = index === 0 && options.system ? `${options.system}\n\n` : '';
      return `[INST] ${instructions}${text} [/INST]`;
    }
    return index === turns.length - 1 ? ` ${text}` : ` ${text}</s>`;
  });
  return buildBody(`<s>${said.join('')}`, options);
}

function buildBody(prompt: string, { maxTokens, temperature, topP, stopSequences }: BuildOptions): object {
  return withoutUndefined({ prompt, max_tokens: maxTokens, stop: stopSequences, temperature, top_p: topP });
}
