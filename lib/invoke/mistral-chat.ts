import { buildChatBody, parseChatBody, parseChatChunk } from './chat-body.ts';
import type { InvokeFamily } from './family.ts';

/**
 * Mistral's models from Large 24.07 on, which answer messages.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-chat-completion.html
 */
export const mistralChat: InvokeFamily = {
  buildBody: (prompt, options) => buildChatBody([{ role: 'user', text: prompt }], options),
  buildConversation: buildChatBody,
  parseBody: parseChatBody,
  readChunks: () => parseChatChunk,
};
