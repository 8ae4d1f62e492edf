import { uuidFrom } from '../ids.ts';
import { createdFrom } from './chat/created.ts';
import { readChat } from './chat/read.ts';
import { chatSchema, stopSchema, tokensSchema } from './chat/schema.ts';
import { chatWriter } from './chat/write.ts';
import type { Family } from './family.ts';

const schema = chatSchema({
  max_tokens: tokensSchema,
  stop: stopSchema,
  random_seed: { type: 'integer' },
  safe_prompt: { type: 'boolean' },
});

/**
 * Mistral's later models (user guide, "Mistral AI chat completion"). No answer of theirs was recorded; the members are
 * the page's, and in a stream the piece stands in `message`.
 */
export const mistralChat: Family = {
  lead: '',
  schema,
  read: (body, model) => readChat(body, model, schema),
  ...chatWriter({
    reason: 'stop_reason',
    piece: 'message',
    before: ({ model, requestHash }) => ({
      id: uuidFrom(requestHash),
      object: 'chat.completion',
      created: createdFrom(requestHash),
      model: model.id.replace(/^mistral\./, '').replace(/-v\d+:\d+$/, ''),
    }),
    callId: (id) => id.slice(-9),
  }),
};
