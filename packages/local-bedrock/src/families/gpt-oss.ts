import { uuidFrom } from '../ids.ts';
import { createdFrom } from './chat/created.ts';
import { readChat } from './chat/read.ts';
import { chatSchema, tokensSchema } from './chat/schema.ts';
import { chatWriter } from './chat/write.ts';
import type { Family } from './family.ts';

const schema = chatSchema({
  model: { type: 'string' },
  max_completion_tokens: tokensSchema,
  max_tokens: tokensSchema,
  stream: { type: 'boolean' },
  reasoning_effort: { type: 'string', enum: ['low', 'medium', 'high'] },
});

/**
 * OpenAI's open-weight models (user guide, "OpenAI models"). What the model thought stands in `<reasoning>` in front of
 * its words. `stop` is refused like `stopSequences` by Converse; no refusal of it through InvokeModel was recorded.
 */
export const gptOss: Family = {
  lead: '',
  schema,
  read: (body, model) => readChat(body, model, schema),
  ...chatWriter({
    reason: 'finish_reason',
    piece: 'delta',
    before: ({ model, requestHash }, isStream) => ({
      id: `chatcmpl-${uuidFrom(requestHash)}`,
      object: isStream ? 'chat.completion.chunk' : 'chat.completion',
      created: createdFrom(requestHash),
      model: model.id,
    }),
    after: () => ({ service_tier: 'default' }),
    reasoning: { open: '<reasoning>', close: '</reasoning>' },
    emptyMembers: { refusal: null },
  }),
};
