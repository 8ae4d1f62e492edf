import { withoutUndefined } from '../base/without-undefined.ts';
import { buildChatBody, parseChatBody, parseChatChunk } from './chat-body.ts';
import type { BuildOptions, InvokeFamily, TextTurn } from './family.ts';
import { reasoningFilter, withoutReasoning } from './hidden-reasoning.ts';

/** InvokeModel puts what the model thinks into its text; Converse has a block of its own for it. */
const marks = { open: '<reasoning>', close: '</reasoning>' };

/**
 * OpenAI's open-weight models. What they think, in `<reasoning>`, is taken out of the text; it stays in the raw answer.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html
 */
export const gptOss: InvokeFamily = {
  buildBody: (prompt, options) => buildConversation([{ role: 'user', text: prompt }], options),
  buildConversation,
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

function buildConversation(turns: readonly TextTurn[], options: BuildOptions): object {
  const { max_tokens: limit, ...body } = buildChatBody(turns, options) as { max_tokens?: number };
  return { ...body, max_completion_tokens: limit };
}
