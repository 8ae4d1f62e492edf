import { createdFrom } from './chat/created.ts';
import { readChat } from './chat/read.ts';
import { chatSchema, stopSchema, tokensSchema } from './chat/schema.ts';
import { chatWriter } from './chat/write.ts';
import type { Family } from './family.ts';

const schema = chatSchema({
  model: { type: 'string' },
  max_tokens: tokensSchema,
  stop: stopSchema,
  stream: { type: 'boolean' },
  top_k: { type: 'integer' },
  seed: { type: 'integer' },
  frequency_penalty: { type: 'number' },
  presence_penalty: { type: 'number' },
});

/** Qwen's models, which take OpenAI's form of a conversation. No answer of theirs was recorded. */
export const qwen: Family = {
  lead: '',
  schema,
  read: (body, model) => readChat(body, model, schema),
  ...chatWriter({
    reason: 'finish_reason',
    piece: 'delta',
    before: ({ model, requestHash }, isStream) => ({
      id: `chatcmpl-${requestHash.slice(0, 32)}`,
      object: isStream ? 'chat.completion.chunk' : 'chat.completion',
      created: createdFrom(requestHash),
      model: model.id,
    }),
  }),
};
