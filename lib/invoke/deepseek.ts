import { withoutUndefined } from '../base/without-undefined.ts';
import type { BuildOptions, InvokeFamily, StopReason, TextTurn } from './family.ts';
import { reasoningFilter, withoutReasoning } from './hidden-reasoning.ts';

const begin = '<｜begin▁of▁sentence｜>';
const end = '<｜end▁of▁sentence｜>';
const speakers = { user: '<｜User｜>', assistant: '<｜Assistant｜>' };

interface DeepSeekBody {
  choices?: { text?: string; stop_reason?: string | null }[];
}

const stopReasons: Record<string, StopReason> = { stop: 'end_turn', length: 'max_tokens' };

/** R1 always thinks first: the prompt opens its thoughts, and the answer closes them. */
function thinks(modelId: string | undefined): boolean {
  return modelId === undefined || /\br1\b/.test(modelId);
}

/**
 * DeepSeek: the conversation is written with the marks that the model was trained on; a prompt that has them already is
 * left alone. What R1 thinks, up to `</think>`, is taken out of the text; it stays in the raw answer. The body carries
 * no token counts.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-deepseek.html
 */
export const deepseek: InvokeFamily = {
  buildBody: (prompt, options) =>
    prompt.startsWith(begin)
      ? buildBody(prompt, options)
      : buildConversation([{ role: 'user', text: prompt }], options),
  buildConversation,
  parseBody: (body, modelId) => {
    const { choices = [] } = (body ?? {}) as DeepSeekBody;
    const reason = choices[0]?.stop_reason ?? '';
    return {
      text: withoutReasoning(choices[0]?.text ?? '', marksOf(modelId)).trim(),
      stopReason: stopReasons[reason] ?? reason,
      usage: {},
    };
  },
  readChunks: (modelId) => {
    const filter = reasoningFilter(marksOf(modelId));
    return (chunk) => {
      const [choice] = ((chunk ?? {}) as DeepSeekBody).choices ?? [];
      const reason = choice?.stop_reason ?? undefined;
      const text = filter(choice?.text ?? '') + (reason === undefined ? '' : filter());
      return withoutUndefined({
        // An empty piece still tells that the answer has begun.
        text: choice?.text === undefined && text === '' ? undefined : text,
        stopReason: reason === undefined ? undefined : (stopReasons[reason] ?? reason),
      });
    };
  },
};

function marksOf(modelId: string | undefined) {
  return thinks(modelId) ? { close: '</think>' } : { open: '<think>', close: '</think>' };
}

function buildConversation(turns: readonly TextTurn[], options: BuildOptions): object {
  const last = turns.length - 1;
  const said = turns.map(({ role, text }, index) =>
    role === 'assistant' && index < last ? `${speakers[role]}${text}${end}` : `${speakers[role]}${text}`,
  );
  // V3.1 thinks unless its thoughts are closed at once (its model card).
  const thoughts = thinks(options.modelId) ? '<think>\n' : '</think>';
  const open = turns[last]?.role === 'assistant' ? '' : `${speakers.assistant}${thoughts}`;
  return buildBody(`${begin}${options.system ?? ''}${said.join('')}${open}`, options);
}

function buildBody(prompt: string, { maxTokens, temperature, topP, stopSequences }: BuildOptions): object {
  return withoutUndefined({ prompt, max_tokens: maxTokens, stop: stopSequences, temperature, top_p: topP });
}
