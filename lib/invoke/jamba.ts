import { buildChatBody, parseChatBody, parseChatChunk } from './chat-body.ts';
import type { InvokeFamily } from './family.ts';

/**
 * AI21's Jamba.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-jamba.html
 */
export const jamba: InvokeFamily = {
  buildBody: (prompt, options) => buildChatBody([{ role: 'user', text: prompt }], options),
  buildConversation: buildChatBody,
  parseBody: parseChatBody,
  readChunks: () => parseChatChunk,
};
