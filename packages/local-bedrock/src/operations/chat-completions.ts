import { begin } from '../event-stream/stream-reply.ts';
import {
  guardBody,
  guardChunk,
  guardInvocation,
  splitGuardrailConfig,
} from '../guardrails/guard-requests.ts';
import { errorEvent, errorOfRefusal, openAiRefusal, sentEvent } from '../http/openai-error.ts';
import { internalError, invalid, Refusal } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import { families } from '../invoke/all-families.ts';
import { gptOss, qwen } from '../invoke/chat-families.ts';
import { chatSchema, readChat, stopSchema, tokensSchema } from '../invoke/chat-read.ts';
import type { Family, StreamStart } from '../invoke/family.ts';
import { thinksFirst } from '../invoke/model-features.ts';
import { resolveModel } from '../models/resolve-model.ts';
import { isObject } from '../shapes/body-schema.ts';
import { type AnswerEvent, answerWhole } from '../words/answer.ts';
import { type ChatFields, checkChat } from './chat-rules.ts';
import { hashOf, type Operation, parseBody, refuseUnknownLogprobs } from './operation.ts';

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
 * OpenAI's models for it; a guardrail is asked for as in InvokeModel. That the other models with OpenAI's bodies take it too, and the form of errors, is not verified.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html
 */
export const chatCompletions: Operation = {
  name: 'ChatCompletions',
  method: 'POST',
  path: /\/openai\/v1\/chat\/completions$/,
  refuse: openAiRefusal,
  subjectOf(body) {
    const fields = lenient(body);
    const isStream = isObject(fields) && fields.stream === true;
    return { modelId: labelOf(fields), form: isStream ? 'server-sent-events' : undefined };
  },
  async run(operationRequest, service) {
    const { body, headers, signal } = operationRequest;
    const { native: fields, config } = splitGuardrailConfig(parseBody(body), headers);
    const label = labelOf(fields);
    if (label === '')
      throw invalid('The member model is missing: name a model, such as openai.gpt-oss-20b-1:0.');
    const model = resolveModel(label, service);
    if (!openAiFamilies.has(model.family)) {
      throw invalid(`${label} does not take OpenAI's Chat Completions. Use Converse or InvokeModel.`);
    }
    const request = {
      ...readChat(fields, model, schema),
      thinksFirst: thinksFirst(model, fields),
    };
    checkChat(fields as ChatFields);
    refuseUnknownLogprobs(fields, service);
    const requestHash = hashOf(label, body);
    const { lead } = families[model.family];
    const family = model.family === 'gpt-oss' ? gptOss : qwen;
    const guard = guardInvocation(operationRequest, request, config, service, (said) =>
      family.write(said, model, requestHash, fields),
    );
    const words = guard?.guarded(service.words) ?? service.words;
    const guarded: Guarded = {
      chunk: (chunk) => guardChunk(chunk, guard),
      end: () => guardBody(guard, operationRequest),
    };
    const { stream, stream_options: options } = fields as Record<string, unknown>;
    if (stream === true) {
      const withUsage = isObject(options) && options.include_usage === true;
      const events = await begin(words.answer(request, model, lead, signal));
      return {
        status: 200,
        headers: { 'Content-Type': 'text/event-stream' },
        body: serverSentEvents(
          events,
          writerOf(family, { model, requestHash, inputTokens: 0, body: fields }, withUsage, guarded),
        ),
      };
    }
    const answer = await answerWhole(words, request, model, lead, signal);
    const whole = family.write(answer, model, requestHash, fields) as Completion;
    const choices = whole.choices.map((choice) => ({ logprobs: null, ...choice }));
    // A message that only calls tools has no content.
    for (const { message } of choices)
      if (message?.content === '' && message.tool_calls) message.content = null;
    return jsonReply({ ...whole, choices, ...guarded.end() });
  },
};

interface Completion {
  readonly choices: readonly { message?: { content: string | null; tool_calls?: unknown } }[];
  readonly usage?: unknown;
}

function labelOf(fields: unknown): string {
  return isObject(fields) && typeof fields.model === 'string' ? fields.model : '';
}

function lenient(body: Buffer): unknown {
  try {
    return parseBody(body);
  } catch {
    return undefined;
  }
}

/** What a guardrail changes in a chunk, and adds at the end. */
interface Guarded {
  readonly chunk: (chunk: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  readonly end: () => Readonly<Record<string, unknown>>;
}

type Write = (event: AnswerEvent) => readonly object[];

/** The family's chunks; how many tokens there were comes in a chunk of its own, and only when it was asked for. */
function writerOf({ streamWriter }: Family, start: StreamStart, withUsage: boolean, guarded: Guarded): Write {
  const chunksOf = streamWriter?.(start);
  return (event) => {
    const chunks = (chunksOf?.(event) ?? []).flatMap(({ usage, ...chunk }) => {
      const said = guarded.chunk(chunk);
      return usage !== undefined && withUsage ? [said, { ...chunk, choices: [], usage }] : [said];
    });
    if (event.type !== 'end') return chunks;
    return chunks.map((chunk, index) =>
      index === chunks.length - 1 ? { ...chunk, ...guarded.end() } : chunk,
    );
  };
}

async function* serverSentEvents(
  events: AsyncIterable<AnswerEvent>,
  write: Write,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const event of events) {
      for (const chunk of write(event)) yield sentEvent(JSON.stringify(chunk));
    }
  } catch (error) {
    if (!(error instanceof Refusal))
      process.emitWarning(`Local Bedrock failed in a stream: ${String(error)}`);
    yield errorEvent(errorOfRefusal(error instanceof Refusal ? error : internalError(error)));
    return;
  }
  yield sentEvent('[DONE]');
}
