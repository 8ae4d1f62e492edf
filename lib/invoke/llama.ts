import { LibError } from '../base/errors.ts';
import { withoutUndefined } from '../base/without-undefined.ts';
import type { BuildOptions, InvokeFamily, StopReason, TextTurn } from './family.ts';

/** The tokens that mark a turn's speaker and end. */
interface Marks {
  readonly before: string;
  readonly after: string;
  readonly end: string;
}

const begin = '<|begin_of_text|>';
const marks: Marks = { before: '<|start_header_id|>', after: '<|end_header_id|>', end: '<|eot_id|>' };
const marksOfLlama4: Marks = { before: '<|header_start|>', after: '<|header_end|>', end: '<|eot|>' };

interface LlamaBody {
  generation?: string;
  prompt_token_count?: number | null;
  generation_token_count?: number | null;
  stop_reason?: string | null;
}

const stopReasons: Record<string, StopReason> = { stop: 'end_turn', length: 'max_tokens' };

/**
 * Meta Llama 3 and 4: the conversation is written with the header tokens that the model was trained on. A prompt that
 * has them already is left alone. The API has no member for stop sequences.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html
 */
export const llama: InvokeFamily = {
  buildBody: (prompt, options) =>
    prompt.startsWith(begin)
      ? buildBody(prompt, options)
      : buildConversation([{ role: 'user', text: prompt }], options),
  buildConversation,
  parseBody: (body) => {
    const answer = (body ?? {}) as LlamaBody;
    const reason = answer.stop_reason ?? '';
    return {
      text: (answer.generation ?? '').trim(),
      stopReason: stopReasons[reason] ?? reason,
      usage: usageOf(answer),
    };
  },
  readChunks: () => (chunk) => {
    const part = (chunk ?? {}) as LlamaBody;
    const reason = part.stop_reason ?? undefined;
    return withoutUndefined({
      text: part.generation,
      stopReason: reason === undefined ? undefined : (stopReasons[reason] ?? reason),
      usage: usageOf(part),
    });
  },
};

function buildConversation(turns: readonly TextTurn[], options: BuildOptions): object {
  const { before, after, end } = options.modelId?.includes('llama4') ? marksOfLlama4 : marks;
  const head = (role: string) => `${before}${role}${after}\n\n`;
  const system = options.system ? `${head('system')}${options.system}${end}` : '';
  const last = turns.at(-1);
  const said = turns.map(({ role, text }, index) =>
    // The beginning of the answer is not ended: the model goes on from it.
    index === turns.length - 1 && role === 'assistant'
      ? `${head(role)}${text}`
      : `${head(role)}${text}${end}`,
  );
  const open = last?.role === 'assistant' ? '' : head('assistant');
  return buildBody(`${begin}${system}${said.join('')}${open}`, options);
}

function buildBody(prompt: string, { maxTokens, temperature, topP, stopSequences }: BuildOptions): object {
  if (stopSequences !== undefined && stopSequences.length > 0) {
    throw new LibError('Llama takes no stop sequences through InvokeModel', {
      kind: 'request',
      hint: 'Leave stopSequences out, and cut the answer where you want it to end.',
    });
  }
  return withoutUndefined({ prompt, max_gen_len: maxTokens, temperature, top_p: topP });
}

function usageOf({ prompt_token_count: input, generation_token_count: output }: LlamaBody) {
  return withoutUndefined({ inputTokens: input ?? undefined, outputTokens: output ?? undefined });
}
