import { withoutUndefined } from '../base/without-undefined.ts';
import type {
  BuildOptions,
  InvokeFamily,
  ParsedAnswer,
  ParsedChunk,
  StopReason,
  TextTurn,
} from './family.ts';
import { reasoningFilter, withoutReasoning } from './hidden-reasoning.ts';

/** The form that OpenAI gave to a conversation, and several families took over. */
interface ChatBody {
  choices?: {
    message?: { content?: string | null };
    delta?: { content?: string | null };
    finish_reason?: string | null;
    stop_reason?: string | null;
  }[];
  usage?: { prompt_tokens?: number; completion_tokens?: number } | null;
}

/** Whether an answer ended by itself or before a stop sequence, this form does not tell. */
const stopReasons: Record<string, StopReason> = {
  stop: 'end_turn',
  length: 'max_tokens',
  model_length: 'max_tokens',
  content_filter: 'content_filtered',
  tool_calls: 'tool_use',
};

/** The members that all chat families share. Pure. */
export function buildChatBody(
  turns: readonly TextTurn[],
  { maxTokens, temperature, topP, stopSequences, system }: BuildOptions,
): object {
  return withoutUndefined({
    messages: [
      ...(system ? [{ role: 'system', content: system }] : []),
      ...turns.map(({ role, text }) => ({ role, content: text })),
    ],
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    stop: stopSequences,
  });
}

/** Reads a whole answer. Pure. */
export function parseChatBody(body: unknown): ParsedAnswer {
  const { choices = [], usage } = (body ?? {}) as ChatBody;
  return {
    text: (choices[0]?.message?.content ?? '').trim(),
    stopReason: stopReasonOf(choices[0]) ?? '',
    usage: usageOf(usage),
  };
}

/** Reads one chunk of a stream; most families send a `delta`, Mistral a `message`. Pure. */
export function parseChatChunk(chunk: unknown): ParsedChunk {
  const { choices = [], usage } = (chunk ?? {}) as ChatBody;
  const [choice] = choices;
  return withoutUndefined({
    text: choice?.delta?.content ?? choice?.message?.content ?? undefined,
    stopReason: stopReasonOf(choice),
    usage: usageOf(usage),
  });
}

function stopReasonOf(choice: NonNullable<ChatBody['choices']>[number] | undefined): StopReason | undefined {
  // Where both are there, `stop_reason` is the mark that the model wrote, such as `<|eom|>`.
  const reason = choice?.finish_reason ?? choice?.stop_reason ?? undefined;
  return reason === undefined ? undefined : (stopReasons[reason] ?? reason);
}

function usageOf(usage: ChatBody['usage']) {
  return withoutUndefined({ inputTokens: usage?.prompt_tokens, outputTokens: usage?.completion_tokens });
}

/**
 * The families whose body is OpenAI's conversation and nothing else: AI21's Jamba, Mistral's models from Large 24.07 on,
 * and Qwen's, which stand for those of several other makers.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-jamba.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-chat-completion.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-cards.html
 */
export const chat: InvokeFamily = {
  buildBody: (prompt, options) => buildChatBody([{ role: 'user', text: prompt }], options),
  buildConversation: buildChatBody,
  parseBody: parseChatBody,
  readChunks: () => parseChatChunk,
};

/** InvokeModel puts what the model thinks into its text; Converse has a block of its own for it. */
const marks = { open: '<reasoning>', close: '</reasoning>' };

/**
 * OpenAI's open-weight models. What they think, in `<reasoning>`, is taken out of the text; it stays in the raw answer.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html
 */
export const gptOss: InvokeFamily = {
  buildBody: (prompt, options) => buildGptOss([{ role: 'user', text: prompt }], options),
  buildConversation: buildGptOss,
  parseBody: (body) => {
    const answer = parseChatBody(body);
    return { ...answer, text: withoutReasoning(answer.text, marks).trim() };
  },
  readChunks: () => {
    const filter = reasoningFilter(marks);
    return (chunk) => {
      const part = parseChatChunk(chunk);
      const text = filter(part.text ?? '') + (part.stopReason === undefined ? '' : filter());
      // An empty piece still tells that the answer has begun.
      return withoutUndefined({ ...part, text: part.text === undefined && text === '' ? undefined : text });
    };
  },
};

function buildGptOss(turns: readonly TextTurn[], options: BuildOptions): object {
  const { max_tokens: limit, ...body } = buildChatBody(turns, options) as { max_tokens?: number };
  return { ...body, max_completion_tokens: limit };
}
