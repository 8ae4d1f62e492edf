import type { Model } from 'bedrock-models';
import { begin } from '../event-stream/stream-reply.ts';
import { internalError, invalid, Refusal } from '../http/refusal.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import { families } from '../invoke/all-families.ts';
import { gptOss, qwen } from '../invoke/chat-families.ts';
import { chatSchema, readChat, stopSchema, tokensSchema } from '../invoke/chat-read.ts';
import type { Family, ModelRequest, StreamStart } from '../invoke/family.ts';
import { thinksFirst } from '../invoke/model-features.ts';
import { resolveModel } from '../models/resolve-model.ts';
import { isObject } from '../shapes/body-schema.ts';
import { type AnswerEvent, answerWhole } from '../words/answer.ts';
import { hashOf, type Operation, parseBody } from './operation.ts';

/** OpenAI's members that are read here; others, which only shade an answer, are passed over. */
const schema = {
  ...chatSchema({
    model: { type: 'string' },
    max_tokens: tokensSchema,
    max_completion_tokens: tokensSchema,
    stop: stopSchema,
    stream: { type: 'boolean' },
  }),
  required: ['model', 'messages'],
} as const;

/** The families whose models take OpenAI's form. */
const openAiFamilies: ReadonlySet<string> = new Set(['gpt-oss', 'qwen', 'deepseek', 'mistral-chat']);

/**
 * `POST /openai/v1/chat/completions`: OpenAI's Chat Completions, whole or streamed, on the same core as InvokeModel. AWS names
 * OpenAI's models for it; that the other models with OpenAI's bodies take it too, and the form of errors, is not verified.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html
 */
export const chatCompletions: Operation = {
  name: 'ChatCompletions',
  method: 'POST',
  path: /\/openai\/v1\/chat\/completions$/,
  refuse: refusalReply,
  async run({ body, signal }, service) {
    const fields = parseBody(body);
    const label = isObject(fields) && typeof fields.model === 'string' ? fields.model : '';
    if (label === '')
      throw invalid('The member model is missing: name a model, such as openai.gpt-oss-20b-1:0.');
    const model = resolveModel(label, service);
    if (!openAiFamilies.has(model.family)) {
      throw invalid(`${label} does not take OpenAI's Chat Completions. Use Converse or InvokeModel.`);
    }
    const request = readRequest(fields as Record<string, unknown>, model);
    const requestHash = hashOf(label, body);
    const { lead } = families[model.family];
    const family = model.family === 'gpt-oss' ? gptOss : qwen;
    const { stream, stream_options: options } = fields as Record<string, unknown>;
    if (stream === true) {
      const withUsage = isObject(options) && options.include_usage === true;
      const events = await begin(service.words.answer(request, model, lead, signal));
      return {
        status: 200,
        headers: { 'Content-Type': 'text/event-stream' },
        body: serverSentEvents(
          events,
          writerOf(family, { model, requestHash, inputTokens: 0, body: fields }, withUsage),
        ),
      };
    }
    const answer = await answerWhole(service.words, request, model, lead, signal);
    const whole = family.write(answer, model, requestHash, fields) as Completion;
    const choices = whole.choices.map((choice) => ({ ...choice, logprobs: null }));
    // A message that only calls tools has no content.
    for (const { message } of choices)
      if (message?.content === '' && message.tool_calls) message.content = null;
    return jsonReply({ ...whole, choices });
  },
};

interface Completion {
  readonly choices: readonly { message?: { content: string | null; tool_calls?: unknown } }[];
  readonly usage?: unknown;
}

function readRequest(fields: Record<string, unknown>, model: Model): ModelRequest {
  const { response_format: format } = fields;
  const named = isObject(format) && format.type === 'json_schema' ? format.json_schema : undefined;
  return {
    ...readChat(fields, model, schema),
    ...(isObject(named) && named.schema !== undefined && { answerSchema: named.schema }),
    thinksFirst: thinksFirst(model, fields),
  };
}

type Write = (event: AnswerEvent) => readonly object[];

/** The family's chunks; how many tokens there were comes in a chunk of its own, and only when it was asked for. */
function writerOf({ streamWriter }: Family, start: StreamStart, withUsage: boolean): Write {
  const chunksOf = streamWriter?.(start);
  return (event) =>
    (chunksOf?.(event) ?? []).flatMap(({ usage, ...chunk }) =>
      usage !== undefined && withUsage ? [chunk, { ...chunk, choices: [], usage }] : [chunk],
    );
}

async function* serverSentEvents(
  events: AsyncIterable<AnswerEvent>,
  write: Write,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const event of events) {
      for (const chunk of write(event)) yield eventOf(JSON.stringify(chunk));
    }
  } catch (error) {
    if (!(error instanceof Refusal))
      process.emitWarning(`Local Bedrock failed in a stream: ${String(error)}`);
    yield eventOf(JSON.stringify(errorOf(error instanceof Refusal ? error : internalError(error))));
    return;
  }
  yield eventOf('[DONE]');
}

function eventOf(data: string): Uint8Array {
  return Buffer.from(`data: ${data}\n\n`);
}

/** A refusal in OpenAI's form: its client looks for `error`. */
function errorOf({ status, errorName, message }: Refusal): object {
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  return { error: { message, type, param: null, code: errorName } };
}

function refusalReply(refusal: Refusal): Reply {
  const { status, headers } = refusal;
  return { ...jsonReply(errorOf(refusal), headers), status };
}
