import { invalid } from '../http/refusal.ts';
import { isObject } from '../shapes/body-schema.ts';
import { chatSchema, readChat, stopSchema, tokensSchema } from './chat-read.ts';
import { chatWriter, createdFrom } from './chat-write.ts';
import type { Family } from './family.ts';
import { uuidFrom } from './ids.ts';

const mistralSchema = chatSchema({
  max_tokens: tokensSchema,
  stop: stopSchema,
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
  max_completion_tokens: tokensSchema,
  max_tokens: tokensSchema,
  stop: stopSchema,
});

/** How other models are told to think. */
const foreignThinking = ['reasoning_effort', 'thinking'];

/**
 * Qwen's models, and those of other makers that take OpenAI's form of a conversation. No answer of Qwen's was recorded.
 * GPT-5.6 and later know no other member for thinking than `reasoning` through Converse (BerriAI/litellm PR 38279,
 * agentgateway/agentgateway#3442, anomalyco/opencode PR 48195, August and September 2026).
 */
export const qwen: Family = {
  lead: '',
  schema: qwenSchema,
  refusedFields(fields, { id }) {
    const param =
      isObject(fields) && /^openai\.gpt-\d/.test(id) && foreignThinking.find((key) => key in fields);
    if (!param) return undefined;
    const error = { code: 'unknown_parameter', message: `Unknown parameter: '${param}'.`, param };
    return `The model returned the following errors: ${JSON.stringify({ error: { ...error, type: 'invalid_request_error' } })}`;
  },
  read: (body, model) => readChat(body, model, qwenSchema),
  ...chatWriter({
    reason: 'finish_reason',
    piece: 'delta',
    tellsLogprobs: true,
    before: ({ model, requestHash }, isStream) => ({
      id: `chatcmpl-${requestHash.slice(0, 32)}`,
      object: isStream ? 'chat.completion.chunk' : 'chat.completion',
      created: createdFrom(requestHash),
      model: model.id,
    }),
  }),
};

const gptOssSchema = chatSchema({
  max_completion_tokens: tokensSchema,
  max_tokens: tokensSchema,
  stop: stopSchema,
});

/**
 * What gpt-oss knows, as its refusal of `thinking` through Converse listed it in August 2025 (BerriAI/litellm#13959), and
 * `reasoning`, which it was seen to take in August 2026 (kortix-ai/suna PR 6893).
 */
const gptOssMembers =
  'messages, model, store, reasoning_effort, metadata, frequency_penalty, logit_bias, logprobs, top_logprobs, max_tokens, max_completion_tokens, n, modalities, prediction, audio, presence_penalty, response_format, seed, service_tier, stop, stream, stream_options, temperature, top_p, tools, tool_choice, parallel_tool_calls, user, function_call, functions';
const gptOssTakes = new Set([...gptOssMembers.split(', '), 'reasoning']);

/** In the words of its server, which tell the place in its own JSON: here that of the members alone. */
function unknownToGptOss(fields: unknown): string | undefined {
  if (!isObject(fields)) return undefined;
  const unknown = Object.keys(fields).find((key) => !gptOssTakes.has(key));
  if (unknown === undefined) return undefined;
  const text = JSON.stringify(fields);
  const column = text.indexOf(JSON.stringify(unknown)) + unknown.length + 2;
  return `Failed to deserialize the JSON body into the target type: ${unknown}: unknown field ${unknown}, expected one of ${gptOssMembers} at line 1 column ${column}`;
}

/**
 * OpenAI's open-weight models (user guide, "OpenAI models"). What the model thought stands in `<reasoning>` in front of
 * its words. Converse refuses `stopSequences`; no refusal of `stop` through InvokeModel is known.
 */
export const gptOss: Family = {
  lead: '',
  schema: gptOssSchema,
  refusedFields(fields) {
    const refused = unknownToGptOss(fields);
    return refused === undefined ? undefined : `The model returned the following errors: ${refused}`;
  },
  read(body, model) {
    const refused = unknownToGptOss(body);
    if (refused !== undefined) throw invalid(refused);
    return readChat(body, model, gptOssSchema);
  },
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
    tellsLogprobs: true,
    // As it came from Bedrock's own path for OpenAI's clients in September 2026 (BerriAI/litellm PR 40775).
    callId: (id) =>
      id.startsWith('chatcmpl-tool-')
        ? id
        : `chatcmpl-tool-${Buffer.from(id).toString('hex').slice(-16).padStart(16, '0')}`,
    reasoning: { open: '<reasoning>', close: '</reasoning>' },
    emptyMembers: { refusal: null },
  }),
};

const jambaSchema = chatSchema({
  max_tokens: tokensSchema,
  stop: stopSchema,
  // AI21's own limit.
  n: { type: 'integer', minimum: 1, maximum: 16 },
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
