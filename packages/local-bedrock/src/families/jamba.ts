import { uuidFrom } from '../ids.ts';
import { readChat } from './chat/read.ts';
import { chatSchema, stopSchema, tokensSchema } from './chat/schema.ts';
import { chatWriter } from './chat/write.ts';
import type { Family } from './family.ts';

const schema = chatSchema({
  max_tokens: tokensSchema,
  stop: stopSchema,
  n: { type: 'integer', minimum: 1 },
  documents: { type: 'any' },
  stream: { type: 'boolean' },
  frequency_penalty: { type: 'number' },
  presence_penalty: { type: 'number' },
});

/** AI21's Jamba (user guide, "AI21 Labs Jamba models"). Its time is not measured here: it is the least there is. */
export const jamba: Family = {
  lead: ' ',
  schema,
  read: (body, model) => readChat(body, model, schema),
  ...chatWriter({
    reason: 'finish_reason',
    piece: 'delta',
    endsWithPiece: true,
    before: ({ requestHash }, isStream) => ({
      id: isStream ? `chat-${requestHash.slice(0, 32)}` : `chatcmpl-${uuidFrom(requestHash)}`,
    }),
    after: ({ model }) => ({
      meta: { requestDurationMillis: 1 },
      model: model.id.replace(/^ai21\.jamba-1-5-(\w+)-.*$/, 'jamba-1.5-$1'),
    }),
    emptyMembers: { tool_calls: null },
  }),
};
