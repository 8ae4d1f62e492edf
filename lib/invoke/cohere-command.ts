import { withoutUndefined } from '../base/without-undefined.ts';
import type { BuildOptions, InvokeFamily, ParsedAnswer, StopReason, TextTurn } from './family.ts';

interface CommandBody {
  /** The R models. */
  text?: string;
  finish_reason?: string;
  /** The first Command. */
  generations?: { text?: string; finish_reason?: string }[];
}

interface CommandChunk {
  event_type?: string;
  is_finished?: boolean;
  text?: string;
  finish_reason?: string;
  response?: { finish_reason?: string };
}

/** Upper case on the wire, lower case in the documentation. */
const stopReasons: Record<string, StopReason> = {
  complete: 'end_turn',
  max_tokens: 'max_tokens',
  stop_sequence: 'stop_sequence',
  error_toxic: 'content_filtered',
  error_limit: 'model_context_window_exceeded',
};

function stopReasonOf(reason: string): StopReason {
  return stopReasons[reason.toLowerCase()] ?? reason;
}

/**
 * Cohere's Command. The R models take a message and what was said before; the first Command continues a text. The body
 * carries no token counts. The beginning of an answer cannot be given: a last turn by the assistant is history.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command-r-plus.html
 */
export const cohereCommand: InvokeFamily = {
  buildBody: (prompt, options) => buildConversation([{ role: 'user', text: prompt }], options),
  buildConversation,
  // Else the first Command answers a stream with one chunk, which is a whole body.
  streamBody: (body) => ('prompt' in body ? { ...body, stream: true } : body),
  parseBody,
  readChunks: () => (chunk) => {
    if ((chunk as CommandBody | null)?.generations !== undefined) return parseBody(chunk);
    const {
      event_type: type,
      is_finished: finished,
      text,
      finish_reason: reason,
      response,
    } = (chunk ?? {}) as CommandChunk;
    const last = response?.finish_reason ?? reason;
    return withoutUndefined({
      text: type === undefined || type === 'text-generation' ? text : undefined,
      stopReason: finished && last ? stopReasonOf(last) : undefined,
    });
  },
};

function parseBody(body: unknown): ParsedAnswer {
  const answer = (body ?? {}) as CommandBody;
  const { text = '', finish_reason: reason = '' } = answer.generations?.[0] ?? answer;
  return { text: text.trim(), stopReason: stopReasonOf(reason), usage: {} };
}

function buildConversation(turns: readonly TextTurn[], options: BuildOptions): object {
  const { maxTokens, temperature, topP, stopSequences, system } = options;
  const settings = { max_tokens: maxTokens, temperature, p: topP, stop_sequences: stopSequences };
  if (/\.command-(light-)?text/.test(options.modelId ?? '')) {
    return withoutUndefined({ prompt: asDialogue(turns, system), ...settings });
  }
  const asked = turns.findLastIndex(({ role }) => role === 'user');
  const before = turns.filter((_, index) => index !== asked);
  return withoutUndefined({
    message: turns[asked]?.text ?? '',
    chat_history:
      before.length === 0
        ? undefined
        : before.map(({ role, text }) => ({ role: role === 'user' ? 'USER' : 'CHATBOT', message: text })),
    preamble: system,
    ...settings,
  });
}

/** One prompt is sent as it is; more turns as a dialogue, in Cohere's words for the two sides. */
function asDialogue(turns: readonly TextTurn[], system: string | undefined): string {
  const [first] = turns;
  const said =
    turns.length === 1 && first?.role === 'user'
      ? first.text
      : [
          ...turns.map(({ role, text }) => `${role === 'user' ? 'User' : 'Chatbot'}: ${text}`),
          ...(turns.at(-1)?.role === 'user' ? ['Chatbot:'] : []),
        ].join('\n');
  return system ? `${system}\n\n${said}` : said;
}
