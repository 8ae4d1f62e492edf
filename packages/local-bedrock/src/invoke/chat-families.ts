import { chatSchema, readChat, stopSchema, tokensSchema } from './chat-read.ts';
import { chatWriter, createdFrom } from './chat-write.ts';
import type { Family } from './family.ts';
import { uuidFrom } from './ids.ts';

const mistralSchema = chatSchema({
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
  schema: mistralSchema,
  read: (body, model) => readChat(body, model, mistralSchema),
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

const qwenSchema = chatSchema({
  model: { type: 'string' },
  max_tokens: tokensSchema,
  stop: stopSchema,
  stream: { type: 'boolean' },
  top_k: { type: 'integer' },
  seed: { type: 'integer' },
  frequency_penalty: { type: 'number' },
  presence_penalty: { type: 'number' },
  // Recorded in May 2026 of qwen3-32b through Converse, with the value `high` (pydantic-ai).
  reasoning_config: { type: 'string' },
});

/** Qwen's models, which take OpenAI's form of a conversation. No answer of theirs was recorded. */
export const qwen: Family = {
  lead: '',
  schema: qwenSchema,
  read: (body, model) => readChat(body, model, qwenSchema),
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

const gptOssSchema = chatSchema({
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
  schema: gptOssSchema,
  read: (body, model) => readChat(body, model, gptOssSchema),
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

const jambaSchema = chatSchema({
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
  schema: jambaSchema,
  read: (body, model) => readChat(body, model, jambaSchema),
  ...chatWriter({
    reason: 'finish_reason',
    piece: 'delta',
    before: ({ requestHash }) => ({ id: `chatcmpl-${uuidFrom(requestHash)}` }),
    // A stream tells the token that ended it, and no model: recorded in September 2025 (dd-trace-py, Jamba 1.5 Mini).
    after: ({ model }, isStream) => ({
      meta: { requestDurationMillis: 1 },
      ...(!isStream && { model: model.id.replace(/^ai21\.jamba-1-5-(\w+)-.*$/, 'jamba-1.5-$1') }),
    }),
    atEnd: ({ reason }) => ({ stop_reason: reason === 'end' ? 518 : null }),
    emptyMembers: { tool_calls: null },
  }),
};
