import { buildChatBody, parseChatBody, parseChatChunk } from './chat-body.ts';
import type { InvokeFamily } from './family.ts';

/**
 * Qwen's models, which answer OpenAI's form of a conversation.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-cards.html
 */
export const qwen: InvokeFamily = {
  buildBody: (prompt, options) => buildChatBody([{ role: 'user', text: prompt }], options),
  buildConversation: buildChatBody,
  parseBody: parseChatBody,
  readChunks: () => parseChatChunk,
};
